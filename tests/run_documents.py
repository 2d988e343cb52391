#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The documents say what the tree says: dependency tables, npm packages, make targets, links."""
import glob
import json
import os
import re
import subprocess

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def case(name, faults):
    faults = list(faults)
    print(f"{'not ok' if faults else 'ok'} {name}" + (": " + "; ".join(faults) if faults else ""))
    return bool(faults)


def broken_links():
    for path in glob.glob("*.md") + glob.glob("docs/*.md"):
        for link in re.findall(r"\]\(([^)#\s]+)", text(path)):
            if "://" not in link and not os.path.exists(os.path.join(os.path.dirname(path), link)):
                yield f"{path} -> {link}"


def missing_scenarios():
    """Each line of tests/scenarios.txt names a test that is there and is run (a C test is named where it stands and
    where it is listed)."""
    for line in text("tests/scenarios.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        number, path, name = re.match(r"(.+?)\s+(tests/\S+)\s+(.+)$", line).groups()
        found = text(path).count(name) if os.path.exists(path) else 0
        if found < (2 if path.endswith(".c") else 1):
            yield f"{number}: no test {name} in {path}"


def main():
    made = subprocess.run(["tools/setup", "--document"], check=True, stdout=subprocess.PIPE).stdout.decode()
    document = text("docs/dependencies.md")
    package = json.loads(text("web/package.json"))
    npm = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    told = set(re.findall(r"^\| `([^`]+)` \|", document[document.index("## npm"):], re.M))
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M)) & set(text("Makefile").split())
    public = {t for t in targets if f"make {t} " in text("Makefile")}
    bad = case("docs/dependencies.md has the tables of tools/packages.txt (tools/setup --document)",
               [] if made in document else ["they differ"])
    bad |= case("docs/dependencies.md gives a reason for exactly the npm packages of web/package.json",
                sorted(set(npm) ^ told))
    for readme in ("README.md", "README.zh-CN.md"):
        bad |= case(f"{readme} names every make target",
                    [t for t in sorted(public) if f"make {t}" not in text(readme)])
    if os.path.exists("build/shouwang"):  # else only the unit tests of app compare it
        types = subprocess.run(["build/shouwang", "meta", "--typescript"], stdout=subprocess.PIPE).stdout.decode()
        bad |= case("web/src/gen/kinds.ts is what the kinds are (build/shouwang meta --typescript > web/src/gen/kinds.ts)",
                    [] if types == text("web/src/gen/kinds.ts") else ["they differ"])
    bad |= case("every scenario and edge rule of tests/scenarios.txt has its test", missing_scenarios())
    bad |= case("every relative link of the documents leads to a file", broken_links())
    return bad


if __name__ == "__main__":
    raise SystemExit(main())
