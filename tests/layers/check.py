#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the compiler does not: who includes whom, and the size and safety of each file.

    check.py [ROOT]       prints each violation as file:line: text and exits 1 when there is one
    check.py --self-test  proves on made-up trees that each rule catches its fault

layers.txt holds lines "folder: folders it may include"; a folder may always include itself. Below
them, lines "mod/a: mod/b mod/c" allow edges between modules. A module is a folder of src/mod; other
folders see only its <word>.h. Files directly in src/mod are shared by all modules and include none.
"""
import os
import re
import sys
import tempfile

FORBIDDEN = 'strcpy strcat sprintf vsprintf gets atoi atol strtok alloca'.split()
FILE_LINES = 800  # a file stays under this
FUNCTION_LINES = 70  # a function's braces enclose at most this many lines, they included

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]*)"', re.M)
CALL = re.compile(r'\b(' + '|'.join(FORBIDDEN) + r')\s*\(')
SPDX = re.compile(r'SPDX-License-Identifier: [A-Za-z0-9.+-]+')


class Layers:
    """layers.txt: allowed[unit] = {units}; line[unit] = where it stands."""

    def __init__(self, path, found):
        self.allowed, self.line = {}, {}
        with open(path, encoding='utf-8') as f:
            for number, text in enumerate(f, 1):
                text = text.split('#')[0].strip()
                if not text:
                    continue
                unit, colon, rest = text.partition(':')
                unit = unit.strip()
                if not colon or not re.fullmatch(r'[a-z0-9_]+|mod/[a-z0-9_]+', unit):
                    found.append(('layers.txt', number, f'not "folder: folders": {text}'))
                    continue
                if unit in self.allowed:
                    found.append(('layers.txt', number, f'{unit} stands here twice'))
                self.allowed.setdefault(unit, set()).update(rest.split())
                self.line.setdefault(unit, number)
        self.check_names(found)
        self.check_cycles(found)

    def check_names(self, found):
        for unit, targets in self.allowed.items():
            for target in sorted(targets):
                if unit.startswith('mod/') != target.startswith('mod/'):
                    text = f'{unit}: {target} mixes folders and modules'
                    found.append(('layers.txt', self.line[unit], text))
                elif not unit.startswith('mod/') and target not in self.allowed:
                    text = f'{unit}: {target} is not a folder of this file'
                    found.append(('layers.txt', self.line[unit], text))

    def check_cycles(self, found):
        done = set()

        def visit(unit, path):
            if unit in path:
                ring = ' -> '.join(path[path.index(unit):] + [unit])
                found.append(('layers.txt', self.line.get(unit, 1), f'a cycle: {ring}'))
                return
            if unit in done:
                return
            for target in sorted(self.allowed.get(unit, set()) - {unit}):
                visit(target, path + [unit])
            done.add(unit)

        for unit in list(self.allowed):
            visit(unit, [])


def unit_of(path):
    """'mod/asset' for mod/asset/x.c, 'mod' for mod/x.c, 'base' for base/x.c, '' for main.c."""
    parts = path.split('/')
    if len(parts) > 2 and parts[0] == 'mod':
        return 'mod/' + parts[1]
    return parts[0] if len(parts) > 1 else ''


def refusal(layers, source, target):
    """Why the file `source` may not include `target` (both below src/), or None."""
    me, other = unit_of(source), unit_of(target)
    if me == other:
        return None
    if target.endswith('_int.h'):
        return f'{target} is private to {other}'
    if other.startswith('mod/'):
        word = other[4:]
        if target != f'mod/{word}/{word}.h':
            return f'only mod/{word}/{word}.h of the module {word} may be included from outside'
        if me == 'mod':
            return 'src/mod is shared by all modules and includes none of them'
        if me.startswith('mod/'):
            if other not in layers.allowed.get(me, ()):
                return f'layers.txt has no edge {me}: {other}'
            return None
    my_folder, folder = me.split('/')[0], other.split('/')[0]
    if folder not in layers.allowed:
        return f'{folder} is not in layers.txt'
    if my_folder != folder and folder not in layers.allowed.get(my_folder, ()):
        return f'{my_folder} may not include {folder}'
    return None


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def blank(match, keep_strings):
    text = match.group()
    if text[0] in '"\'' and keep_strings:
        return text
    return ('""' if text[0] == '"' else ' ') + '\n' * text.count('\n')


def check_includes(layers, root, source, text, found):
    name = 'src/' + source
    code = TOKEN.sub(lambda m: blank(m, True), text)
    for m in INCLUDE.finditer(code):
        target, line = m.group(1), line_of(code, m.start(1))
        if '/' not in target or '..' in target.split('/') or target.startswith('/'):
            found.append((name, line, f'"{target}": write it from src/, as "folder/file.h"'))
            continue
        if not os.path.isfile(os.path.join(root, 'src', target)):
            found.append((name, line, f'"{target}" does not exist'))
            continue
        why = refusal(layers, source, target)
        if why:
            found.append((name, line, why))


def check_calls(source, text, found):
    code = TOKEN.sub(lambda m: blank(m, False), text)
    for m in CALL.finditer(code):
        found.append(('src/' + source, line_of(code, m.start()), f'{m.group(1)}() is forbidden'))


def counted(lines):
    """For each line whether it counts: tables between clang-format off and on do not."""
    on, out = True, []
    for line in lines:
        if re.search(r'/\* clang-format off \*/', line):
            on = False
        out.append(on)
        if re.search(r'/\* clang-format on \*/', line):
            on = True
    return out


def check_sizes(source, lines, found):
    name, counts = 'src/' + source, counted(lines)
    if sum(counts) >= FILE_LINES:
        found.append((name, 1, f'{sum(counts)} lines; a file stays under {FILE_LINES}'))
    start = None
    for i, line in enumerate(lines):
        if line.rstrip() == '{':
            start = i
        elif line.rstrip() == '}' and start is not None:
            length = sum(counts[start:i + 1])
            if length > FUNCTION_LINES:
                text = f'a function of {length} lines; at most {FUNCTION_LINES}'
                found.append((name, start + 1, text))
            start = None


def check_file(layers, root, source, found):
    path = os.path.join(root, 'src', source)
    try:
        with open(path, encoding='utf-8') as f:
            text = f.read()
    except UnicodeDecodeError:
        found.append(('src/' + source, 1, 'not UTF-8'))
        return
    lines = text.split('\n')
    if lines and lines[-1] == '':
        lines.pop()
    if not lines or not SPDX.search(lines[0]):
        found.append(('src/' + source, 1, 'the first line is not the SPDX line'))
    folder = unit_of(source).split('/')[0]
    if folder not in layers.allowed:
        found.append(('src/' + source, 1, f'src/{folder} is not in layers.txt'))
    check_includes(layers, root, source, text, found)
    check_calls(source, text, found)
    check_sizes(source, lines, found)


def sources(root):
    for folder, folders, files in os.walk(os.path.join(root, 'src')):
        folders.sort()
        for file in sorted(files):
            if file.endswith(('.c', '.h')):
                yield os.path.relpath(os.path.join(folder, file), os.path.join(root, 'src'))


def check(root):
    found = []
    layers = Layers(os.path.join(root, 'layers.txt'), found)
    number = 0
    for source in sources(root):
        check_file(layers, root, source, found)
        number += 1
    if number == 0:
        found.append(('src', 1, 'no source file at all'))
    return number, found


# --- self-test ---

HEAD = '/* SPDX-License-Identifier: Apache-2.0 */\n'
LAYERS = 'base:\nio: base\nmod: base io\napp: base io mod\n# edges\nmod/a: mod/b\n'
GOOD = {
    'layers.txt': LAYERS,
    'src/base/x.h': HEAD,
    'src/base/x_int.h': HEAD,
    'src/base/x.c': HEAD + '#include "base/x_int.h"\n/* strcpy( */ char s[] = "atoi(";\n',
    'src/io/y.c': HEAD + '#include <stdio.h>\n  # include "base/x.h"\nint my_gets(void);\n',
    'src/mod/words.h': HEAD,
    'src/mod/a/a.c': HEAD + '#include "mod/b/b.h"\n#include "mod/words.h"\n',
    'src/mod/a/a.h': HEAD,
    'src/mod/b/b.h': HEAD,
    'src/mod/b/rows.h': HEAD,
    'src/app/main.c': HEAD + '#include "mod/a/a.h"\n',
    'src/app/table.c': HEAD + '/* clang-format off */\n' + '1,\n' * 900 + '/* clang-format on */\n',
    'src/app/long.c': HEAD + 'int f(void)\n{\n' + ';\n' * 68 + '}\n',
}
BAD = [  # name, files put over the good ones, where, part of the text
    ('upward', {'src/base/x.c': HEAD + '\n#include "io/y.h"\n', 'src/io/y.h': HEAD},
     ('src/base/x.c', 3), 'base may not include io'),
    ('upward in a header', {'src/base/x.h': HEAD + '#include "app/q.h"\n', 'src/app/q.h': HEAD},
     ('src/base/x.h', 2), 'base may not include app'),
    ('no edge', {'src/mod/b/b.c': HEAD + '#include "mod/a/a.h"\n'},
     ('src/mod/b/b.c', 2), 'no edge mod/b: mod/a'),
    ('past the door', {'src/mod/a/a.c': HEAD + '#include "mod/b/rows.h"\n'},
     ('src/mod/a/a.c', 2), 'only mod/b/b.h'),
    ('past the door from app', {'src/app/main.c': HEAD + '#include "mod/b/rows.h"\n'},
     ('src/app/main.c', 2), 'only mod/b/b.h'),
    ('shared file knows a module', {'src/mod/words.h': HEAD + '#include "mod/a/a.h"\n'},
     ('src/mod/words.h', 2), 'includes none'),
    ('private header', {'src/io/y.c': HEAD + '#include "base/x_int.h"\n'},
     ('src/io/y.c', 2), 'private to base'),
    ('relative', {'src/base/x.c': HEAD + '#include "x.h"\n'}, ('src/base/x.c', 2), 'from src/'),
    ('dots', {'src/io/y.c': HEAD + '#include "io/../base/x.h"\n'}, ('src/io/y.c', 2), 'from src/'),
    ('missing', {'src/io/y.c': HEAD + '#include "base/z.h"\n'}, ('src/io/y.c', 2), 'not exist'),
    ('unknown folder', {'src/new/n.c': HEAD}, ('src/new/n.c', 1), 'not in layers.txt'),
    ('no licence', {'src/io/y.c': 'int x;\n' + HEAD}, ('src/io/y.c', 1), 'SPDX'),
    ('strcpy', {'src/io/y.c': HEAD + '\n/*\n*/ int a = strcpy (b, "x");\n'},
     ('src/io/y.c', 4), 'strcpy() is forbidden'),
    ('long file', {'src/io/y.c': HEAD + 'int x;\n' * 799}, ('src/io/y.c', 1), '800 lines'),
    ('long function', {'src/app/long.c': HEAD + 'int f(void)\n{\n' + ';\n' * 69 + '}\n'},
     ('src/app/long.c', 3), 'function of 71 lines'),
    ('cycle of modules', {'layers.txt': LAYERS + 'mod/b: mod/c\nmod/c: mod/a\n'},
     ('layers.txt', 6), 'a cycle: mod/a -> mod/b -> mod/c -> mod/a'),
    ('cycle of folders', {'layers.txt': LAYERS.replace('base:', 'base: io', 1)},
     ('layers.txt', 1), 'a cycle: base -> io -> base'),
    ('unknown name', {'layers.txt': LAYERS + 'db: bass\n'}, ('layers.txt', 7), 'bass is not a'),
    ('bad line', {'layers.txt': LAYERS + 'what\n'}, ('layers.txt', 7), 'not "folder'),
]


def check_tree(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
        return check(root)[1]


def self_test():
    wrong = [('good tree', x) for x in check_tree(GOOD)]
    for name, files, place, part in BAD:
        found = check_tree({**GOOD, **files})
        if not any((f, line) == place and part in text for f, line, text in found):
            wrong.append((name, f'not caught: {part}; found {found}'))
        elif len(found) != 1:
            wrong.append((name, f'more than one finding: {found}'))
    for name, text in wrong:
        print(f'{name}: {text}')
    passed = len(BAD) + 1 - len({name for name, _ in wrong})
    print(f'{"not ok" if wrong else "ok"} self-test: {passed} of {len(BAD) + 1} made-up trees')
    return 1 if wrong else 0


def main(args):
    if args == ['--self-test']:
        return self_test()
    here = os.path.dirname(os.path.abspath(__file__))
    number, found = check(args[0] if args else os.path.join(here, '..', '..'))
    for file, line, text in found:
        print(f'{file}:{line}: {text}')
    print(f'{"not ok" if found else "ok"} {number} files of src/, {len(found)} violations')
    blind = 0 if args else self_test()  # a checker that sees nothing would pass everything
    return 1 if found or blind else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
