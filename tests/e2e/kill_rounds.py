#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of web, watch, serve or a child that decodes a picture at random moments while people write records, move
orders along, upload, import and log in. Every acknowledged write is there afterwards and nothing is there by half, the
journal and the files verify, the supervisor brings its children back. KILL_ROUNDS (12), KILL_SEED and
KILL_ON (sqlite, postgresql; both) choose how long, which and where; bench/kill runs the long form."""
import hashlib
import http.client
import io
import json
import os
import random
import signal
import sqlite3
import threading
import time

from PIL import Image

from kit import Client, Platform, Postgres, Refused, case, finish, until

ROUNDS = int(os.environ.get("KILL_ROUNDS", "12"))


def children(pid):
    """(pid, word) of the processes that `serve` started."""
    out = []
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                with open(f"/proc/{entry}/cmdline") as file:
                    out.append((int(entry), file.read().split("\0")[1]))
        except (OSError, ValueError, IndexError):
            continue
    return out


def grandchildren(pid, word):
    return [k for child, _ in children(pid) for k, name in children(child) if name == word]


class Writer(threading.Thread):
    """Writes as fast as it may; remembers what was acknowledged."""
    login = "desk"

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.number, self.done, self.client = port, number, [], None
        self.stopped, self.fault = False, None

    def run(self):
        n = 0
        while not self.stopped and not self.fault:
            n += 1
            try:
                if not self.client:
                    self.client = Client(self.port, self.login)
                self.write(n)
            except Refused as refused:
                # a step that was done although its answer was lost is refused when it is tried again
                if refused.status < 500 and refused.status != 409:
                    self.fault = refused
            except (OSError, ValueError, http.client.HTTPException):
                time.sleep(0.05)


class Sites(Writer):
    def write(self, n):
        name = f"站点 {self.number}-{n}"
        made = self.client.post("/site", {"name": name, "type": "office"})
        self.done.append((made["id"], name))


class Uploads(Writer):
    """Pictures, whole and in two parts."""

    def write(self, n):
        out = io.BytesIO()
        Image.effect_noise((320, 240), 40).convert("RGB").save(out, "JPEG")
        data = out.getvalue()
        sha = hashlib.sha256(data).hexdigest()
        if n % 2:
            made = self.client.call("PUT", f"/file?name={n}.jpg", data)
        else:
            self.client.post("/file/upload", {"id": f"kill-{self.number}-{n:06}", "name": f"{n}.jpg", "size": len(data), "sha256": sha})
            path, half = f"/file/upload/kill-{self.number}-{n:06}", len(data) // 2
            self.part(path, 0, data[:half])
            made = self.part(path, half, data[half:])
        assert made["sha256"] == sha, made
        self.done.append((made["id"], sha))

    def part(self, path, offset, data):
        status, body = self.client.raw("PUT", "/api/v1" + path, data, {"Upload-Offset": str(offset)})
        if status >= 400:
            raise Refused(status, json.loads(body))
        return json.loads(body)


class Imports(Writer):
    ROWS = 120

    def write(self, n):
        rows = "".join(f"导入 {self.number}-{n}-{i},office\n" for i in range(self.ROWS))
        told = self.client.call("POST", f"/site/import?name={n}.csv", ("名称,类型\n" + rows).encode())
        assert told["stored"] and told["new"] == self.ROWS, told
        self.done.append(n)


class Orders(Writer):
    """Registered, then dispatched in bulk: two of them, each by itself."""
    login = "disp"

    def write(self, n):
        made = [self.client.post("/work_order", {"title": f"断电 {self.number}-{n}-{i}"}) for i in range(2)]
        me = self.client.list("user", "login.eq.field")[0]["id"]
        told = self.client.post("/work_order/dispatch", {"ids": [{"id": m["id"], "rev": m["rev"]} for m in made], "engineer_id": me})
        self.done += [r["id"] for r in told["results"] if r["ok"]]


class Logins(Writer):
    login = "field"

    def write(self, n):
        mine = Client(self.port, "field")
        mine.call("DELETE", "/session")
        self.done.append(mine.cookie)


def one(label, db):
    p = Platform(db)
    for login, role in (("desk", "b_pm"), ("disp", "b_dispatcher"), ("field", "b_field")):
        p.user(login, role)
    p.start()
    sites = [Sites(p.port, i) for i in range(2)]
    uploads, imports, orders = Uploads(p.port, 2), Imports(p.port, 3), Orders(p.port, 4)
    writers = [*sites, uploads, imports, orders, Logins(p.port, 5)]
    back = []  # seconds from a kill to the next good answer

    def rounds():
        pick = random.Random(int(os.environ.get("KILL_SEED", "1")))
        for w in writers:
            w.start()
        for _ in range(ROUNDS):
            time.sleep(pick.uniform(0.1, 0.8))
            word = pick.choice(["web", "web", "watch", "serve", "image"])
            start = time.monotonic()
            if word == "serve":
                p.child.kill()
                p.child.wait(20)
                port = p.port
                until("the port is free again", 30, lambda: not p.healthy())
                p.restart(port)
            elif word == "image":  # one upload fails of it, nothing else
                for victim in grandchildren(p.child.pid, word):
                    try:
                        os.kill(victim, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                continue
            else:
                victims = until(f"{word} runs", 30, lambda w=word: [k for k, name in children(p.child.pid) if name == w])
                for victim in victims:
                    os.kill(victim, signal.SIGKILL)
                until("both run again", 40, lambda v=victims: {"web", "watch"} <= {
                    n for k, n in children(p.child.pid) if k not in v} and p.healthy())
            back.append(time.monotonic() - start)

    def nothing_is_lost():
        for w in writers:
            w.stopped = True
        for w in writers:
            w.join(70)
        assert not [w.fault for w in writers if w.fault], [w.fault for w in writers if w.fault]
        acknowledged = [d for w in sites for d in w.done]
        back.sort()
        told = ", ".join(f"{type(w).__name__.lower()} {len(w.done)}" for w in writers)
        print(f"# {ROUNDS} kills, acknowledged: {told}; both processes answer again after"
              f" {back[len(back) // 2]:.2f} s (median), {back[-1]:.2f} s (longest)", flush=True)
        assert len(acknowledged) > ROUNDS, "the writers wrote"
        desk = p.client("desk")
        names, after = {}, None
        while True:
            page = desk.get("/site", limit=500, sort="id", **({"after": after} if after else {}))
            names.update({i["id"]: i["name"] for i in page["items"]})
            after = page["next"]
            if not after:
                break
        missing = [d for d in acknowledged if names.get(d[0]) != d[1]]
        assert not missing, missing[:5]
        for record in random.Random(2).sample(acknowledged, 20):
            actions = [i["action"] for i in desk.get(f"/site/{record[0]}/journal")["items"]]
            assert actions == ["create"], actions
        uploads_are_there(desk)
        imports_are_whole(names)
        for id_ in orders.done:
            order = desk.get(f"/work_order/{id_}")
            assert order["state"] == "dispatched" and order["engineer_id"], order

    def uploads_are_there(desk):
        for id_, sha in uploads.done:
            assert desk.get(f"/file/{id_}/about")["sha256"] == sha
        assert "完好" in p.run("file", "verify")

    def imports_are_whole(names):
        """What was acknowledged, and of the others all rows or none."""
        found = {}
        for name in names.values():
            if name.startswith("导入 "):
                n = int(name.split("-")[1])
                found[n] = found.get(n, 0) + 1
        assert set(imports.done) <= set(found), set(imports.done) - set(found)
        assert set(found.values()) <= {Imports.ROWS}, found

    def journal_verifies():
        p.stop()
        if not db:
            for name in ("shouwang.db", "watch.db"):
                with sqlite3.connect(os.path.join(p.data, name)) as store:
                    assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)], name
                    assert store.execute("PRAGMA foreign_key_check").fetchall() == [], name
        assert "日志完好" in p.run("journal", "verify")

    good = case(f"the supervisor brings back what was killed ({label})", rounds)
    good = case(f"every acknowledged write is there ({label})", nothing_is_lost) and good
    good = case(f"the store is sound and the journal verifies afterwards ({label})", journal_verifies) and good
    if not good:
        os.environ["SHOW_LOG"] = "1"
    p.close()
    return good


def main():
    on = os.environ.get("KILL_ON", "sqlite postgresql").split()
    good = one("sqlite", None) if "sqlite" in on else True
    if "postgresql" in on:
        server = Postgres()
        try:
            good = one("postgresql", server.url) and good
        finally:
            server.close()
    finish(good)


main()
