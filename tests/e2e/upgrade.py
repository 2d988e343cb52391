#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A store of the first release (tests/data/stores: a ledger of 47 devices, two outages, two orders) under the program of
today: it opens by itself, nothing of it is lost or reads otherwise, and the work in it goes on."""
import lzma
import os
import sqlite3
import tempfile

from kit import TOP, Platform, case, finish

KINDS = ("asset", "uplink", "site", "outage", "work_order", "sla_clock", "alarm")


class Old:
    def __init__(self):
        self.data = os.path.join(tempfile.mkdtemp(prefix="sw-old-"), "data")
        os.mkdir(self.data, 0o700)
        for name in ("shouwang.db", "watch.db"):
            with lzma.open(os.path.join(TOP, "tests", "data", "stores", f"first.{name}.xz")) as packed, \
                    open(os.path.join(self.data, name), "wb") as file:
                file.write(packed.read())
        self.was = {t: self.rows(f"SELECT * FROM {t} ORDER BY 1") for t in ("journal", "sla_clock")}
        self.count = {k: self.rows(f"SELECT COUNT(*) FROM {k} WHERE retired_at IS NULL")[0][0] for k in KINDS}

    def rows(self, sql):
        with sqlite3.connect(os.path.join(self.data, "shouwang.db"), timeout=20) as db:
            return db.execute(sql).fetchall()


def it_opens_and_its_journal_is_whole(old, p):
    assert "日志完好" in p.run("journal", "verify")
    assert old.rows("PRAGMA integrity_check") == [("ok",)] and not old.rows("PRAGMA foreign_key_check")
    now = old.rows("SELECT id, hash FROM journal ORDER BY id")
    assert len(now) >= len(old.was["journal"]) > 300
    hashes = {h for row in old.was["journal"] for h in row if isinstance(h, (str, bytes)) and len(h) in (32, 64)}
    assert {h for _, h in now[:300]} <= hashes, "a sealed row was written anew"


def every_record_is_there_and_found(old, p):
    desk = p.client("dispatcher")
    assert {k: desk.total(k, "") for k in KINDS} == old.count
    assert desk.total("asset", "q=东区") > 10 and desk.total("work_order", "q=交换机") == 2
    clocks = {c["id"]: c["deadline_at"] for c in desk.list("sla_clock", limit=50)}
    columns = [r[1] for r in old.rows("PRAGMA table_info(sla_clock)")]
    assert "deadline_at" in columns and len(clocks) == len(old.was["sla_clock"])
    for row in old.was["sla_clock"]:
        assert clocks[row[0]] in row, "a clock of the past moved"


def the_work_goes_on(_, p):
    desk, field = p.client("dispatcher"), p.client("field")
    order = next(o for o in desk.list("work_order", limit=5) if o["state"] == "registered")
    person = next(u for u in desk.list("user", limit=50) if u["login"] == "field")
    order = desk.act("work_order", order, "dispatch", engineer_id=person["id"])
    order = field.act("work_order", order, "accept")
    assert order["state"] == "accepted" and order["engineer_id"] == person["id"], order
    p.stop()
    assert "日志完好" in p.run("journal", "verify")


def main():
    old, good = Old(), True
    p = Platform(data=old.data, fresh=False)
    try:
        good = case("it_opens_and_its_journal_is_whole", it_opens_and_its_journal_is_whole, old, p) and good
        p.start()
        for step in (every_record_is_there_and_found, the_work_goes_on):
            good = case(step.__name__, step, old, p) and good
    finally:
        p.close()
    finish(good)


main()
