#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The store fails under a running platform: locked by another process, the disk full, PostgreSQL stopped and started
again. Each time the caller gets a clear error, nothing is half done, and the platform goes on by itself."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from kit import JPEG, Platform, Postgres, case, finish, until


def error_of(client, method, path, body):
    """(status, error) of a request that is expected to fail."""
    status, data = client.raw(method, "/api/v1" + path, body if isinstance(body, bytes) else json.dumps(body).encode())
    return (status, json.loads(data)["error"]) if status >= 400 else (status, None)


def is_busy(answer):
    status, error = answer
    assert status in (503, 504), answer
    assert re.search(r"[\u4e00-\u9fff]", error["message"]) and error["code"] in ("busy", "timeout"), error


def steps(client, id_):
    return [i["action"] for i in client.get(f"/site/{id_}/journal")["items"]]


def locked(p):
    desk = p.client("desk")
    site = desk.post("/site", {"name": "东门", "type": "office"})
    other = sqlite3.connect(os.path.join(p.data, "shouwang.db"), timeout=30, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE counter SET value = value")
    try:
        is_busy(error_of(desk, "PATCH", f"/site/{site['id']}", {"rev": 1, "address": "一号"}))
        assert desk.get(f"/site/{site['id']}")["rev"] == 1, "readers go on"
    finally:
        other.execute("ROLLBACK")
    assert desk.patch(f"/site/{site['id']}", {"rev": 1, "address": "一号"})["rev"] == 2
    assert steps(desk, site["id"]) == ["create", "update"]


class Filler:
    """Takes the room of a small file system away and gives it back."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "filler")

    def fill(self):
        with open(self.path, "ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12, 512):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self):
        if os.path.exists(self.path):
            os.unlink(self.path)


def full(p, folder):
    desk = p.client("desk")
    filler = Filler(folder)
    filler.fill()
    made, answer = [], (0, None)
    for n in range(3000):  # until what the log of the store still had is used up, too
        filler.fill()
        status, data = desk.raw("POST", "/api/v1/site", json.dumps(
            {"name": f"站点 {n}", "type": "office", "address": "长" * 100}).encode())
        if status >= 400:
            answer = (status, json.loads(data)["error"])
            break
        made.append(json.loads(data)["id"])
    is_busy(answer)
    assert "磁盘" in answer[1]["message"] or "满" in answer[1]["message"], answer
    status, _ = desk.raw("GET", f"/api/v1/site?limit=1")
    assert status == 200, "reading goes on"
    upload = error_of(desk, "PUT", "/file?name=x.jpg", JPEG + os.urandom(300000))
    assert upload[0] in (503, 507), upload
    filler.free()
    again = until("writing goes on when there is room", 30, lambda: try_post(desk, {"name": "有空间了", "type": "office"}))
    assert steps(desk, again["id"]) == ["create"]
    assert desk.total("site", "") == len(made) + 1, "what was acknowledged, and nothing half done"
    assert desk.photo()


def try_post(client, body):
    status, data = client.raw("POST", "/api/v1/site", json.dumps(body).encode())
    return json.loads(data) if status == 201 else None


def sound(p):
    p.stop()
    with sqlite3.connect(os.path.join(p.data, "shouwang.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert "日志完好" in p.run("journal", "verify")


def on_sqlite():
    p = Platform()
    try:
        p.user("desk", "b_pm")
        p.start()
        return case("a database locked by another process: busy, then on", locked, p)
    finally:
        p.close()


def on_a_small_disk():
    folder = tempfile.mkdtemp(prefix="sw-small-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=False).returncode == 0
    if not mounted:
        os.rmdir(folder)
        print("# not root, or no mounts here: a full disk cannot be made")
        print("ok a full disk # SKIP needs the right to mount a file system")
        return True
    p = Platform(data=os.path.join(folder, "data"))
    try:
        p.user("desk", "b_pm")
        p.start()
        good = case("a full disk: a clear error, nothing half done, on when there is room", full, p, folder)
        return case("after the full disk store and journal are sound", sound, p) and good
    finally:
        p.close()
        subprocess.run(["umount", "-l", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def gone(p, server):
    desk = p.client("desk")
    site = desk.post("/site", {"name": "东门", "type": "office"})
    server.tool("halt")
    status, error = error_of(desk, "PATCH", f"/site/{site['id']}", {"rev": 1, "address": "一号"})
    is_busy((status, error))
    is_busy(error_of(desk, "GET", "/site", b""))
    assert not p.healthy()
    server.tool("restart")
    until("the platform answers again", 30, p.healthy)
    assert desk.patch(f"/site/{site['id']}", {"rev": 1, "address": "一号"})["rev"] == 2
    assert steps(desk, site["id"]) == ["create", "update"]


def jobs_again(p):
    """The sealer is a job of web: a row written after the return is sealed."""
    desk = p.client("desk")
    desk.post("/site", {"name": "西门", "type": "office"})
    def sealed():
        text = p.run("journal", "verify")
        return "日志完好" in text and "尚未封存" not in text
    until("the jobs go on", 30, sealed)
    with open(os.path.join(p.dir, "serve.log"), errors="replace") as log:
        text = log.read()
    assert text.count("web: started") == 1 and text.count("watch: started") == 1, "no process died of it"


def on_postgresql():
    server = Postgres()
    p = None
    try:
        p = Platform(server.url)
        p.user("desk", "b_pm")
        p.start()
        good = case("PostgreSQL gone and back: busy meanwhile, then on", gone, p, server)
        return case("PostgreSQL gone and back: the jobs go on, too", jobs_again, p) and good
    finally:
        if p:
            p.close()
        server.close()


def main():
    good = True
    for part in (on_sqlite, on_a_small_disk, on_postgresql):
        start = time.monotonic()
        good = part() and good
        print(f"# {part.__name__}: {time.monotonic() - start:.1f} s", file=sys.stderr)
    finish(good)


main()
