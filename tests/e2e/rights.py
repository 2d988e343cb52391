#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The matrix of roles and rights (domain chapter 9), written here a second time and compared over HTTP with what
every role may do with every kind; the three administrators and how accounts get their roles."""
import json
import os
import re
import sqlite3

from kit import WORD, Client, Platform, Refused, case, finish

# kind, then per role the letters C create, R read, U update, X export, G grant a role, L lock, and how far R
# reaches: all, unit (the own one with all below), own. A role that is not named may nothing.
EVERYBODY_A = "a_leader a_supervisor a_approver"
MATRIX = {
    "work_order": {  # line Ticket; export is the line Bulk export; the site of a community contact is its unit
        "a_leader": "R all", "a_supervisor": "R X all", "a_approver": "R all", "a_section": "C R unit",
        "a_clerk": "C R own", "a_community": "C R unit", "b_pm": "C R U X all", "b_dispatcher": "C R U all",
        "b_resident": "C R own", "b_field": "C R own", "b_supervisor": "R all"},
    "asset": {  # line Asset ledger
        "a_leader": "R all", "a_supervisor": "R X all", "a_approver": "R all", "a_section": "R unit",
        "a_clerk": "R unit", "a_community": "R unit", "b_pm": "C R U X all", "b_dispatcher": "C R U all",
        "b_resident": "R all", "b_field": "R all", "b_storekeeper": "R all", "b_supervisor": "R all"},
    "user": {  # line Accounts; a name is what a dispatcher chooses from, the account behind it is not shown
        "sys_admin": "C R U L account all", "sec_admin": "R G account all",
        **dict.fromkeys("a_leader a_supervisor a_approver b_pm b_dispatcher b_resident b_field b_storekeeper"
                        " b_supervisor".split(), "R all"), "a_section": "R unit"},
    "role": {"sec_admin": "C R U all", "sys_admin": "R all"},  # line Roles/policies/labels
    "role_permission": {"sec_admin": "C R U all"},
    "setting": {"sys_admin": "R U all", "sec_admin": "R U all"},  # line Config
    "org_unit": {"sys_admin": "C R U all", "sec_admin": "R all", **dict.fromkeys(
        "a_leader a_supervisor a_approver a_section a_clerk a_community b_pm b_dispatcher b_resident b_field"
        " b_storekeeper b_supervisor".split(), "R all")},
}
# Kinds of which only R and C are looked at: the roles that may.
BRIEF = {
    "sla_pause": ("a_supervisor a_approver b_pm b_dispatcher b_resident b_field", "b_pm b_dispatcher b_resident b_field"),
    "repair_request": ("a_leader a_supervisor a_approver a_section a_clerk b_pm b_dispatcher b_resident b_field", ""),
    "price_item": ("a_leader a_supervisor a_approver b_pm", ""),  # line Contract, payment, penalties
    "contract": ("a_leader a_supervisor a_approver b_pm", ""),
    "asset_network": ("a_supervisor a_approver b_pm b_dispatcher b_resident", "b_pm b_resident"),  # line IP ledger
    "duty_shift": ("a_leader a_supervisor a_approver a_section b_pm b_dispatcher b_resident b_field",  # line Duty calendar
                   "a_supervisor a_approver b_pm"),
    "account_request": ("a_supervisor b_pm sys_admin sec_admin", "a_supervisor b_pm"),  # line Accounts: request
    "sla_change": ("a_leader a_supervisor a_approver b_pm sec_admin", "b_pm"),  # line Config: SLA params propose
    "contract_note": ("a_leader a_supervisor a_approver b_pm", "b_pm"),
    "replaced_part": ("a_leader a_supervisor a_approver b_pm b_dispatcher b_resident b_field b_storekeeper b_supervisor",
                      "b_pm b_dispatcher b_resident b_field b_storekeeper")}
# Steps that chapter 9 names, and the roles that hold their permission.
STEPS = {
    "work_order.regrade": "a_supervisor a_approver b_pm b_dispatcher", "work_order.propose": "b_resident b_field",
    "work_order.escalate": "b_pm b_dispatcher b_resident b_field",
    "work_order.dispatch": "b_pm b_dispatcher", "work_order.work": "b_resident b_field",
    "work_order.confirm": "a_supervisor a_section a_clerk a_community",
    "sla_pause.decide": "a_supervisor a_approver", "repair_request.decide": "a_approver",
    "account_request.carry_out": "sys_admin", "sla_change.agree": "a_supervisor", "sla_change.approve": "sec_admin",
    "user.create": "sys_admin", "user.lock": "sys_admin", "user.grant": "sec_admin", "setting.security": "sec_admin",
    "session.end": "sys_admin", "journal.read": "auditor", "journal.export": "auditor"}
REPORT = "a_leader a_supervisor a_approver b_pm b_dispatcher b_supervisor".split()  # line Reports
ROLES = ("a_leader a_supervisor a_approver a_section a_clerk a_community b_pm b_dispatcher b_resident b_field"
         " b_storekeeper b_supervisor sys_admin sec_admin auditor").split()


def status(client, method, path, body=None):
    return client.raw(method, "/api/v1" + path, json.dumps(body).encode() if body is not None else None)[0]


class House:
    """One person per role in unit A, a colleague there, a stranger in unit B; an order and an asset of both."""

    def __init__(self, p):
        self.p = p
        boss = p.client("sys_admin")
        root = boss.post("/org_unit", {"name": "街道办", "type": "sub_district"})
        self.a = boss.post("/org_unit", {"name": "甲科", "type": "section", "parent_id": root["id"]})
        self.b = boss.post("/org_unit", {"name": "乙科", "type": "section", "parent_id": root["id"]})
        self.people = {u["login"]: u for u in boss.list("user", limit=100)}
        for login, user in self.people.items():
            if login == "otherfield":
                continue  # its unit would make the orders it works on that unit's
            unit = self.b if login == "stranger" else self.a
            boss.patch(f"/user/{user['id']}", {"rev": user["rev"], "org_unit_id": unit["id"]})
        desk = p.client("b_dispatcher")
        engineer = self.people["otherfield"]["id"]
        self.records = {"work_order": {}, "asset": {}}
        kind = desk.list("asset_class", "code.eq.computer")[0]["id"]
        for who, unit in (("mate", self.a), ("stranger", self.b)):
            order = p.client(who).post("/work_order", {"title": f"{who} 的电脑不亮"})
            order = desk.act("work_order", desk.get(f"/work_order/{order['id']}"), "register")
            desk.act("work_order", order, "dispatch", engineer_id=engineer)
            self.records["work_order"][who] = order["id"]
            self.records["asset"][who] = desk.post("/asset", {
                "asset_no": f"T-{who}", "name": "机器", "class_id": kind, "org_unit_id": unit["id"]})["id"]
        boss = p.client("sys_admin")
        self.records["user"] = {w: self.people[w]["id"] for w in ("mate", "stranger")}
        self.records["org_unit"] = {"mate": self.a["id"], "stranger": self.b["id"]}
        sec = p.client("sec_admin")
        for k in ("role", "role_permission", "setting"):
            items = sec.list(k, limit=500)
            pick = [i for i in items if i.get("name") in ("b_field", "password_days") or i.get("role") == "b_field"]
            self.records[k] = {"mate": pick[0]["id"], "stranger": pick[0]["id"]}


def observed(house, client, kind):
    """The cell of the matrix as the server answers it."""
    records, found = house.records[kind], []
    if status(client, "POST", f"/{kind}", {}) != 403:
        found.append("C")
    listed = status(client, "GET", f"/{kind}?limit=1")
    sees = {w: status(client, "GET", f"/{kind}/{i}") == 200 for w, i in records.items()}
    if listed == 200:
        found.append("R")
    else:
        assert listed == 403 and not any(sees.values()), (kind, listed, sees)
    write = status(client, "PATCH", f"/{kind}/{records['mate']}", {"rev": 0})
    if write == 409:
        found.append("U")
    else:
        assert write == (403 if sees["mate"] else 404), (kind, write)
    if kind in ("work_order", "asset") and status(client, "GET", f"/{kind}/export.xlsx?reason=test") == 200:
        found.append("X")
    if kind == "user":
        for letter, action in (("L", "lock"), ("G", "grant_role")):
            if status(client, "POST", f"/user/{records['mate']}/{action}", {"rev": 0}) == 409:
                found.append(letter)
        if listed == 200 and "last_login_at" in client.get(f"/user/{records['mate']}"):
            found.append("account")
    reach = "all" if sees["stranger"] else "unit" if sees["mate"] else "own"
    return " ".join(sorted(found) + ([reach] if listed == 200 else []))


def expected(kind, role):
    words = MATRIX[kind].get(role, "").split()
    reach = words[-1:] if "R" in words else []
    return " ".join(sorted(w for w in words if w not in ("all", "unit", "own")) + reach)


def matrix(house):
    wrong = []
    for role in ROLES:
        client = house.p.client(role)
        for kind in MATRIX:
            want, got = expected(kind, role), observed(house, client, kind)
            if want != got:
                wrong.append(f"{role} x {kind}: chapter 9 says '{want}', the server '{got}'")
        for path in ("/journal?limit=1", "/journal/export.xlsx"):  # line Audit log
            if (status(client, "GET", path) == 200) != (role == "auditor"):
                wrong.append(f"{role} x {path}")
        for kind, (readers, makers) in BRIEF.items():
            may = (status(client, "GET", f"/{kind}?limit=1") == 200, status(client, "POST", f"/{kind}", {}) != 403)
            if may != (role in readers.split(), role in makers.split()):
                wrong.append(f"{role} x {kind}: reads and creates: {may}")
        held = client.get("/session")["user"]["permissions"]
        wrong += [f"{role} x {step}" for step, roles in STEPS.items() if (step in held) != (role in roles.split())]
        may = status(client, "GET", "/report/monthly?month=2026-04&format=json") == 200
        if may != (role in REPORT):
            wrong.append(f"{role} x report: {may}")
    assert not wrong, "\n" + "\n".join(wrong)


def own_is_own(house):
    clerk = house.p.client("a_clerk")
    mine = clerk.post("/work_order", {"title": "打印机卡纸"})
    assert [o["id"] for o in clerk.list("work_order")] == [mine["id"]]
    assert mine["id"] in [o["id"] for o in house.p.client("a_section").list("work_order")], "the head sees the unit's"


def refused(status_, function, *args, field=None, **more):
    try:
        function(*args, **more)
    except Refused as r:
        assert r.status == status_, (r.status, r.error)
        assert field is None or r.error["field"] == field, r.error
        assert re.search(r"[\u4e00-\u9fff]", r.error["message"]), r.error
        return
    raise AssertionError(f"not refused: {args}")


def comings_and_goings(house):
    """Who logged in when is seen by administrators and by the person, not by colleagues."""
    path = f"/user/{house.people['mate']['id']}/journal"
    house.p.client("mate").call("DELETE", "/session")
    for login, want in (("b_pm", 403), ("a_section", 403), ("auditor", 403), ("stranger", 403)):
        assert status(house.p.client(login), "GET", path) == want, login
    for login in ("sys_admin", "sec_admin"):
        assert "logout" in [i["action"] for i in house.p.client(login).get(path)["items"]], login


def two_hands(house):
    """sys_admin makes the account, sec_admin gives the role: neither does both."""
    boss, sec = house.p.client("sys_admin"), house.p.client("sec_admin")
    roles = {r["name"]: r["id"] for r in sec.list("role", limit=100)}
    made = boss.post("/user", {"login": "newfield", "name": "新来的"})
    made = boss.act("user", made, "set_password", password="First-time-26")
    refused(403, boss.act, "user", made, "grant_role", role_id=roles["b_field"])
    refused(403, sec.post, "/user", {"login": "other", "name": "别人"})
    refused(403, sec.act, "user", made, "set_password", password="First-time-26")
    made = sec.act("user", made, "grant_role", role_id=roles["b_field"])
    assert made["roles"] == "b_field", made
    made = sec.act("user", made, "grant_role", role_id=roles["b_resident"])
    assert made["roles"] == "b_field,b_resident", made
    refused(409, sec.act, "user", made, "grant_role", role_id=roles["b_field"], field="role_id")
    made = sec.act("user", made, "revoke_role", role_id=roles["b_resident"])
    person = Client(house.p.port, "newfield", "First-time-26")
    assert person.user["must_change"]
    refused(403, person.get, "/work_order")
    person.post("/password", {"old": "First-time-26", "new": "Second-time-26"})
    assert person.total("work_order", "") >= 0
    sec.act("user", sec.get(f"/user/{made['id']}"), "revoke_role", role_id=roles["b_field"])
    refused(403, person.get, "/work_order")  # at once, in the session that is open
    told = [i for i in boss.get(f"/user/{made['id']}/journal")["items"] if i["action"] == "grant_role"]
    assert [c["after"] for c in told[0]["changes"]] == ["b_field"], told


def admins_exclude(house):
    sec = house.p.client("sec_admin")
    roles = {r["name"]: r["id"] for r in sec.list("role", limit=100)}
    user = {u["login"]: u for u in sec.list("user", limit=100)}
    for login, role in (("sys_admin", "auditor"), ("auditor", "b_field"), ("b_pm", "sys_admin"), ("a_clerk", "auditor")):
        refused(409, sec.act, "user", user[login], "grant_role", role_id=roles[role], field="role_id")
    refused(403, sec.act, "user", user["sec_admin"], "grant_role", role_id=roles["b_pm"])  # nor oneself
    refused(409, sec.act, "user", user["auditor"], "revoke_role", role_id=roles["auditor"]) if len(
        [u for u in user.values() if u["roles"] == "auditor"]) == 1 else None
    boss = house.p.client("sys_admin")
    refused(403, boss.act, "user", user["auditor"], "lock")
    refused(403, boss.act, "user", user["sec_admin"], "set_password", password="Taken-over-26")
    refused(403, boss.post, f"/user/{user['auditor']['id']}/retire", {"rev": user["auditor"]["rev"]})
    with sqlite3.connect(os.path.join(house.p.data, "shouwang.db"), timeout=20) as db:
        for login, role in (("sys_admin", "b_field"), ("b_pm", "auditor")):
            try:
                db.execute("INSERT INTO account_role (account_id, role) VALUES (?, ?)", (user[login]["id"], role))
            except sqlite3.IntegrityError as fault:
                assert "administrator" in str(fault)
                continue
            raise AssertionError("the database let an administrator hold a second role")


def rights_are_rows(house):
    sec, clerk = house.p.client("sec_admin"), house.p.client("a_clerk")
    row = sec.list("role_permission", "role.eq.a_clerk", "permission.eq.asset.read")[0]
    assert status(clerk, "GET", "/asset") == 200
    row = sec.patch(f"/role_permission/{row['id']}", {"rev": row["rev"], "scope": "none"})
    assert status(clerk, "GET", "/asset") == 403
    sec.patch(f"/role_permission/{row['id']}", {"rev": row["rev"], "scope": "unit"})
    assert status(clerk, "GET", "/asset") == 200
    sec.post("/role", {"name": "b_guest", "label": "见习", "label_en": "Trainee"})
    sec.post("/role_permission", {"role": "b_guest", "permission": "site.read", "scope": "all"})
    bad = {"role": "b_guest", "permission": "user.grant", "scope": "all"}
    refused(403, sec.post, "/role_permission", bad, field="permission")
    refused(403, sec.post, "/role_permission", {**bad, "role": "sec_admin", "permission": "asset.read"})
    refused(400, sec.post, "/role_permission", {**bad, "permission": "asset.fly"}, field="permission")
    refused(400, sec.post, "/role_permission", {**bad, "role": "nobody", "permission": "asset.read"}, field="role")
    refused(409, sec.post, "/role_permission", {"role": "b_field", "permission": "asset.read", "scope": "own"})
    refused(403, sec.post, "/role", {"name": "sys_two", "label": "x", "label_en": "x", "class": "admin"})
    fixed = sec.list("role_permission", "role.eq.sys_admin")[0]
    refused(403, sec.patch, f"/role_permission/{fixed['id']}", {"rev": fixed["rev"], "scope": "none"})


def settings(house):
    sec, boss = house.p.client("sec_admin"), house.p.client("sys_admin")
    row = sec.list("setting", "name.eq.session_most")[0]
    path = f"/setting/{row['id']}"
    refused(403, boss.patch, path, {"rev": row["rev"], "value": "2"}, field="value")
    for bad in ("0", "21", "many", "3.5", "", None):
        refused(400, sec.patch, path, {"rev": row["rev"], "value": bad}, field="value")
    row = sec.patch(path, {"rev": row["rev"], "value": "7"})
    assert row["value"] == "7"
    told = sec.get(path + "/journal")["items"][-1]
    assert told["action"] == "update" and told["changes"][0]["before"] == "5" and told["changes"][0]["after"] == "7"
    ranges = sec.list("setting", "name.eq.admin_addresses")[0]
    path = f"/setting/{ranges['id']}"
    refused(400, sec.patch, path, {"rev": ranges["rev"], "value": "10.1.0.0/33"}, field="value")
    refused(400, sec.patch, path, {"rev": ranges["rev"], "value": "10.1.0.0/16"}, field="value")  # shuts itself out


def sessions(house):
    boss, clerk = house.p.client("sys_admin"), house.p.client("mate")
    other = house.p.client("mate")
    refused(403, clerk.get, "/session/list", all=1)
    mine = clerk.get("/session/list")["items"]
    assert {s["login"] for s in mine} == {"mate"} and sum(s["current"] for s in mine) == 1
    theirs = [s for s in boss.get("/session/list", all=1)["items"] if s["login"] == "b_pm"]
    assert theirs == [] or all(s["user_id"] for s in theirs)
    id_ = [s["id"] for s in other.get("/session/list")["items"] if s["current"]][0]
    stranger = house.p.client("stranger")
    refused(404, stranger.call, "DELETE", f"/session/list/{id_}")
    boss.call("DELETE", f"/session/list/{id_}")
    refused(401, other.get, "/work_order")
    clerk.get("/work_order")


def recovery(house):
    """At the console, beside the running platform."""
    p = house.p
    assert "auditor" in p.run("user", "list")
    p.run("user", "lock", "a_leader")
    refused(401, p.client, "a_leader")
    p.run("user", "unlock", "a_leader")
    p.run("user", "passwd", "a_leader", "--password-stdin", text="Console-gave-26\n")
    leader = Client(p.port, "a_leader", "Console-gave-26")
    assert leader.user["must_change"]
    db = sqlite3.connect(os.path.join(p.data, "shouwang.db"), timeout=20)
    rows = db.execute("SELECT action, actor_type FROM journal WHERE kind = 'user' AND record_id = ? AND action IN"
                      " ('lock', 'unlock', 'password') ORDER BY id", (house.people["a_leader"]["id"],)).fetchall()
    assert rows == [("lock", "console"), ("unlock", "console"), ("password", "console")], rows
    p.run("setting", "set", "session_most", "99", code=2)
    p.run("setting", "set", "session_most", "5")


def an_account_is_asked_for(house):
    """Both parties request; sys_admin carries out, sec_admin gives the role; nobody carries out his own."""
    pm, boss, sec = (house.p.client(x) for x in ("b_pm", "sys_admin", "sec_admin"))
    want = {"title": "新外勤", "type": "open", "duty": "社区视频外勤", "reason": "增员一人"}
    refused(400, pm.post, "/account_request", want, field="person_name")
    refused(400, pm.post, "/account_request", {**want, "type": "close"}, field="user_id")
    asked = pm.post("/account_request", {**want, "person_name": "某人"})
    refused(403, pm.act, "account_request", asked, "carry_out", user_id=house.people["mate"]["id"])
    refused(404, house.p.client("a_supervisor").get, f"/account_request/{asked['id']}")  # his own are his
    made = boss.post("/user", {"login": "asked", "name": "某人"})
    refused(400, boss.act, "account_request", asked, "carry_out", field="user_id")
    second = pm.post("/account_request", {**want, "person_name": "另一人"})
    done = boss.act("account_request", asked, "carry_out", user_id=made["id"])
    assert done["state"] == "done" and sec.get(f"/account_request/{asked['id']}")["user_id"] == made["id"]
    refused(403, sec.act, "account_request", second, "carry_out", user_id=made["id"])
    refused(409, boss.act, "account_request", done, "reject", answer="不行了")


def a_limit_is_changed_by_three(house):
    """Party B proposes, party A agrees over the signed paper, sec_admin approves; the past stays as it was."""
    pm, sup, sec = (house.p.client(x) for x in ("b_pm", "a_supervisor", "sec_admin"))
    rule = pm.list("sla_rule", "code.eq.S-01", limit=1)[0]
    for who in (pm, sup, sec):  # by no hand at once
        refused(403 if who is not sec else 404, who.patch, f"/sla_rule/{rule['id']}", {"rev": rule["rev"], "limit_minutes": 5})
    want = {"title": "办公时限改为 90 分钟", "rule_id": rule["id"], "limit_minutes": 90, "from_on": "2099-09-01", "reason": "补充协议"}
    refused(400, pm.post, "/sla_change", want, field="paper")
    want["paper"] = [pm.photo()]
    refused(400, pm.post, "/sla_change", {**want, "from_on": "2026-01-01"}, field="from_on")
    refused(403, sup.post, "/sla_change", want)
    asked = pm.post("/sla_change", want)
    refused(409, sec.act, "sla_change", asked, "approve")
    refused(403, pm.act, "sla_change", asked, "agree")
    agreed = sup.act("sla_change", asked, "agree")
    refused(403, sup.act, "sla_change", agreed, "approve")
    refused(403, pm.patch, f"/sla_change/{asked['id']}", {"rev": agreed["rev"], "limit_minutes": 5})
    done = sec.act("sla_change", agreed, "approve")
    assert done["state"] == "approved", done
    was, now = pm.get(f"/sla_rule/{rule['id']}"), pm.get(f"/sla_rule/{done['new_rule_id']}")
    assert (was["limit_minutes"], was["valid_to_on"]) == (rule["limit_minutes"], "2099-08-31"), was
    assert (now["limit_minutes"], now["valid_from_on"], now["valid_to_on"]) == (90, "2099-09-01", None), now
    assert all(now[f] == rule[f] for f in ("code", "name", "metric", "calendar", "line", "grade", "use")), now
    again = sup.act("sla_change", pm.post("/sla_change", {**want, "paper": [pm.photo()]}), "agree")
    refused(409, sec.act, "sla_change", again, "approve", field="rule_id")


def a_sheet_of_personal_data_has_a_reason(house):
    """Line Bulk export: with a reason, which stands in the journal; only then, and only for who may."""
    sup = house.p.client("a_supervisor")
    for kind in ("work_order", "asset_network"):
        who = sup if kind == "work_order" else house.p.client("b_pm")
        for bad in ("", "?reason=", "?reason=x", "?reason=%20%20%20", "?reason=" + "x" * 201):
            status_, data = who.raw("GET", f"/api/v1/{kind}/export.xlsx{bad}")
            assert status_ == 400 and json.loads(data)["error"]["field"] == "reason", (kind, bad, status_)
        status_, data = who.raw("GET", f"/api/v1/{kind}/export.xlsx?reason=%E6%9C%88%E5%BA%A6%E6%A0%B8%E5%AF%B9")
        assert status_ == 200 and data[:2] == b"PK", (kind, status_)
        row = house.p.client("auditor").get("/journal", f=[f"kind.eq.{kind}", "action.eq.export"], limit=5)["items"][0]
        assert "月度核对" in [c["after"] for c in row["changes"] if c["field"] == "reason"], row
    assert sup.get("/meta")["kinds"]["work_order"]["export_reason"] is True
    assert status(sup, "GET", "/site/export.xlsx") == 200
    assert status(house.p.client("b_field"), "GET", "/work_order/export.xlsx?reason=test") == 403


def tree(house):
    boss = house.p.client("sys_admin")
    a, b = (boss.get(f"/org_unit/{u['id']}") for u in (house.a, house.b))
    refused(400, boss.patch, f"/org_unit/{a['parent_id']}", {"rev": 1, "parent_id": a["id"]}, field="parent_id")
    head = house.p.client("a_section")
    far = house.records["work_order"]["stranger"]
    refused(404, head.get, f"/work_order/{far}")
    b = boss.patch(f"/org_unit/{b['id']}", {"rev": b["rev"], "parent_id": a["id"]})
    assert head.get(f"/work_order/{far}")["id"] == far
    boss.patch(f"/org_unit/{b['id']}", {"rev": b["rev"], "parent_id": a["parent_id"]})
    refused(404, head.get, f"/work_order/{far}")


def main():
    p = Platform()
    p.run("user", "passwd", "auditor", "--password-stdin", "--no-must-change", text=WORD + "\n")
    for role in ROLES[:-1]:
        p.user(role, role)
    for login, role in (("mate", "a_clerk"), ("stranger", "a_clerk"), ("otherfield", "b_field")):
        p.user(login, role)
    p.start()
    good = True
    try:
        house = House(p)
        for name, function in (
                ("every role x kind x verb is as chapter 9 says", matrix),
                ("own is own, and the head of a unit sees the unit's", own_is_own),
                ("a moved unit takes its people along; a cycle is refused", tree),
                ("who logged in when is not for colleagues", comings_and_goings),
                ("sys_admin makes accounts, sec_admin grants roles, neither does both", two_hands),
                ("an account is asked for by both parties, made by one hand, given a role by another", an_account_is_asked_for),
                ("a time limit is changed by three: proposed, agreed over paper, approved", a_limit_is_changed_by_three),
                ("a sheet of personal or network data has a reason in the journal", a_sheet_of_personal_data_has_a_reason),
                ("the three administrators exclude each other and all others, also in the database", admins_exclude),
                ("rights are rows that sec_admin changes; those of administrators are fixed", rights_are_rows),
                ("settings have bounds and an owner, changes are journalled", settings),
                ("sessions are listed and ended: own ones, and by sys_admin those of others", sessions),
                ("recovery at the console beside a running platform", recovery)):
            good = case(name, function, house) and good
    finally:
        p.close()
    finish(good)


main()
