#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page specs of tests/web in Chromium against the real program on the simulated street, with a database of
their own. run_pages.py [SPEC...]. Prints the lines of node's test runner (TAP)."""
import json
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))
from kit import WORD, Client, Platform, Street, until  # noqa: E402

ROLES = ("b_dispatcher", "b_field", "b_resident", "b_pm", "a_supervisor", "a_leader", "sys_admin")


def main():
    subprocess.run([os.path.join(TOP, "tools", "web"), "--tests"], check=True)
    platform = Platform()
    street = None
    try:
        street = Street(platform.dir)
        platform.netns = street.name
        for role in ROLES:
            platform.user(role, role)
        platform.run("import", "asset", street.ledger, "--create-sites")
        platform.start()
        person = Client(platform.port, "b_dispatcher")
        until("every device seen up", 60, lambda: person.total("asset", "f=health.eq.up") >= 40)
        logins = {role: {"login": role, "password": WORD} for role in ROLES}
        env = {**os.environ, "SW_URL": f"http://127.0.0.1:{platform.port}", "SW_LOGINS": json.dumps(logins)}
        return subprocess.run(["node", "--test-reporter=tap", "run.mjs", *sys.argv[1:]], env=env,
                              cwd=os.path.join(TOP, "tests", "web"), stdin=subprocess.DEVNULL).returncode
    finally:
        platform.stop()
        if street:
            street.close()
        platform.close()


if __name__ == "__main__":
    sys.exit(main())
