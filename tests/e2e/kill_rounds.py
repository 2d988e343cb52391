#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of web, watch or serve at random moments while people write. Every acknowledged write is there
afterwards, the journal verifies, the supervisor brings its children back. KILL_ROUNDS (12), KILL_SEED and
KILL_ON (sqlite, postgresql; both) choose how long, which and where; bench/kill runs the long form."""
import os
import random
import signal
import sqlite3
import threading
import time

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


class Writer(threading.Thread):
    """Creates sites as fast as it may; remembers what was acknowledged and what was not."""

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.number, self.done, self.client = port, number, [], None
        self.stopped = False

    def run(self):
        n = 0
        while not self.stopped:
            name = f"站点 {self.number}-{n}"
            n += 1
            try:
                if not self.client:
                    self.client = Client(self.port, "desk")
                made = self.client.post("/site", {"name": name, "type": "office"})
                self.done.append((made["id"], name))
            except Refused as refused:
                if refused.status < 500:
                    raise
            except OSError:
                time.sleep(0.05)


def one(label, db):
    p = Platform(db)
    p.user("desk", "b_dispatcher")
    p.start()
    writers = [Writer(p.port, i) for i in range(3)]
    back = []  # seconds from a kill to the next good answer

    def rounds():
        pick = random.Random(int(os.environ.get("KILL_SEED", "1")))
        for w in writers:
            w.start()
        for _ in range(ROUNDS):
            time.sleep(pick.uniform(0.1, 0.8))
            word = pick.choice(["web", "web", "watch", "serve"])
            start = time.monotonic()
            if word == "serve":
                p.child.kill()
                p.child.wait(20)
                port = p.port
                until("the port is free again", 30, lambda: not p.healthy())
                p.restart(port)
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
        acknowledged = [d for w in writers for d in w.done]
        back.sort()
        print(f"# {ROUNDS} kills, {len(acknowledged)} acknowledged writes, both processes answer again after"
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
