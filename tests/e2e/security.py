#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The security lines SEC-01 … SEC-19 of the domain's checklist as far as the running program decides them; those that
need a moved clock or both databases are in tests/unit/core/test_security.c, uploads in evidence.py, the whole matrix of
SEC-09 in rights.py."""
import http.client
import json
import os
import re
import sqlite3
import ssl
import subprocess
import tempfile
import threading

from kit import JPEG, PROGRAM, WORD, Client, Platform, Refused, case, finish, free_port, until

SECOND = "Zweit-pass-w9rdX"


def refused(status, function, *args, field=None, **more):
    try:
        function(*args, **more)
    except Refused as r:
        assert r.status == status, (r.status, r.error)
        assert field is None or r.error["field"] == field, r.error
        return r.error
    raise AssertionError(f"not refused: {args}")


class From(Client):
    """A client at another address of the loopback network."""

    def __init__(self, port, address, login, password=WORD):
        self.address = address
        super().__init__(port, login, password)

    def raw(self, method, path, body=None, headers=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        head = {**(headers or {}), **({"Cookie": self.cookie, "X-CSRF-Token": self.csrf} if self.cookie else {})}
        link.request(method, path, body, head)
        answer = link.getresponse()
        data = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
        return answer.status, data


class World:
    def __init__(self, p):
        self.p = p
        self.boss, self.sec, self.audit, self.desk = (p.client(x) for x in ("sysadm", "secadm", "audit", "desk"))

    def sql(self, text, *values):
        with sqlite3.connect(os.path.join(self.p.data, "shouwang.db"), timeout=20) as db:
            return db.execute(text, values).fetchall()

    def setting(self, name, value):
        row = self.sec.list("setting", f"name.eq.{name}")[0]
        return self.sec.patch(f"/setting/{row['id']}", {"rev": row["rev"], "value": value})

    def journal(self, *filters):
        return self.audit.get("/journal", f=list(filters), limit=200)["items"]


def sec_01(w):
    made = w.boss.post("/user", {"login": "twin", "name": "甲"})
    refused(409, w.boss.post, "/user", {"login": "twin", "name": "乙"}, field="login")
    w.boss.post(f"/user/{made['id']}/retire", {"rev": made["rev"]})
    refused(409, w.boss.post, "/user", {"login": "twin", "name": "乙"}, field="login")
    assert w.boss.post("/user", {"login": "twin2", "name": "乙"})["id"] > made["id"]


def sec_02(w):
    """First login: only leaving, the password and the own sessions; then the rules of a new password."""
    first = {m[1]: m[2] for m in re.finditer(r"^  (\w+) .*一次性密码 (\S+)$", w.p.admins, re.M)}
    assert set(first) == {"sysadmin", "secadmin", "auditor"} and len(set(first.values())) == 3, w.p.admins
    admin = Client(w.p.port, "sysadmin", first["sysadmin"])
    assert admin.user["must_change"]
    for method, path in (("GET", "/user"), ("GET", "/openapi.json"), ("POST", "/user"), ("GET", "/figure"),
                         ("GET", "/events"), ("PUT", "/file?name=x"), ("GET", "/setting"), ("GET", "/journal")):
        refused(403, admin.call, method, path, {} if method != "GET" else None, field="password")
    assert admin.get("/meta")["kinds"] == {} and admin.get("/meta")["user"] is None
    assert len(admin.get("/session/list")["items"]) == 1
    for bad in ("short-A1", "lower-case-only", "Sysadmin-26-x", "P@ssw0rd-2026", first["sysadmin"]):
        refused(400, admin.post, "/password", {"old": first["sysadmin"], "new": bad}, field="new")
    refused(400, admin.post, "/password", {"old": "wrong", "new": SECOND}, field="old")
    admin.post("/password", {"old": first["sysadmin"], "new": SECOND})
    admin.get("/user")
    refused(401, Client, w.p.port, "sysadmin", first["sysadmin"])
    other = Client(w.p.port, "auditor", first["auditor"])
    other.call("DELETE", "/session")
    refused(401, other.get, "/session")


def sec_03(w):
    answers = [refused(401, Client, w.p.port, login, "wrong-Password-1") for login in ("nobody-here", *["victim"] * 5)]
    assert all(a == answers[0] for a in answers), "one answer for all"
    assert refused(401, Client, w.p.port, "victim") == answers[0], "locked, and not told so"
    assert refused(401, From, w.p.port, "127.0.0.9", "victim") == answers[0], "from everywhere"
    w.p.client("desk")  # of the same address
    w.sql("UPDATE login_failure SET at = at - 14 * 60000 WHERE login = 'victim'")
    refused(401, Client, w.p.port, "victim")
    w.sql("UPDATE login_failure SET at = at - 60000 WHERE login = 'victim'")
    w.p.client("victim")


def sec_04(w):
    def aged(client, minutes, created=0):
        w.sql("UPDATE session SET seen_at = seen_at - ?, created_at = created_at - ? WHERE csrf = ?", minutes * 60000,
              created * 60000, client.csrf)
    for login, idle in (("field", 30), ("sysadm", 10)):
        client = w.p.client(login)
        aged(client, idle - 1)
        client.get("/user")
        aged(client, idle + 1)
        refused(401, client.get, "/user")
    client = w.p.client("field")
    aged(client, 0, 12 * 60 + 1)
    refused(401, client.get, "/work_order")
    one, two = w.p.client("field"), w.p.client("field")
    assert one.cookie != two.cookie and one.csrf != two.csrf, "a new id with every login"
    stolen = Client(w.p.port)
    stolen.cookie, stolen.csrf = one.cookie, one.csrf
    one.call("DELETE", "/session")
    refused(401, stolen.get, "/session")
    id_ = [s["id"] for s in w.boss.get("/session/list", all=1)["items"] if s["login"] == "field"][0]
    w.boss.call("DELETE", f"/session/list/{id_}")
    refused(401, two.get, "/session")
    # whoever comes with a made-up id gets another one at login
    fixed = Client(w.p.port)
    fixed.cookie = "sw_session=" + "a" * 64
    fixed.post("/session", {"login": "field", "password": WORD})
    assert fixed.cookie != "sw_session=" + "a" * 64


def sec_04_limit(w):
    w.setting("session_most", "2")
    clients = [w.p.client("field") for _ in range(3)]
    refused(401, clients[0].get, "/session")
    clients[1].get("/session")
    clients[2].get("/session")
    w.setting("session_most", "5")


def sec_05(w):
    folder = tempfile.mkdtemp(dir=w.p.dir)
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, stderr=subprocess.DEVNULL)
    # plain HTTP off loopback is refused before anything listens
    done = subprocess.run([PROGRAM, "web", "--data", os.path.join(folder, "d"), "--listen", "0.0.0.0:0"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2 and "TLS" in done.stderr, done
    port = free_port()
    with open(os.path.join(folder, "log"), "wb") as log:
        child = subprocess.Popen([PROGRAM, "web", "--data", os.path.join(folder, "d"), "--listen", f"127.0.0.1:{port}",
                                  "--tls-cert", cert, "--tls-key", key], stdout=log, stderr=log)
    try:
        subprocess.run([PROGRAM, "user", "add", "desk", "--role", "b_pm", "--password-stdin", "--data",
                        os.path.join(folder, "d")], input=WORD, text=True, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        trust = ssl.create_default_context(cafile=cert)

        def login():
            link = http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=20)
            try:
                link.request("POST", "/api/v1/session", json.dumps({"login": "desk", "password": WORD}))
            except OSError:
                return None
            answer = link.getresponse()
            answer.read()
            return answer
        answer = until("TLS answers", 30, login)
        cookie = answer.getheader("Set-Cookie")
        assert answer.status == 200 and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
        old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_1", "-cipher",
                              "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False, timeout=60)
        assert "Cipher is (NONE)" in old.stdout, old.stdout
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            plain.request("GET", "/healthz")
            assert plain.getresponse().status >= 400
        except (http.client.HTTPException, OSError):
            pass
    finally:
        child.terminate()
        child.wait(30)


def sec_05_no_secret(w):
    """Nothing secret is taken from an address, and none stands in the log or the journal."""
    status, _ = w.desk.raw("POST", f"/api/v1/session?login=desk&password={WORD}", b"{}")
    assert status == 400
    nobody = Client(w.p.port)
    status, _ = nobody.raw("GET", "/api/v1/session?" + w.desk.cookie)
    assert status == 401
    with open(os.path.join(w.p.dir, "serve.log"), errors="replace") as log:
        text = log.read()
    rows = json.dumps([list(r) for r in w.sql("SELECT * FROM journal")], ensure_ascii=False)
    for secret in (WORD, SECOND, w.desk.csrf, w.desk.cookie.split("=")[1]):
        assert secret not in text and secret not in rows, secret
    assert "argon2" not in rows and "argon2" not in text


def sec_07(w):
    for login in ("admin", "root", "sysadmin", "secadmin"):
        for password in ("admin", "Admin@123", login):
            refused(401, Client, w.p.port, login, password)
    second = Platform()
    try:
        assert not set(re.findall(r"一次性密码 (\S+)", second.admins)) & set(re.findall(r"一次性密码 (\S+)", w.p.admins))
    finally:
        second.close()
    # those that init makes can be put away when others hold their parts
    roles = {r["name"]: r["id"] for r in w.sec.list("role", limit=100)}
    first = w.boss.list("user", "login.eq.sysadmin")[0]
    refused(403, w.boss.act, "user", first, "lock")
    first = w.sec.act("user", first, "revoke_role", role_id=roles["sys_admin"])
    first = w.boss.act("user", first, "lock")
    refused(401, Client, w.p.port, "sysadmin", SECOND)
    # a login is one person's: nobody else's can be taken, and nobody is there without an account of his own
    assert len({u["login"] for u in w.sec.list("user", limit=100)}) == w.sec.total("user", "")
    for path in ("/user", "/work_order", "/meta", "/session/list", "/file/1"):
        status, data = Client(w.p.port).raw("GET", "/api/v1" + path)
        assert status == 401 or (path == "/meta" and json.loads(data)["kinds"] == {}), (path, status)


def sec_08(w):
    field = From(w.p.port, "127.0.0.2", "shared")
    From(w.p.port, "127.0.0.3", "shared")
    told = w.journal("action.eq.two_addresses")
    assert told and "127.0.0.2" in json.dumps(told[0]) and told[0]["result"] == "alert", told
    for who in (w.sec, w.boss):  # the alert reaches those who can do something
        until("the administrators are told", 20, lambda c=who: [n for n in c.list("notice") if "shared" in n["title"]])
    w.sql("UPDATE account SET last_login_at = last_login_at - ?, enabled_at = enabled_at - ? WHERE login = 'shared'",
          91 * 86400000, 91 * 86400000)
    refused(401, From, w.p.port, "127.0.0.2", "shared")
    row = w.boss.list("user", "login.eq.leaver")[0]
    leaver = w.p.client("leaver")
    w.boss.patch(f"/user/{row['id']}", {"rev": row["rev"], "leaves_on": "2020-01-01"})
    refused(401, leaver.get, "/work_order")
    refused(401, w.p.client, "leaver")
    assert field.user


def sec_09(w):
    roles = {r["name"]: r["id"] for r in w.sec.list("role", limit=100)}
    users = {u["login"]: u for u in w.sec.list("user", limit=100)}
    refused(409, w.sec.act, "user", users["sysadm"], "grant_role", role_id=roles["sec_admin"], field="role_id")
    refused(409, w.sec.act, "user", users["desk"], "grant_role", role_id=roles["sys_admin"], field="role_id")
    refused(403, w.boss.act, "user", users["desk"], "grant_role", role_id=roles["b_field"])
    for admin in (w.boss, w.sec, w.audit):
        for kind in ("work_order", "asset", "alarm", "outage", "sla_clock"):
            refused(403, admin.get, f"/{kind}")
    for other in (w.boss, w.sec, w.desk):
        refused(403, other.get, "/journal")


def everything_else(w):
    """Plan, clock, limit, pause, approval, print, import, and what administrators do."""
    desk, sup, field = w.desk, w.p.client("sup"), w.p.client("field")
    sup.post("/calendar_day", {"on_date": "2027-03-08", "type": "rest", "source": "测试"})
    desk.post("/duty_shift", {"on_date": "2027-05-01", "from_at": 1809133200000, "to_at": 1809154800000, "source": "变更 1"})
    order = desk.post("/work_order", {"title": "要等原厂", "line": "office_it"})
    order = desk.act("work_order", order, "dispatch", engineer_id=field.user["id"])
    order = field.act("work_order", order, "accept", plan="马上到")
    pause = desk.post("/sla_pause", {"work_order_id": order["id"], "code": "vendor", "reason": "等原厂配件", "reference_no": "RMA-1",
                                     "call_record": "原厂热线", "contact_told": True})
    sup.act("sla_pause", pause, "accept")
    rule = desk.list("sla_rule", "code.eq.S-02", limit=1)[0]
    change = desk.post("/sla_change", {"title": "改时限", "rule_id": rule["id"], "limit_minutes": 100, "from_on": "2098-01-01",
                                       "reason": "补充协议", "paper": [desk.photo()]})
    w.sec.act("sla_change", sup.act("sla_change", change, "agree"), "approve")
    for path in (f"/work_order/{order['id']}/event_record.pdf",):
        status, _ = desk.raw("GET", "/api/v1" + path)
        assert status == 200, path
    assert desk.call("POST", "/site/import?name=a.csv", "名称,类型\n导入点,office\n".encode())["stored"]
    assert w.audit.raw("GET", "/api/v1/journal/export.xlsx?f=kind.eq.site")[0] == 200
    w.audit.post("/journal/verify")
    until("verified", 30, lambda: w.audit.get("/journal/verify")["running"] is False)
    until("and journalled", 10, lambda: w.journal("kind.eq.journal", "action.eq.verify"))
    made = w.boss.post("/user", {"login": "audited", "name": "丙"})
    w.boss.act("user", w.boss.act("user", made, "set_password", password="First-time-26"), "lock")


def sec_11(w):
    """One of everything that must be in the audit log."""
    refused(401, Client, w.p.port, "field", "wrong-Password-1")
    field, desk = w.p.client("field"), w.desk
    site = desk.post("/site", {"name": "审计点", "type": "office"})
    site = desk.patch(f"/site/{site['id']}", {"rev": 1, "address": "一号"})
    desk.post(f"/site/{site['id']}/retire", {"rev": site["rev"]})
    order = desk.post("/work_order", {"title": "坏了"})
    desk.act("work_order", order, "dispatch", engineer_id=field.user["id"])
    for path in ("/api/v1/site/export.xlsx", "/api/v1/report/monthly?month=2026-04&format=pdf"):
        status, _ = desk.raw("GET", path)
        assert status == 200, path
    photo = desk.photo()
    desk.raw("GET", f"/api/v1/file/{photo}")
    roles = {r["name"]: r["id"] for r in w.sec.list("role", limit=100)}
    user = w.sec.list("user", "login.eq.field")[0]
    user = w.sec.act("user", user, "grant_role", role_id=roles["b_resident"])
    w.sec.act("user", user, "revoke_role", role_id=roles["b_resident"])
    w.setting("login_lock_minutes", "16")
    w.setting("login_lock_minutes", "15")
    field.call("DELETE", "/session")
    everything_else(w)
    rows = w.journal()
    seen = {(r["kind"], r["action"], r["result"]) for r in rows}
    for want in (("user", "login", "ok"), ("user", "login", "unauthorized"), ("user", "logout", "ok"),
                 ("user", "grant_role", "ok"), ("user", "revoke_role", "ok"), ("site", "create", "ok"),
                 ("site", "update", "ok"), ("site", "retire", "ok"), ("site", "export", "ok"), ("report", "export", "ok"),
                 ("work_order", "dispatch", "ok"), ("setting", "update", "ok"), ("sla_clock", "start", "ok")):
        assert want in seen, (want, sorted(seen))
    for want in (("calendar_day", "create"), ("duty_shift", "create"), ("sla_pause", "create"), ("sla_pause", "accept"),
                 ("sla_change", "approve"), ("sla_rule", "change"), ("work_order", "accept"), ("work_order", "print"),
                 ("journal", "export"), ("journal", "verify"), ("user", "set_password"), ("user", "lock"), ("site", "import_new"), ("import_batch", "create")):
        assert (*want, "ok") in seen, (want, sorted(seen))
    assert any(r["kind"] == "file" and r["action"].startswith("view") for r in rows), [
        r["action"] for r in rows if r["kind"] == "file"]


def sec_12(w):
    row = w.journal("kind.eq.setting", "action.eq.update")[0]
    assert row["address"] == "127.0.0.1" and row["login"] == "secadm" and row["at"] > 1700000000000, row
    assert row["record_id"] and row["result"] == "ok" and row["changes"], row
    change = row["changes"][0]
    assert (change["field"], change["before"], change["after"]) == ("value", "16", "15"), change
    failed = w.journal("action.eq.login", "result.eq.unauthorized")[0]
    assert failed["address"] == "127.0.0.1" and failed["at"] and failed["actor"] is not None


def many_logins(w):
    """Two hashes at once, four wait, whoever else comes is told to come again; nobody gets anything else."""
    answers, page = [], []

    def one(i):
        status, _ = Client(w.p.port).raw("POST", "/api/v1/session", json.dumps(
            {"login": "field" if i % 2 else f"nobody{i}", "password": WORD}).encode())
        answers.append(status)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(40)]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        page.append(w.desk.raw("GET", "/api/v1/session")[0])
    assert set(answers) <= {200, 401, 503} and 200 in answers and 503 in answers, answers
    assert set(page) <= {200}, "whoever is logged in works on"
    w.p.client("field")


def sec_13(w):
    id_ = w.journal()[0]["id"]
    for client in (w.boss, w.sec, w.audit, w.desk):
        for method, path in (("DELETE", f"/journal/{id_}"), ("PATCH", f"/journal/{id_}"), ("PUT", f"/journal/{id_}"),
                             ("POST", "/journal"), ("DELETE", "/journal"), ("POST", f"/journal/{id_}/retire")):
            status, _ = client.raw(method, "/api/v1" + path, b"{}")
            assert status in (403, 404, 405), (method, path, status)
    for text in ("DELETE FROM journal WHERE id = 1", "UPDATE journal SET result = 'ok' WHERE id = 1",
                 "UPDATE journal SET at = 1 WHERE id = 1"):
        try:
            w.sql(text)
        except sqlite3.DatabaseError as fault:
            assert "append-only" in str(fault)
            continue
        raise AssertionError(text)
    assert "日志完好" in w.p.run("journal", "verify")
    # a copy of every day, whole by itself: what goes to another machine
    copies = os.path.join(w.p.data, "journal")
    names = until("the day's copy", 20, lambda: os.path.isdir(copies) and [n for n in os.listdir(copies) if "_" in n])
    assert len(names) == 1 and os.stat(os.path.join(copies, names[0])).st_mode & 0o777 == 0o600, names
    done = subprocess.run([PROGRAM, "journal", "verify", os.path.join(copies, names[0])], text=True, stdout=subprocess.PIPE, check=True)
    assert "日志完好" in done.stdout, done
    # nothing is ever taken away, so at least 180 days: a row that old is still there after a round of the jobs
    w.sql("INSERT INTO journal (at, actor_type, actor_name, address, kind, record_id, action, changes, result)"
          " VALUES (strftime('%s', 'now', '-400 days') * 1000, 'system', '', '', 'test', 1, 'old', '{}', 'ok')")
    until("it is sealed", 20, lambda: w.journal("action.eq.old")[0]["feed"])
    assert len(w.journal("action.eq.old")) == 1


def sec_14(w):
    w.setting("admin_addresses", "127.0.0.1 127.7.0.0/16")
    refused(401, From, w.p.port, "127.0.0.8", "sysadm")
    From(w.p.port, "127.7.3.4", "sysadm").get("/user")
    From(w.p.port, "127.0.0.8", "desk").get("/site")
    thief = From(w.p.port, "127.0.0.8", None)
    thief.cookie, thief.csrf = w.boss.cookie, w.boss.csrf
    refused(401, thief.get, "/user")
    w.p.run("setting", "set", "admin_addresses", "-")
    From(w.p.port, "127.0.0.8", "sysadm")


def sec_14_ports(w):
    """The platform listens on the one port that it was told to, and nowhere else."""
    pids, sockets = [w.p.child.pid], set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == w.p.child.pid:
                    pids.append(int(entry))
        except OSError:
            continue
    for pid in pids:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                sockets.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
            except OSError:
                continue
    listening = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        with open(f"/proc/net/{table}") as file:
            for line in file.readlines()[1:]:
                part = line.split()
                if f"socket:[{part[9]}]" in sockets and (part[3] == "0A" or table.startswith("udp")):
                    listening.append((table, int(part[1].split(":")[1], 16)))
    assert listening == [("tcp", w.p.port)], listening


def sec_16(w):
    for name, data in (("x.html", b"<!doctype html><script>alert(1)</script>"), ("x.svg", b"<svg xmlns='x' onload='a()'/>"),
                       ("x.exe", b"MZ\x90\0" + b"\0" * 200), ("x.elf", b"\x7fELF" + b"\0" * 200),
                       ("x.jpg", b"<?php system($_GET[0]);"), ("x.zip", b"PK\x03\x04" + b"\0" * 99)):
        status, _ = w.desk.raw("PUT", f"/api/v1/file?name={name}", data)
        assert status in (400, 413, 415), (name, status)
    id_ = w.desk.call("PUT", "/file?name=..%2F..%2Fa%22b%0d%0aX-Evil:1.jpg", JPEG)["id"]
    link = http.client.HTTPConnection("127.0.0.1", w.p.port, timeout=20)
    link.request("GET", f"/api/v1/file/{id_}", headers={"Cookie": w.desk.cookie})
    answer = link.getresponse()
    answer.read()
    assert answer.status == 200 and answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Content-Type") == "image/jpeg" and answer.getheader("X-Evil") is None
    files = os.path.join(w.p.data, "files")
    for folder, _, names in os.walk(files):
        for name in names:
            assert not os.stat(os.path.join(folder, name)).st_mode & 0o111, "stored files are not executable"


LINES = (
    ("SEC-01 a login is one person's for ever, ids are not used again", sec_01),
    ("SEC-02 the first password must be changed, and to a good one", sec_02),
    ("SEC-03 five wrong passwords in ten minutes lock for fifteen, one answer for all", sec_03),
    ("SEC-04 sessions end idle, absolutely, at logout and when killed; every login has a new id", sec_04),
    ("SEC-04 sessions at once are limited by a setting", sec_04_limit),
    ("SEC-05 TLS or loopback, cookies are Secure, nothing older than TLS 1.2", sec_05),
    ("SEC-05 no secret in address, log or journal", sec_05_no_secret),
    ("SEC-07 everybody has an account of his own; those of init can be put away, their passwords are of one installation", sec_07),
    ("SEC-08 two addresses alert the administrators; stale accounts and leavers are out", sec_08),
    ("SEC-09 system, security and audit are three hands", sec_09),
    ("SEC-11 everything that must be audited is", sec_11),
    ("SEC-12 time, actor, address, event, object, before and after, result", sec_12),
    ("forty logins at once: each is answered, busy or not, and others work on", many_logins),
    ("SEC-13 nothing changes or deletes the journal; a copy every day, kept for good", sec_13),
    ("SEC-14 administrators from their address ranges only", sec_14),
    ("SEC-14 one open port", sec_14_ports),
    ("SEC-16 uploads by white list, served with nosniff, never executable", sec_16),
)


def main():
    p = Platform()
    for login, role in (("sysadm", "sys_admin"), ("secadm", "sec_admin"), ("audit", "auditor"), ("desk", "b_pm"),
                        ("field", "b_field"), ("victim", "b_field"), ("sup", "a_supervisor"), ("shared", "b_field"), ("leaver", "b_field")):
        p.user(login, role)
    p.start()
    good = True
    try:
        w = World(p)
        for name, function in LINES:
            good = case(name, function, w) and good
    finally:
        if not good:
            os.environ["SHOW_LOG"] = "1"
        p.close()
    finish(good)


main()
