#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What clients send by mistake or on purpose, against the real program: each is refused with 4xx and an error in
JSON that names the field, nothing is half done, and the next good request works."""
import http.client
import json
import os
import re
import socket
import sqlite3

from kit import WORD, Client, Platform, Refused, case, finish

NASTY = ["'; DROP TABLE account;--", "%' OR 1=1 --", "<script>alert(1)</script>", "\"><img src=x onerror=x>",
         "=1+1|calc", "../../etc/passwd", "{{7*7}}", "𠮷\u202e茶"]


class Door:
    """The open door of one platform: raw bytes in, status and parsed answer out."""

    def __init__(self, p):
        self.p = p
        self.desk, self.boss, self.sec = p.client("b_pm"), p.client("sysadm"), p.client("secadm")
        self.clerk, self.watcher = p.client("a_clerk"), p.client("a_watch")

    def send(self, data, wait=10):
        with socket.create_connection(("127.0.0.1", self.p.port), timeout=wait) as s:
            s.sendall(data)
            return self.read(s)

    def to_the_end(self, data):
        """For refusals that close: libmicrohttpd 0.9.75 writes the head of one of them twice."""
        with socket.create_connection(("127.0.0.1", self.p.port), timeout=10) as s:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: s.recv(65536), b""))
        if not answer:
            raise ConnectionResetError("cut without a word")
        return int(answer.split()[1]), answer.split(b"\r\n\r\n")[-1]

    def read(self, s):
        answer = http.client.HTTPResponse(s)
        answer.begin()
        return answer.status, answer.read()

    def head(self, method, path, *lines):
        return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", f"Cookie: {self.desk.cookie}",
                            f"X-CSRF-Token: {self.desk.csrf}", *lines, "", ""]).encode()

    def alive(self):
        assert self.desk.get("/work_order", limit=1)["items"] is not None

    def is_error(self, status, data, want, field=None, code=None):
        assert status == want, (status, data[:300])
        error = json.loads(data)["error"]
        assert set(error) == {"code", "field", "message"}, error
        assert re.search(r"[\u4e00-\u9fff]", error["message"]), error
        assert field is None or error["field"] == field, error
        assert code is None or error["code"] == code, error

    def refused(self, method, path, body, want, field=None, client=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer = (client or self.desk).raw(method, "/api/v1" + path, data)
        self.is_error(status, answer, want, field)


def fields(d):
    d.refused("POST", "/site", {"name": "甲", "type": "office", "colour": "red"}, 400, "colour")
    d.refused("POST", "/site", {"name": "甲", "type": "office", "id": 7}, 400, "id")
    d.refused("POST", "/site", {"name": "甲" * 201, "type": "office"}, 400, "name")
    d.refused("POST", "/site", {"name": 7, "type": "office"}, 400, "name")
    d.refused("POST", "/site", {"name": "甲", "type": "castle"}, 400, "type")
    d.refused("POST", "/site", {"name": "甲", "type": "office", "lng": 1e999}, 400)
    d.refused("POST", "/site", {"name": "甲", "type": "office", "org_unit_id": 2 ** 63}, 400)
    d.refused("POST", "/site", {"name": "甲", "type": "office", "org_unit_id": 999999}, 400, "org_unit_id")
    d.refused("POST", "/site", b'{"name":"a","name":"b","type":"office"}', 400)
    d.refused("POST", "/session", {"login": "a", "password": "b", "otp": "c"}, 400, "otp")
    d.refused("POST", "/session", {"login": "a" * 300, "password": "b"}, 400, "login")
    d.refused("POST", "/session", {"login": "a", "password": None}, 400, "password")
    d.refused("POST", "/work_order", b'{"title":"x"', 400)


def broken_json(d):
    for bad in (b"{", b"[]", b'"x"', b"nul", b"{'a':1}", b'{"a":1}x', b'{"a":01}', b'{"a":NaN}', b"\xef\xbb\xbf{}",
                b'{"name":"\xff\xfe"}', b'{"name":"\xc0\xaf"}', b'{"name":"\xed\xa0\x80"}', b'{"name":"\\ud800"}',
                b'{"name":"a\\u0000b"}', b'{"name":"a\x00b"}', b'{"name":"a\nb"}'):
        d.refused("POST", "/site", bad, 400)


def deep_json(d):
    for depth in (65, 10000, 400000):
        d.refused("POST", "/site", b'{"name":' + b"[" * depth + b"]" * depth + b"}", 400)
        d.refused("POST", "/site", b'{"a":' * depth + b"1" + b"}" * depth, 413 if depth > 150000 else 400)
    d.alive()


def too_big(d):
    d.refused("POST", "/site", b'{"name":"' + b"a" * (1 << 20) + b'"}', 413)
    status, data = d.send(d.head("POST", "/api/v1/site", "Content-Length: 99999999999", "Expect: 100-continue"))
    d.is_error(status, data, 413)
    d.alive()


def framing(d):
    body = b'{"name":"smuggled","type":"office"}'
    n = len(body)
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (n, body)
    for lines in ((f"Content-Length: {n}", "Transfer-Encoding: chunked"),
                  ("Transfer-Encoding: chunked", f"Content-Length: {n}"),
                  (f"Content-Length: {n}", f"Content-Length: {n}"), (f"Content-Length: {n}", "Content-Length: 0"),
                  (f"Content-Length: {n}, {n}",), ("Content-Length: +5",), ("Content-Length: -1",),
                  ("Content-Length: 0x10",), ("Transfer-Encoding: xchunked",),
                  ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), ("Transfer-Encoding: gzip, chunked",),
                  ("Content-Length : 5",), ("Host: y",)):
        status, data = d.to_the_end(d.head("POST", "/api/v1/site", *lines) + (chunk if "chunked" in str(lines) else body))
        d.is_error(status, data, status)
        assert 400 <= status < 500, (lines, status)
    for line in (b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /api/v1/meta HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 60000,
                 b"GET / HTTP/3.7\r\nHost: x\r\n\r\n", b"GET /api/v1/meta HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n",
                 b"POST /api/v1/site HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        try:
            status, data = d.to_the_end(line)
        except OSError:
            continue  # cut without a word is an answer, too, to what is not HTTP
        assert 400 <= status < 600 and status != 500 and data[:1] == b"{", (line[:30], status, data[:200])
        d.is_error(status, data, status)
    assert d.desk.total("site", "f=name.eq.smuggled") == 0


def slow(d):
    """The platform of this test allows 1 s for headers and 1 s for a body."""
    for data in (b"GET / HT", d.head("GET", "/api/v1/meta")[:-2], d.head("POST", "/api/v1/site", "Content-Length: 50") + b"{"):
        with socket.create_connection(("127.0.0.1", d.p.port), timeout=20) as s:
            s.sendall(data)
            s.settimeout(20)
            rest = s.recv(4096)  # the end, or an answer that says so
            assert rest == b"" or b" 4" in rest.split(b"\r\n")[0], rest
    d.alive()


def paths(d):
    for path in ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/assets/..%5c..%5cx",
                 "/%00", "/a%00b", "/%ff", "/%c0%ae%c0%ae/x", "/api/v1/../../etc/passwd", "/%zz", "/api/v1/file/../../x",
                 "/./etc", "//etc/passwd/../x"):
        status, data = d.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert b"root:" not in data and status in (400, 404), (path, status)
        json.loads(data)["error"]
    for path, want in (("/api/v1/file/1%27", 404), ("/api/v1/site/-1", 404), ("/api/v1/site/1e3", 404),
                       ("/api/v1/site/99999999999999999999", 404), ("/api/v1/nothing", 404), ("/api/v1/site/1/fly", 404),
                       ("/api/v1/user;x=1", 404)):
        method = "POST" if path.endswith("fly") else "GET"
        d.is_error(*d.desk.raw(method, path, b"{}" if method == "POST" else None), want)
    d.is_error(*d.desk.raw("PUT", "/api/v1/site", b"{}"), 405)
    d.is_error(*d.desk.raw("TRACE", "/api/v1/site"), 405)


def queries(d):
    for query, field in (("f=nothing.eq.1", None), ("f=name.is.1", None), ("f=name", None), ("f=id.eq.x", None),
                         ("sort=nothing", None), ("sort=name;DROP", None), ("limit=-1", "limit"), ("limit=abc", "limit"),
                         ("limit=1e9", "limit"), ("page=99999999999", "page"), ("after=garbage", None),
                         ("&".join(["f=name.eq.x"] * 30), None)):
        status, data = d.desk.raw("GET", f"/api/v1/site?{query}")
        d.is_error(status, data, 400, field)
    for word in NASTY:
        items = d.desk.get("/site", q=word, f=[f"name.has.{word}", f"name.eq.{word}"])
        assert items["total"] == 0, word


def texts_of(kind):
    return [f for f in kind["fields"] if f["type"] == "text" and not f["readonly"] and not f["create_only"]]


def nasty_texts(d):
    """Every text of every kind that somebody may change keeps what was written, or is refused for its form."""
    d.desk.post("/site", {"name": "门岗", "type": "office"})
    kind = d.desk.list("asset_class", "code.eq.computer")[0]["id"]
    d.desk.post("/asset", {"asset_no": "N-1", "name": "甲机", "class_id": kind})
    d.desk.post("/work_order", {"title": "坏了"})
    tried = 0
    for client in (d.desk, d.boss, d.sec, d.watcher):
        for name, kind in client.get("/meta")["kinds"].items():
            rows = client.list(name, limit=1) if texts_of(kind) and "update" in kind["can"] else []
            for row in rows:
                tried += nasty_row(client, name, row["id"], kind)
            for action in kind["actions"]:
                for field in [f for f in action["fields"] if f["type"] == "text"]:
                    status, _ = client.raw("POST", f"/api/v1/{name}/1/{action['action']}",
                                           json.dumps({"rev": 0, field["name"]: NASTY[0]}).encode())
                    assert 400 <= status < 500, (name, action["action"], status)
    assert tried > 100, tried
    with sqlite3.connect(os.path.join(d.p.data, "shouwang.db"), timeout=20) as db:
        assert db.execute("SELECT COUNT(*) FROM account").fetchone()[0] >= 5


def nasty_row(client, kind, id_, meta):
    tried = 0
    for field in texts_of(meta):
        for word in NASTY:
            row = client.get(f"/{kind}/{id_}")
            try:
                after = client.patch(f"/{kind}/{id_}", {"rev": row["rev"], field["name"]: word})
                if not field["long"]:
                    word = word.replace("\u202e", "")  # what nobody sees and turns the writing around is left out
                assert after[field["name"]] == word, (kind, field["name"], word)
                found = client.get(f"/{kind}", f=f"{field['name']}.eq.{word}")
                assert id_ in [i["id"] for i in found["items"]], (kind, field["name"], word)
            except Refused as r:
                assert r.status in (400, 403, 409) and r.error["field"], (kind, field["name"], word, r.status, r.error)
            tried += 1
    return tried


def html_is_text(d):
    made = d.desk.post("/work_order", {"title": NASTY[2]})
    link = http.client.HTTPConnection("127.0.0.1", d.p.port, timeout=20)
    link.request("GET", f"/api/v1/work_order/{made['id']}", headers={"Cookie": d.desk.cookie})
    answer = link.getresponse()
    answer.read()
    assert answer.getheader("Content-Type").startswith("application/json")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "default-src 'none'" in answer.getheader("Content-Security-Policy")


def stale_and_state(d):
    site = d.desk.post("/site", {"name": "东门", "type": "office"})
    d.desk.patch(f"/site/{site['id']}", {"rev": 1, "address": "一号"})
    d.refused("PATCH", f"/site/{site['id']}", {"rev": 1, "address": "二号"}, 409, "rev")
    d.refused("PATCH", f"/site/{site['id']}", {"address": "二号"}, 400, "rev")
    d.refused("PATCH", f"/site/{site['id']}", {"rev": "2", "address": "二号"}, 400, "rev")
    order = d.desk.post("/work_order", {"title": "坏了"})
    d.refused("POST", f"/work_order/{order['id']}/close", {"rev": order["rev"]}, 409, "state")
    d.refused("POST", f"/work_order/{order['id']}/fly", {"rev": order["rev"]}, 404)
    assert d.desk.get(f"/site/{site['id']}")["address"] == "一号"
    one, two = (d.desk.post("/site", {"name": name, "type": "office"}) for name in ("南门", "北门"))
    done = d.desk.post("/site/retire", {"rev": 1, "ids": [{"id": one["id"], "rev": 1}, {"id": two["id"]}]})["results"]
    assert done[0]["ok"] and not done[1]["ok"] and done[1]["error"]["field"] == "rev", done  # no rev is borrowed


def foreign(d):
    order = d.desk.post("/work_order", {"title": "别人的"})
    for method, path, body in (("GET", "", None), ("PATCH", "", {"rev": 1}), ("POST", "/cancel", {"rev": 1}),
                               ("GET", "/journal", None), ("POST", "/retire", {"rev": 1})):
        data = json.dumps(body).encode() if body else None
        d.is_error(*d.clerk.raw(method, f"/api/v1/work_order/{order['id']}{path}", data), 404)


def tokens(d):
    one, two = d.p.client("a_clerk"), d.p.client("a_clerk")
    body = json.dumps({"title": "坏了"}).encode()
    for csrf in (None, "", "0" * 32, two.csrf, one.csrf[:-1], one.csrf + "0"):
        thief = Client(d.p.port)
        thief.cookie, thief.csrf = one.cookie, csrf
        d.is_error(*thief.raw("POST", "/api/v1/work_order", body), 403, "X-CSRF-Token")
    word = json.dumps({"login": "a_clerk", "password": WORD}).encode()
    for site, want in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        assert Client(d.p.port).raw("POST", "/api/v1/session", word, {"Sec-Fetch-Site": site})[0] == want, site
    old = (one.cookie, one.csrf)
    one.call("DELETE", "/session")
    thief = Client(d.p.port)
    thief.cookie, thief.csrf = old
    d.is_error(*thief.raw("POST", "/api/v1/work_order", body), 401)  # replayed after the end
    with sqlite3.connect(os.path.join(d.p.data, "shouwang.db"), timeout=20) as db:
        db.execute("UPDATE session SET seen_at = seen_at - 31 * 60000, created_at = created_at - 31 * 60000"
                   " WHERE csrf = ?", (two.csrf,))
    d.is_error(*two.raw("GET", "/api/v1/work_order"), 401, code="unauthorized")
    for cookie in ("sw_session=", "sw_session=x", "sw_session=" + "f" * 64, "sw_session=" + "f" * 8000):
        nobody = Client(d.p.port)
        nobody.cookie = cookie
        d.is_error(*nobody.raw("GET", "/api/v1/work_order"), 401)


def languages(d):
    status, data = d.desk.raw("GET", "/api/v1/site/999999", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert status == 404 and re.match(r"^[\x20-\x7e]+$", json.loads(data)["error"]["message"]), data


def clean_log(d):
    with open(os.path.join(d.p.dir, "serve.log"), errors="replace") as file:
        log = file.read()
    for bad in ("error:", "killed", "Sanitizer", "assert", WORD, d.desk.csrf, d.desk.cookie.split("=")[1]):
        assert bad not in log, (bad, log[-2000:])
    assert log.count("web: started") == 1


def main():
    p = Platform(more=["--header-seconds", "1", "--body-seconds", "1"])
    for login, role in (("b_pm", "b_pm"), ("a_clerk", "a_clerk"), ("a_watch", "a_supervisor"), ("sysadm", "sys_admin"), ("secadm", "sec_admin")):
        p.user(login, role)
    p.start()
    good = True
    try:
        door = Door(p)
        for name, function in (
                ("unknown, doubled, oversized and mistyped fields", fields), ("broken JSON and UTF-8", broken_json),
                ("JSON 10,000 deep", deep_json), ("a body too big", too_big),
                ("Content-Length and Transfer-Encoding in pairs", framing), ("slow headers and slow bodies", slow),
                ("path tricks", paths), ("queries", queries), ("SQL and HTML in every text of every kind", nasty_texts),
                ("HTML comes back as text", html_is_text), ("a stale rev and a wrong state", stale_and_state),
                ("records of a foreign scope are not there", foreign),
                ("expired, ended and made-up sessions, replayed and foreign CSRF tokens", tokens),
                ("an error in English where English is asked for", languages)):
            good = case("SEC-14 " + name, function, door) and good
        good = case("after all that no process died, no error of ours is in the log, and no password or token",
                    clean_log, door) and good
    finally:
        if not good:
            os.environ["SHOW_LOG"] = "1"
        p.close()
    finish(good)


main()
