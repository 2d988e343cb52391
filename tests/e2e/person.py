#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Personal values in the journal on both databases: sealed where they lie, open for who may see them, and unreadable
for ever once their key is destroyed, while the chain stays whole."""
import glob
import os
import subprocess

import kit

PEOPLE = {"t_sys": "sys_admin", "t_aud": "auditor", "t_clerk": "a_clerk", "t_disp": "b_dispatcher"}
PHONE, NAME, CALLER, MAIL = "10000001234", "Quxzqvwj甲乙丙丁", "Reportuvwx", "qu@example.invalid"


class World:
    def __init__(self, postgres):
        self.p = kit.Platform(postgres.url if postgres else None)
        self.postgres = postgres
        for login, role in PEOPLE.items():
            self.p.user(login, role)
        self.p.start()
        self.who = {login: self.p.client(login) for login in PEOPLE}
        self.p.run("user", "add", "t_gone", "--role", "b_field", "--name", NAME, "--password-stdin", "--no-must-change",
                   text=kit.WORD + "\n")
        self.order = self.who["t_clerk"].post("/work_order", {"title": "电话不通", "reporter_phone": PHONE, "reporter_name": CALLER})["id"]
        self.other = self.who["t_clerk"].post("/work_order", {"title": "电话不通二", "reporter_phone": PHONE})["id"]
        self.step_of_the_one_who_goes()

    def step_of_the_one_who_goes(self):
        gone, disp = self.p.client("t_gone"), self.who["t_disp"]
        order = disp.act("work_order", disp.get(f"/work_order/{self.other}"), "register")
        order = disp.act("work_order", order, "dispatch", engineer_id=gone.user["id"])
        gone.act("work_order", order, "accept", plan="马上到")
        setting = gone.get("/notice_setting", limit=1)["items"]
        if setting:
            gone.patch(f"/notice_setting/{setting[0]['id']}", {"rev": setting[0]["rev"], "email": MAIL})
        else:
            gone.post("/notice_setting", {"email": MAIL})

    def lies(self, *words):
        """The words that stand in any file of the data folder, the log of the store among them."""
        files = [p for p in glob.glob(os.path.join(self.p.data, "**"), recursive=True) if os.path.isfile(p)]
        text = [open(p, "rb").read().lower() for p in files]
        return [w for w in words if any(w.lower().encode() in t for t in text)]

    def stored(self, text):
        """How often the text stands in the journal itself."""
        if self.postgres:
            out = subprocess.run(["psql", "-tA", "-d", self.postgres.url, "-c",
                                  f"SELECT COUNT(*) FROM shouwang.journal WHERE changes LIKE '%{text}%'"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
            return int(out)
        copy = os.path.join(self.p.dir, "copy")
        kit.until("all sealed", 20, lambda: "尚未封存" not in self.p.run("journal", "verify"))
        self.p.run("journal", "export", copy)
        with open(copy) as f:
            return sum(text in line for line in f)

    def changes(self, kind, record, field):
        rows = self.who["t_aud"].get("/journal", f=[f"kind.eq.{kind}", f"record_id.eq.{record}"], limit=200)["items"]
        return [(c["before"], c["after"]) for r in rows for c in r["changes"] if c["field"] == field]

    def verified(self):
        assert "日志完好" in self.p.run("journal", "verify")


def refused(status, function, *args, **more):
    try:
        function(*args, **more)
    except kit.Refused as r:
        assert r.status == status, r
        return r
    raise AssertionError("was not refused")


def values_lie_sealed_and_open_for_who_may_see_them(w):
    for text in (PHONE, NAME, CALLER, MAIL):
        assert w.stored(text) == 0, text
    assert w.stored("sealed") >= 3
    assert w.changes("work_order", w.order, "reporter_phone") == [(None, PHONE)]
    steps = w.who["t_disp"].get(f"/work_order/{w.order}/journal")["items"]
    assert PHONE in str(steps)
    w.verified()


def a_destroyed_key_closes_one_record_for_ever(w):
    path = f"/work_order/{w.order}/erase"
    for login in ("t_clerk", "t_disp", "t_aud"):
        refused(403, w.who[login].post, path, {"reason": "本人要求"})
    assert refused(400, w.who["t_sys"].post, path, {}).error["field"] == "reason"
    w.who["t_sys"].post(path, {"reason": "本人要求删除"})
    assert w.changes("work_order", w.order, "reporter_phone") == [("已销毁", None), (None, "已销毁")]
    assert w.who["t_disp"].get(f"/work_order/{w.order}")["reporter_phone"] is None
    steps = str(w.who["t_disp"].get(f"/work_order/{w.order}/journal")["items"])
    assert PHONE not in steps and "已销毁" in steps
    assert w.changes("work_order", w.other, "reporter_phone") == [(None, PHONE)]
    assert w.changes("work_order", w.order, "reporter_name") == [("已销毁", None), (None, "已销毁")]
    assert (None, "本人要求删除") in w.changes("work_order", w.order, "reason")
    w.verified()


def a_user_is_forgotten_from_the_console(w):
    user = w.who["t_sys"].list("user", "login.eq.t_gone")[0]
    assert w.changes("user", user["id"], "name") == [(None, NAME)]
    w.p.run("person", "erase", "user", "t_gone", "--reason", "离职满一年")
    assert w.who["t_sys"].get(f"/user/{user['id']}")["name"] == "已销毁"
    assert NAME not in str(w.who["t_aud"].get("/journal", f=[f"kind.eq.user", f"record_id.eq.{user['id']}"])["items"])
    w.verified()


def what_others_keep_of_him_is_gone_too(w):
    steps = w.who["t_disp"].get("/work_order_step", f=f"work_order_id.eq.{w.other}", limit=50)["items"]
    assert "已销毁" in [s["actor_name"] for s in steps], steps
    accept = [s for s in steps if s["action"] == "accept"][0]
    assert w.changes("work_order_step", accept["id"], "actor_name") == [(None, "已销毁")]
    assert w.who["t_disp"].get("/user", q="quxzqvwj")["total"] == 0
    if w.postgres:
        return
    assert w.lies(PHONE), "of the other order it stands there"
    assert kit.until("no file has a word of it, nor the index of the search", 20, lambda: not w.lies(NAME, "Quxzqvwj", CALLER, MAIL))


def without_the_key_file_nothing_opens(w):
    keys = glob.glob(os.path.join(w.p.data, "secret.key"))
    assert len(keys) == 1 and os.stat(keys[0]).st_mode & 0o777 == 0o600
    os.rename(keys[0], keys[0] + ".away")
    assert w.changes("work_order", w.other, "reporter_phone") == [(None, "打不开：密钥文件不可用")]
    os.rename(keys[0] + ".away", keys[0])
    assert w.changes("work_order", w.other, "reporter_phone") == [(None, PHONE)]


CASES = [values_lie_sealed_and_open_for_who_may_see_them, a_destroyed_key_closes_one_record_for_ever,
         a_user_is_forgotten_from_the_console, what_others_keep_of_him_is_gone_too, without_the_key_file_nothing_opens]


kit.on_both(World, CASES)
