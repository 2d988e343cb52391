#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""embed.py OUT.c SYMBOL FILE...: text files as `const struct embedded_file SYMBOL[]` (db/migrate.h),
sorted by file name and closed by a NULL name. Character arrays, because ISO C promises string
literals of 4095 characters only."""
import os
import sys

ESCAPES = {0x27: "\\'", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}


def character(byte):
    if byte in ESCAPES:
        return "'" + ESCAPES[byte] + "'"
    if 0x20 <= byte < 0x7F:
        return "'" + chr(byte) + "'"
    return "'\\x%02x'" % byte


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" in data:
        sys.exit("embed.py: %s holds a NUL byte" % path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        sys.exit("embed.py: %s is not UTF-8: %s" % (path, error))
    return data


def array(index, data):
    cells = [character(b) for b in data] + ["0"]
    lines = [", ".join(cells[i:i + 16]) for i in range(0, len(cells), 16)]
    return "static const char text_%d[] = {\n    %s};\n" % (index, ",\n    ".join(lines))


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: embed.py OUT.c SYMBOL FILE...")
    out, symbol, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    if not symbol.isidentifier():
        sys.exit("embed.py: %s is no C name" % symbol)
    files = sorted((os.path.basename(p), p) for p in paths)
    names = [name for name, _ in files]
    if len(set(names)) != len(names):
        sys.exit("embed.py: two files of one name")
    parts = ["/* Made by tools/embed.py: do not edit. */\n", '#include "db/migrate.h"\n\n']
    parts += [array(i, read(path)) + "\n" for i, (_, path) in enumerate(files)]
    parts.append("extern const struct embedded_file %s[];\n" % symbol)
    parts.append("const struct embedded_file %s[] = {\n" % symbol)
    for i, name in enumerate(names):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        parts.append('    {"%s", text_%d},\n' % (escaped, i))
    parts.append("    {NULL, NULL},\n};\n")
    with open(out, "w", encoding="ascii") as file:
        file.write("".join(parts))


main()
