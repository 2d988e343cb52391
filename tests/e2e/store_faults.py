#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The store fails under a running platform: locked by another process, the disk full, PostgreSQL stopped and started
again. Each time the caller gets a clear error, nothing is half done, and the platform goes on by itself."""
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from kit import JPEG, WORD, Client, Platform, Postgres, case, finish, until


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


class Writes:
    """One of every kind of write. Each is tried when the store fails: refused as busy, nothing of it is there; and
    again when the store is back: done."""
    LOGINS = (("desk", "b_pm"), ("disp", "b_dispatcher"), ("field", "b_field"), ("sys", "sys_admin"))
    TABLES = ("site work_order work_order_step work_order_asset sla_clock file file_copy file_part import_batch account session"
              " journal person_key notice").split()

    def __init__(self, p):
        self.p = p
        self.desk, self.disp, self.field, self.sys, self.leaver = (p.client(x) for x in ("desk", "disp", "field", "sys", "desk"))
        self.orders = [self.disp.post("/work_order", {"title": f"坏了 {i}"}) for i in range(4)]
        self.site = self.desk.post("/site", {"name": "北门", "type": "office"})
        part = {"id": "upload-12345", "name": "x.jpg", "size": len(JPEG), "sha256": hashlib.sha256(JPEG).hexdigest()}
        sheet = ("名称,类型\n" + "".join(f"入 {i},office\n" for i in range(300))).encode()
        engineer, (first, *others) = self.field.user["id"], self.orders
        self.all = {
            "patch": (self.desk, "PATCH", f"/site/{self.site['id']}", {"rev": 1, "address": "一号"}),
            "create": (self.disp, "POST", "/work_order", {"title": "又坏了", "reporter_name": "某人"}),
            "action": (self.disp, "POST", f"/work_order/{first['id']}/dispatch", {"rev": first["rev"], "engineer_id": engineer}),
            "bulk": (self.disp, "POST", "/work_order/dispatch",
                     {"ids": [{"id": o["id"], "rev": o["rev"]} for o in others], "engineer_id": engineer}),
            "upload": (self.desk, "PUT", "/file?name=a.jpg", JPEG),
            "registered upload": (self.desk, "POST", "/file/upload", part),
            "import": (self.desk, "POST", "/site/import?name=a.csv", sheet),
            "account": (self.sys, "POST", "/user", {"login": "newone", "name": "新人"}),
            "login": (Client(p.port), "POST", "/session", {"login": "field", "password": WORD}),
            "failed login": (Client(p.port), "POST", "/session", {"login": "field", "password": "Wrong-Pass-1"}),
            "password": (self.field, "POST", "/password", {"old": WORD, "new": WORD + "x"}),
            "logout": (self.leaver, "DELETE", "/session", b""),
            "export": (self.desk, "GET", "/site/export.xlsx", b""),
        }

    def counts(self):
        def ask(text):
            if not self.p.db:
                with sqlite3.connect(os.path.join(self.p.data, "shouwang.db"), timeout=20) as db:
                    return db.execute(text).fetchone()[0]
            out = subprocess.run(["psql", "-tA", "-d", self.p.db, "-c", "SET search_path = shouwang; " + text], check=True,
                                 text=True, stdout=subprocess.PIPE).stdout
            return int(out.split()[-1])
        return {t: ask(f"SELECT COUNT(*) FROM {t}") for t in self.TABLES}

    def refused(self, name):
        client, method, path, body = self.all[name]
        status, data = client.raw(method, "/api/v1" + path, body if isinstance(body, bytes) else json.dumps(body).encode())
        if name == "bulk" and status == 200:  # a result per record
            assert all(r["error"]["code"] == "busy" for r in json.loads(data)["results"]), data
            return
        assert status == 503, (name, status, data)
        is_busy((status, json.loads(data)["error"]))

    def all_refused(self, names=()):
        wrong = []

        def one(name):
            try:
                self.refused(name)
            except Exception as e:
                wrong.append((name, repr(e)))
        threads = [threading.Thread(target=one, args=(n,)) for n in names or self.all]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not wrong, wrong

    def reading_goes_on(self):
        """Also for who comes back after a pause, when his session would be noted as used."""
        start = time.monotonic()
        status, data = self.disp.raw("GET", "/api/v1/work_order?limit=1")
        assert status == 200, (status, data)
        assert time.monotonic() - start < 4, "a reader waits for no lock"

    def pause(self):
        with sqlite3.connect(os.path.join(self.p.data, "shouwang.db"), timeout=20) as db:
            db.execute("UPDATE session SET seen_at = seen_at - 300000")

    def all_done(self):
        want = {"patch": 200, "create": 201, "action": 200, "bulk": 200, "upload": 201, "registered upload": 201, "import": 200,
                "account": 201, "login": 200, "failed login": 401, "password": 204, "logout": 204, "export": 200}
        for name, (client, method, path, body) in self.all.items():
            status, data = client.raw(method, "/api/v1" + path, body if isinstance(body, bytes) else json.dumps(body).encode())
            assert status == want[name], (name, status, data[:300])
            assert name != "bulk" or all(r["ok"] for r in json.loads(data)["results"]), data
        assert "完好" in self.p.run("file", "verify")
        assert self.desk.total("site", "f=name.has.入") == 300


def every_write_locked(p):
    w = Writes(p)
    w.pause()
    before = w.counts()
    other = sqlite3.connect(os.path.join(p.data, "shouwang.db"), timeout=30, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE counter SET value = value")
    try:
        w.reading_goes_on()
        w.all_refused(("bulk", "upload", "import", "login"))
    finally:
        other.execute("ROLLBACK")
    assert w.counts() == before, "nothing half done"
    w.all_done()


def every_write_on_a_full_disk(p, folder):
    w = Writes(p)
    filler = Filler(folder)
    for n in range(3000):
        filler.fill()
        status, _ = w.desk.raw("POST", "/api/v1/site", json.dumps({"name": f"满 {n}", "type": "office", "address": "长" * 100}).encode())
        if status >= 400:
            break
    before = w.counts()
    try:
        w.reading_goes_on()
        w.all_refused()
        assert w.counts() == before, "nothing half done"
    finally:
        filler.free()
    w.all_done()


def every_write_without_postgresql(p, server):
    w = Writes(p)
    before = w.counts()
    server.tool("halt")
    w.all_refused()
    server.tool("restart")
    until("the platform answers again", 30, p.healthy)
    assert w.counts() == before, "nothing half done"
    w.all_done()


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


def people(p):
    for login, role in Writes.LOGINS:
        p.user(login, role)


def on_sqlite():
    p = Platform()
    try:
        people(p)
        p.start()
        good = case("a database locked by another process: busy, then on", locked, p)
        good = case("a locked database: reading goes on, every kind of write is refused whole, then done", every_write_locked, p) and good
        return case("after the lock store and journal are sound", sound, p) and good
    finally:
        p.close()


def on_a_small_disk():
    folder = tempfile.mkdtemp(prefix="sw-small-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=False).returncode == 0
    if not mounted:
        os.rmdir(folder)
        print("# not root, or no mounts here: a full disk cannot be made")
        print("ok a full disk # SKIP needs the right to mount a file system")
        return True
    p = Platform(data=os.path.join(folder, "data"))
    try:
        people(p)
        p.start()
        good = case("a full disk: a clear error, nothing half done, on when there is room", full, p, folder)
        good = case("a full disk: every kind of write is refused whole, then done", every_write_on_a_full_disk, p, folder) and good
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
        people(p)
        p.start()
        good = case("PostgreSQL gone and back: busy meanwhile, then on", gone, p, server)
        good = case("PostgreSQL gone and back: every kind of write is refused whole, then done", every_write_without_postgresql, p,
                    server) and good
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
