#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Webhooks through the real program on both databases, against real receivers on loopback: two administrators open the
way, messages are signed and carry the journal's anchor, come at least once and in order over refusals and kill -9, and
what stays undelivered is sent again by hand; no name leads to an address that is not allowed."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import ssl
import subprocess
import threading
import time
import urllib.parse

import kit

PEOPLE = {"t_sys": "sys_admin", "t_sec": "sec_admin", "t_aud": "auditor", "t_clerk": "a_clerk", "t_disp": "b_dispatcher"}
SECRET = "a-secret-of-the-test-0001"


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it gets; `answer` decides: a status, or (status, headers, body)."""

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answer = [], lambda n: 200
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass

    def feeds(self):
        return [m["body"]["feed"] for m in self.got if m["status"] == 200]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        said = self.server.answer(len(self.server.got))
        status, headers, data = said if isinstance(said, tuple) else (said, {}, b"ok")
        self.server.got.append({"path": self.path, "head": dict(self.headers), "raw": raw, "body": body, "status": status})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST

    def log_message(self, *_):
        pass


class World:
    def __init__(self, postgres):
        self.p = kit.Platform(postgres.url if postgres else None)
        for login, role in PEOPLE.items():
            self.p.user(login, role)
        self.p.start()
        self.log_in()
        self.n = 0
        self.receiver = Receiver()

    def log_in(self):
        self.who = {login: self.p.client(login) for login in PEOPLE}

    def setting(self, name, value, by="t_sec"):
        row = self.who[by].list("setting", f"name.eq.{name}")[0]
        self.who[by].patch(f"/setting/{row['id']}", {"rev": row["rev"], "value": value})

    def hook(self, url, **more):
        self.n += 1
        h = self.who["t_sys"].post("/webhook", {"name": f"推送 {self.n}", "url": url, **more})
        h = self.who["t_sys"].act("webhook", h, "secret", secret=SECRET)
        return self.who["t_sec"].act("webhook", h, "activate")

    def pause(self, h):
        h = self.who["t_sys"].get(f"/webhook/{h['id']}")
        self.who["t_sys"].act("webhook", h, "pause")

    def order(self, title):
        return self.who["t_clerk"].post("/work_order", {"title": title})["id"]


def refused(status, function, *args, **more):
    try:
        function(*args, **more)
    except kit.Refused as r:
        assert r.status == status, r
        return r
    raise AssertionError("was not refused")


def two_administrators_open_the_way_and_the_list_decides(w):
    sys_admin, sec, url = w.who["t_sys"], w.who["t_sec"], f"http://127.0.0.1:{w.receiver.port}/in"
    assert refused(400, sys_admin.post, "/webhook", {"name": "x 推送", "url": url}).error["field"] == "url"
    refused(403, w.setting, "outbound_addresses", "127.0.0.1", by="t_sys")
    w.setting("outbound_addresses", "127.0.0.1")
    for bad in ("ftp://127.0.0.1/", "http://a:b@127.0.0.1/", "http://10.1.2.3/", "http://127.0.0.2/", "file:///etc/passwd", "127.0.0.1"):
        assert refused(400, sys_admin.post, "/webhook", {"name": "x 推送", "url": bad}).error["field"] == "url", bad
    for login in ("t_clerk", "t_disp", "t_sec", "t_aud"):
        refused(403, w.who[login].post, "/webhook", {"name": "x 推送", "url": url})
    h = sys_admin.post("/webhook", {"name": "派单系统", "url": url, "kinds": "work_order", "actions": "create"})
    refused(409, sec.act, "webhook", h, "activate")  # no secret yet
    refused(403, sys_admin.act, "webhook", h, "activate")
    h = sys_admin.act("webhook", h, "secret", secret=SECRET)
    assert h["has_secret"] is True and SECRET not in json.dumps(sys_admin.get(f"/webhook/{h['id']}"))
    h = sec.act("webhook", h, "activate")
    refused(403, sys_admin.patch, f"/webhook/{h['id']}", {"rev": h["rev"], "url": url + "2"})  # active: locked
    assert not [r for r in w.who["t_aud"].get("/journal", q=SECRET)["items"]]
    w.first = h


def messages_are_signed_and_carry_the_anchor(w):
    record = w.order("投影仪无信号")
    m = kit.until("the message", 20, lambda: w.receiver.got and w.receiver.got[0])
    head, body = m["head"], m["body"]
    want = hmac.new(SECRET.encode(), f"{head['X-Shouwang-Timestamp']}.".encode() + m["raw"], hashlib.sha256).hexdigest()
    assert head["X-Shouwang-Signature"] == "v1=" + want
    assert abs(int(head["X-Shouwang-Timestamp"]) - time.time()) < 300
    assert head["X-Shouwang-Delivery"] == body["id"] == f"{w.first['id']}-{body['feed']}"
    assert (body["kind"], body["action"], body["record_id"]) == ("work_order", "create", record), body
    assert "投影仪" not in m["raw"].decode()
    row = w.who["t_aud"].get("/journal", f=f"feed.eq.{body['feed']}")["items"][0]
    assert body["anchor"] == {"feed": body["feed"], "hash": row["hash"]}, (body, row)
    copy = os.path.join(w.p.dir, "copy")
    w.p.run("journal", "export", copy)
    subprocess.run([kit.PROGRAM, "journal", "verify", copy, "--anchor", f"{body['feed']}:{row['hash']}"], check=True,
                   stdout=subprocess.DEVNULL)


def refusals_are_tried_again_in_order(w):
    w.receiver.got.clear()
    w.receiver.answer = lambda n: 500 if n in (0, 2) else 200
    records = [w.order(f"顺序 {i}") for i in range(3)]
    kit.until("three messages", 30, lambda: len(w.receiver.feeds()) == 3)
    good = [m["body"]["record_id"] for m in w.receiver.got if m["status"] == 200]
    assert good == records and len(w.receiver.got) == 5, w.receiver.got
    tried = [m["body"]["record_id"] for m in w.receiver.got]
    assert tried == [records[0], records[0], records[1], records[1], records[2]], tried
    w.receiver.answer = lambda n: 200


def a_kill_loses_nothing_and_keeps_the_order(w):
    w.receiver.got.clear()
    w.receiver.answer = lambda n: time.sleep(0.05) or 200
    records = []
    for round_ in range(3):
        records += [w.order(f"杀 {round_} {i}") for i in range(4)]
        web = [int(p) for p in subprocess.run(["pgrep", "-P", str(w.p.child.pid)], text=True, stdout=subprocess.PIPE).stdout.split()]
        for pid in web:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if f.read().split(b"\0")[1] == b"web":
                    os.kill(pid, signal.SIGKILL)
        kit.until("the platform is back", 60, w.p.healthy)
    kit.until("every message", 60, lambda: {m["body"]["record_id"] for m in w.receiver.got} >= set(records))
    first = list(dict.fromkeys(m["body"]["record_id"] for m in w.receiver.got))
    assert first == records, (first, records)
    again = [m["body"]["feed"] for m in w.receiver.got]
    assert all(b >= a for a, b in zip(again, again[1:])), again  # a repetition is never older than what came
    w.receiver.answer = lambda n: 200


def what_stays_undelivered_is_sent_again_by_hand(w):
    w.setting("webhook_tries", "2", by="t_sys")
    w.receiver.got.clear()
    w.receiver.answer = lambda n: 404 if n < 2 else 200
    lost, next_one = w.order("送不到"), w.order("送得到")
    kit.until("the next message", 30, lambda: w.receiver.feeds())
    assert [m["body"]["record_id"] for m in w.receiver.got] == [lost, lost, next_one]
    letter = kit.until("the dead letter", 10, lambda: w.who["t_sys"].list("dead_letter", "state.eq.dead"))[0]
    assert letter["reason"] == "HTTP 404" and letter["source_id"] == lost and letter["tries"] == 2, letter
    refused(403, w.who["t_sec"].act, "dead_letter", letter, "resend")
    w.who["t_sys"].act("dead_letter", letter, "resend")
    kit.until("the letter arrives", 20, lambda: w.receiver.got[-1]["body"]["record_id"] == lost)
    kit.until("its state", 10, lambda: w.who["t_sys"].get(f"/dead_letter/{letter['id']}")["state"] == "sent")
    w.receiver.answer = lambda n: 200
    w.pause(w.first)


def result_of(w, h, seconds=30):
    return kit.until("a result", seconds, lambda: w.who["t_sys"].get(f"/webhook/{h['id']}")["last_result"])


def no_name_redirect_or_flood_gets_through(w):
    w.setting("outbound_hosts", "localhost *.example.cn")
    w.setting("outbound_addresses", "127.0.0.9")  # the name is allowed, what it means is not
    w.receiver.got.clear()
    h = w.hook(f"http://localhost:{w.receiver.port}/in", kinds="work_order")
    w.order("改指")
    assert "不在允许" in result_of(w, h) and not w.receiver.got
    w.pause(h)
    w.setting("outbound_addresses", "127.0.0.1")
    other = Receiver()
    w.receiver.answer = lambda n: (307, {"Location": f"http://127.0.0.1:{other.port}/"}, b"")
    h = w.hook(f"http://127.0.0.1:{w.receiver.port}/in", kinds="work_order")
    w.order("改道")
    assert result_of(w, h) == "HTTP 307" and not other.got
    w.pause(h)
    w.receiver.answer = lambda n: (200, {}, b"x" * 200_000)
    h = w.hook(f"http://127.0.0.1:{w.receiver.port}/in", kinds="work_order")
    w.order("洪水")
    assert result_of(w, h) != "ok"
    w.pause(h)
    other.shutdown()


def certificates_are_verified(w):
    pem = os.path.join(w.p.dir, "tls.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", pem + ".key",
                    "-out", pem + ".crt"], check=True, stderr=subprocess.DEVNULL)
    with open(pem, "w") as out:
        for part in (".key", ".crt"):
            out.write(open(pem + part).read())
    tls = Receiver(pem)
    h = w.hook(f"https://localhost:{tls.port}/in", kinds="work_order")
    w.order("证书一")
    assert "certificate" in result_of(w, h) and not tls.got
    with open(os.path.join(w.p.data, "outbound-ca.pem"), "w") as f:
        f.write(open(pem + ".crt").read())
    record = w.order("证书二")
    kit.until("the message over TLS", 30, lambda: record in [m["body"]["record_id"] for m in tls.got])
    w.pause(h)
    os.unlink(os.path.join(w.p.data, "outbound-ca.pem"))
    tls.shutdown()


def chat_groups_get_texts_in_their_own_form(w):
    url = f"http://127.0.0.1:{w.receiver.port}/robot"
    refused(400, w.hook, url + "?key=x", shape="wecom")
    for shape, yes, no in (("wecom", b'{"errcode":0}', b'{"errcode":93000}'), ("dingtalk", b'{"errcode":0}', b'{"errcode":310000}'),
                           ("feishu", b'{"code":0}', b'{"code":19021}')):
        w.receiver.got.clear()
        w.receiver.answer = lambda n, yes=yes, no=no: (200, {}, no if n == 0 else yes)
        h = w.hook(url + ("?access_token=t" if shape == "dingtalk" else ""), shape=shape, kinds="work_order", actions="create")
        record = w.order("群消息里没有这句话")
        kit.until(shape, 30, lambda: len(w.receiver.got) == 2)  # the first was refused with 200
        m = w.receiver.got[1]
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(m["path"]).query))
        text = m["body"]["content"]["text"] if shape == "feishu" else m["body"]["text"]["content"]
        assert f"#{record}" in text and "工单" in text and "没有这句话" not in text, text
        if shape == "wecom":
            assert query == {"key": SECRET} and m["body"]["msgtype"] == "text"
        elif shape == "dingtalk":
            sign = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
            assert query["sign"] == base64.b64encode(sign).decode() and query["access_token"] == "t"
        else:
            sign = hmac.new(f"{m['body']['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
            assert m["body"]["sign"] == base64.b64encode(sign).decode() and m["body"]["msg_type"] == "text"
        w.pause(h)


CASES = [two_administrators_open_the_way_and_the_list_decides, messages_are_signed_and_carry_the_anchor,
         refusals_are_tried_again_in_order, a_kill_loses_nothing_and_keeps_the_order, what_stays_undelivered_is_sent_again_by_hand,
         no_name_redirect_or_flood_gets_through, certificates_are_verified, chat_groups_get_texts_in_their_own_form]


kit.on_both(World, CASES)
