#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Notices through the real program: what a rule tells reaches the person on the platform, his mailbox and the chat group
of his role, once each, over refusals and a kill; quiet hours hold back what is not urgent."""
import base64
import email
import email.header
import http.server
import json
import signal
import socketserver
import threading
import time

import kit

PEOPLE = {"t_sys": "sys_admin", "t_sec": "sec_admin", "t_clerk": "a_clerk", "t_disp": "b_dispatcher", "t_disp2": "b_dispatcher",
          "t_pm": "b_pm"}
PASSWORD = "mail-password-of-the-test"


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server: EHLO, AUTH PLAIN, MAIL, RCPT, DATA. refuse: how many mails are refused first."""
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.mails, self.refuse, self.auth = [], 0, None
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def data(self, to):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.refuse:
            self.server.refuse -= 1
            return self.say("451 try again later")
        self.server.mails.append((to, email.message_from_bytes(b"".join(lines))))
        self.say("250 kept")

    def handle(self):
        self.say("220 test")
        to = None
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("EHLO"):
                self.say("250-test\r\n250 AUTH PLAIN")
            elif word.startswith("AUTH PLAIN"):
                self.server.auth = base64.b64decode(line.split()[2] if len(line.split()) > 2 else self.more())
                self.say("235 welcome")
            elif word.startswith("RCPT"):
                to = line[line.index("<") + 1:line.index(">")]
                self.say("250 ok")
            elif word == "DATA":
                self.data(to)
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")

    def more(self):
        self.say("334 ")
        return self.rfile.readline().decode().strip()


class Group(http.server.ThreadingHTTPServer):
    """A chat group's robot: answers 200 to everything, and says in the body whether it took the message."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Robot)
        self.got, self.refuse = [], 0
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Robot(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        taken = not self.server.refuse and len(body["text"]["content"].encode()) <= 2048  # as WeCom has it
        self.server.refuse = max(0, self.server.refuse - 1)
        if taken:
            self.server.got.append((self.path, body))
        answer = json.dumps({"errcode": 0 if taken else 45009, "errmsg": "x"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class World:
    def __init__(self):
        self.p = kit.Platform(None)
        for login, role in PEOPLE.items():
            self.p.user(login, role)
        self.p.start()
        self.who = {login: self.p.client(login) for login in PEOPLE}
        self.mail, self.group = Mailbox(), Group()

    def order(self, title):
        return self.who["t_clerk"].post("/work_order", {"title": title})


def subject(mail):
    return "".join(part.decode(code or "ascii") if isinstance(part, bytes) else part
                   for part, code in email.header.decode_header(mail["Subject"]))


def a_way_out_needs_the_security_administrators_list(w):
    way = {"name": "街道邮件", "type": "smtp", "url": f"smtp://127.0.0.1:{w.mail.port}", "sender": "platform@example.cn",
           "login": "platform", "secret": PASSWORD}
    try:
        w.who["t_sys"].post("/notice_channel", way)
        raise AssertionError("an address off the list was taken")
    except kit.Refused as r:
        assert r.status == 400 and r.error["field"] == "url", r
    row = w.who["t_sec"].list("setting", "name.eq.outbound_addresses")[0]
    w.who["t_sec"].patch(f"/setting/{row['id']}", {"rev": row["rev"], "value": "127.0.0.1"})
    made = w.who["t_sys"].post("/notice_channel", way)
    assert PASSWORD not in json.dumps(made)
    w.who["t_sys"].post("/notice_channel", {"name": "调度群", "type": "wecom", "to_role": "b_dispatcher", "secret": "robot-key-1",
                                            "url": f"http://127.0.0.1:{w.group.port}/cgi-bin/webhook/send"})


def one_report_is_one_notice_one_mail_and_one_group_message(w):
    w.who["t_disp"].post("/notice_setting", {"email": "disp@example.cn", "quiet_from": None, "quiet_to": None})
    order = w.order("三楼会议室没有网络")
    mine = lambda who: w.who[who].get("/notice", f=f"source_id.eq.{order['id']}")["items"]
    kit.until("the notice", 20, lambda: mine("t_disp") and mine("t_disp2"))
    assert len(mine("t_disp")) == 1 and order["no"] in mine("t_disp")[0]["title"]
    kit.until("mail and group", 30, lambda: w.mail.mails and w.group.got)
    to, mail = w.mail.mails[0]
    assert to == "disp@example.cn" and order["no"] in subject(mail) and "三楼会议室没有网络" in subject(mail)
    assert "三楼会议室没有网络" in mail.get_payload(decode=True).decode("utf-8")
    assert w.mail.auth == b"\0platform\0" + PASSWORD.encode()
    path, body = w.group.got[0]
    assert path.endswith("?key=robot-key-1") and body["msgtype"] == "text" and order["no"] in body["text"]["content"]
    notice = w.who["t_disp"].act("notice", mine("t_disp")[0], "acknowledge")
    assert notice["state"] == "acknowledged"
    assert len(w.mail.mails) == 1 and len(w.group.got) == 1  # two dispatchers, one group, one message


def what_the_other_side_refuses_waits_and_is_not_lost(w):
    w.mail.refuse = w.group.refuse = 1
    order = w.order("前台打印机卡纸")
    state = lambda: {(d["channel_id_label"], d["state"], d["tries"]) for d in w.who["t_sys"].list("notice_delivery", "state.eq.waiting")}
    kit.until("both refused once", 30, lambda: {s[2] for s in state()} == {1} and len(state()) == 2)
    assert not [m for m in w.mail.mails if order["no"] in subject(m[1])]


def a_kill_loses_and_doubles_nothing(w):
    before = len(w.group.got)
    orders = [w.order(f"故障 {i}") for i in range(5)]
    w.p.stop(signal.SIGKILL)
    w.p.restart(w.p.port)
    w.who = {login: w.p.client(login) for login in PEOPLE}
    text = lambda: "".join(b["text"]["content"] for _, b in w.group.got[before:])
    kit.until("all in the group", 60, lambda: all(o["no"] in text() for o in orders))
    for o in orders:
        assert len(w.who["t_disp"].get("/notice", f=f"source_id.eq.{o['id']}")["items"]) == 1


def many_at_once_are_cut_into_what_a_robot_takes(w):
    before = len(w.group.got)
    titles = [f"第 {i} 间办公室的多功能一体机不能打印，指示灯闪红，重启没有用，请派人来看一看并告知多久能好" for i in range(30)]
    w.group.refuse = 1  # so that they gather while the first one waits
    orders = [w.order(t) for t in titles]
    texts = lambda: [b["text"]["content"] for _, b in w.group.got[before:]]
    kit.until("all of them in the group", 120, lambda: all(o["no"] in "".join(texts()) for o in orders))
    assert all("".join(texts()).count(o["no"]) == 1 for o in orders) and len(texts()) < 30, texts()


def in_quiet_hours_only_what_is_urgent_goes_out(w):
    at = lambda minutes: time.strftime("%H:%M", time.gmtime(time.time() + 8 * 3600 + minutes * 60))
    w.who["t_disp2"].post("/notice_setting", {"email": "disp2@example.cn", "quiet_from": at(-30), "quiet_to": at(30)})
    order = w.order("夜里的小事")
    held = kit.until("held back", 20, lambda: [d for d in w.who["t_sys"].list("notice_delivery", "state.eq.waiting", "tries.eq.0")
                                                if d["account_id_label"] and d["next_at"] > time.time() * 1000 + 20 * 60000])
    assert len(held) == 1 and order


CASES = [a_way_out_needs_the_security_administrators_list, one_report_is_one_notice_one_mail_and_one_group_message,
         what_the_other_side_refuses_waits_and_is_not_lost, a_kill_loses_and_doubles_nothing,
         many_at_once_are_cut_into_what_a_robot_takes,
         in_quiet_hours_only_what_is_urgent_goes_out]


def main():
    good, w = True, World()
    try:
        for f in CASES:
            good = kit.case(f.__name__, f, w) and good
    finally:
        w.p.close()
    kit.finish(good)


main()
