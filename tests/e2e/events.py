#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The stream of changes through the real program on both databases: each reader gets what he may read and nothing
else, misses nothing over a gap, and loses the stream with his session or his rights."""
import http.client
import json
import os
import queue
import socket
import sqlite3
import subprocess
import threading
import time

import kit

PEOPLE = {"t_sys": "sys_admin", "t_disp": "b_dispatcher", "t_sup": "a_supervisor", "t_clerk": "a_clerk",
          "t_other": "a_clerk", "t_store": "b_storekeeper"}


class Stream:
    """Events as (id, name, data); None at the end of the stream."""

    def __init__(self, client, last=None):
        self.link = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
        head = {"Cookie": client.cookie, **({"Last-Event-ID": str(last)} if last is not None else {})}
        self.link.request("GET", "/api/v1/events", headers=head)
        self.socket = self.link.sock
        self.answer = self.link.getresponse()
        assert self.answer.status == 200, self.answer.status
        assert self.answer.getheader("Content-Type").startswith("text/event-stream")
        self.events = queue.Queue()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        number, name = None, None
        try:
            for line in self.answer:
                line = line.decode().rstrip("\n")
                if line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.events.put((number, name, json.loads(line[6:])))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.events.put(None)

    def next(self, seconds=20):
        return self.events.get(timeout=seconds)

    def about(self, kind, record, seconds=20):
        while True:
            event = self.next(seconds)
            assert event, "the stream ended"
            if event[2].get("kind") == kind and event[2].get("id") == record:
                return event

    def ended(self, seconds=20):
        while self.next(seconds):
            pass
        return True

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(20)
        self.link.close()


class World:
    def __init__(self, postgres):
        self.postgres = postgres
        self.p = kit.Platform(postgres.url if postgres else None)
        for login, role in PEOPLE.items():
            self.p.user(login, role)
        self.p.start()
        self.who = {login: self.p.client(login) for login in PEOPLE}

    def order(self, login, title):
        return self.who[login].post("/work_order", {"title": title})

    def sql(self, text):
        if self.postgres:
            subprocess.run(["psql", "-q", "-d", self.postgres.url, "-c", "SET search_path = shouwang; " + text], check=True,
                           stdout=subprocess.DEVNULL)
            return
        with sqlite3.connect(os.path.join(self.p.data, "shouwang.db"), timeout=20) as db:
            db.execute(text)
        db.close()


def each_reader_gets_what_he_may_read_and_nothing_else(w):
    streams = {login: Stream(w.who[login]) for login in PEOPLE}
    mine, theirs = w.order("t_clerk", "投影仪无信号"), w.order("t_other", "门禁读卡失败")
    last = w.who["t_sys"].post("/org_unit", {"name": "事件科室", "type": "section", "video_scope": False})
    # a supervisor and a dispatcher see all; what comes last ends the wait for what must not come
    for login in ("t_sup", "t_disp"):
        assert streams[login].about("work_order", mine["id"])[1] == "change"
        assert streams[login].about("work_order", theirs["id"])[2]["action"] == "create"
    for login, own in (("t_clerk", mine), ("t_other", theirs), ("t_sys", None), ("t_store", None)):
        seen = []
        while not seen or (seen[-1][2]["kind"], seen[-1][2]["id"]) != ("org_unit", last["id"]):
            seen.append(streams[login].next())
            assert seen[-1], "the stream ended"
        orders = {e[2]["id"] for e in seen if e[2]["kind"] == "work_order"}
        assert orders == ({own["id"]} if own else set()), (login, seen)
    for s in streams.values():
        s.close()


def a_gap_is_filled_through_the_readers_rights(w):
    first = Stream(w.who["t_clerk"])
    start = first.about("work_order", w.order("t_clerk", "一号故障")["id"])[0]
    first.close()
    missed = [w.order("t_clerk", "二号故障")["id"], w.order("t_other", "三号故障")["id"], w.order("t_clerk", "四号故障")["id"]]
    watch = Stream(w.who["t_sup"], start)
    for record in missed:
        watch.about("work_order", record)
    again = Stream(w.who["t_clerk"], start)
    assert again.about("work_order", missed[0])[0] > start
    assert again.about("work_order", missed[2])
    later = w.order("t_clerk", "五号故障")["id"]
    event = again.about("work_order", later)
    # and nothing twice with another number, nothing of others in between
    third = Stream(w.who["t_clerk"], start)
    seen = []
    while not seen or seen[-1][0] != event[0]:
        seen.append(third.next())
    assert [e[2]["id"] for e in seen if (e[2]["kind"], e[2]["action"]) == ("work_order", "create")] == [missed[0], missed[2], later], seen
    for s in (watch, again, third):
        s.close()


def an_id_too_old_or_unknown_says_reload(w):
    for last in ("999999999", "x", "-1"):
        s = Stream(w.who["t_sup"], last)
        number, name, _data = s.next()
        assert name == "reload" and number > 0, (last, name)
        s.close()
    w.sql("INSERT INTO journal (at, actor_type, actor_name, address, kind, record_id, action, changes, result)"
          " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)"
          " SELECT 1, 'system', 'x', '', 'nothing', i, 'create', '{}', 'ok' FROM n")
    kit.until("the rows to be sealed", 20, lambda: int(w.p.run("journal", "head").split(":")[0]) > 2100)
    s = Stream(w.who["t_sup"], 1)
    assert s.next()[1] == "reload"
    s.close()


def a_session_that_ends_takes_its_stream_along(w):
    one, two = w.p.client("t_sup"), w.p.client("t_sup")
    a, b = Stream(one), Stream(two)
    one.call("DELETE", "/session")
    assert a.ended()
    b.about("work_order", w.order("t_clerk", "会话测试")["id"])
    w.p.run("user", "lock", "t_sup")
    assert b.ended()
    w.p.run("user", "unlock", "t_sup")
    w.who["t_sup"] = w.p.client("t_sup")


def a_stream_is_no_act_of_a_person(w):
    c = w.p.client("t_store")
    session = [s for s in c.get("/session/list")["items"] if s["current"]][0]["id"]
    old = int(time.time() * 1000) - 120_000
    w.sql(f"UPDATE session SET seen_at = {old} WHERE id = {session}")
    s = Stream(c)
    s.about("org_unit", w.who["t_sys"].post("/org_unit", {"name": "空闲科室", "type": "section", "video_scope": False})["id"])
    other = w.p.client("t_store")  # a session of its own, so that looking is no act of the first
    assert [x["seen_at"] for x in other.get("/session/list")["items"] if x["id"] == session] == [old]
    w.sql(f"UPDATE session SET seen_at = {old - 40 * 60_000} WHERE id = {session}")
    assert s.ended()  # idle, although its stream was open


CASES = [each_reader_gets_what_he_may_read_and_nothing_else, a_gap_is_filled_through_the_readers_rights,
         an_id_too_old_or_unknown_says_reload, a_session_that_ends_takes_its_stream_along, a_stream_is_no_act_of_a_person]


kit.on_both(World, CASES)
