#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The pages in a real Chromium against the real server: every spec of tests/web/specs. Each spec file gets
a platform with a fresh database, the simulated street to watch, its ledger and one account per role."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from kit import TOP, WORD, Platform, Street, case, finish

WEB = os.path.join(TOP, "tests", "web")
ROLES = ("b_dispatcher", "b_field", "b_resident", "b_pm", "a_supervisor", "a_leader", "a_clerk", "a_approver", "sys_admin", "sec_admin")


def packages():
    """npm ci, when the lock file changed."""
    lock, done = os.path.join(WEB, "package-lock.json"), os.path.join(WEB, "node_modules", ".package-lock.json")
    if not os.path.exists(done) or os.path.getmtime(done) < os.path.getmtime(lock):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WEB, check=True,
                       stdout=sys.stderr)


def furnish(street):
    """What every spec begins with; the specs work on copies of its folder."""
    p = Platform()
    for role in ROLES:
        p.user(role, role)
    p.user("x_auditor", "auditor")
    p.run("user", "add", "newcomer", "--role", "auditor", "--password-stdin", text=WORD + "\n")  # must change it
    p.run("import", "asset", street.ledger, "--create-sites")
    return p


def measured(street):
    """The street under its contract, with places and camera files: what the pages of the ledger show."""
    p = Platform(netns=street.name)
    places = [os.path.join(p.dir, name) for name in ("before.json", "after.json")]
    subprocess.run(["/usr/bin/python3", os.path.join(TOP, "sim", "make_places.py"), *places], check=True)
    p.run("init", "--preset", "contract")
    p.run("init", "--preset", places[0])
    for role in ROLES:
        p.user(role, role)
    p.run("import", "asset", street.ledger, "--create-sites")
    p.run("init", "--preset", places[1])
    return p


def copy_of(model, street, name):
    p = measured(street) if name == "ledger" else Platform(netns=street.name, like=model)
    p.start()
    return p


def spec(name, model, street):
    p = copy_of(model, street, name)
    try:
        logins = {r: {"login": r, "password": WORD} for r in ROLES}
        logins["x_auditor"] = {"login": "x_auditor", "password": WORD}
        logins["auditor"] = {"login": "newcomer", "password": WORD}
        env = {**os.environ, "SW_URL": f"http://127.0.0.1:{p.port}", "SW_LOGINS": json.dumps(logins)}
        done = subprocess.run(["node", "--test-reporter=spec", "run.mjs", name], cwd=WEB, env=env, timeout=600,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print("# " + done.stdout.replace("\n", "\n# "))
        assert done.returncode == 0, f"{name}: exit {done.returncode}"
    finally:
        p.close()


def main():
    packages()
    wanted = sys.argv[1:]
    names = sorted(f[:-4] for f in os.listdir(os.path.join(WEB, "specs")) if f.endswith(".mjs"))
    folder = tempfile.mkdtemp(prefix="sw-street-")
    street = Street(folder)
    model = furnish(street)
    good = True
    try:
        for name in names:
            if not wanted or name in wanted:
                good = case(f"browser: {name}", spec, name, model, street) and good
    finally:
        model.close()
        street.close()
        shutil.rmtree(folder, ignore_errors=True)
    finish(good)


main()
