#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A work order over HTTP: reported behind a label without login, joined by a second report, dispatched from a
suggestion, answered, reached, paused and counter-signed, restored, printed, confirmed by its reporter, closed."""
import json
import os
import subprocess
import time
import urllib.parse

from kit import JPEG, Client, Platform, Postgres, Refused, case, finish

MINUTE = 60000


def refused(status, field, function, *args, **more):
    try:
        function(*args, **more)
    except Refused as answer:
        assert answer.status == status and (not field or answer.error["field"] == field), answer
        return
    raise AssertionError("not refused")


class Flow:
    def __init__(self, db):
        self.p = Platform(db)
        for login, role in (("dispatcher", "b_dispatcher"), ("field", "b_field"), ("other", "b_field"), ("pm", "b_pm"),
                            ("supervisor", "a_supervisor"), ("approver", "a_approver")):
            self.p.user(login, role)

    def starts(self):
        self.p.start()
        self.desk, self.field, self.pm = (self.p.client(x) for x in ("dispatcher", "field", "pm"))
        self.supervisor, self.approver = self.p.client("supervisor"), self.p.client("approver")
        self.nobody = Client(self.p.port)

    def label_shows_a_neutral_card(self):
        classes = {c["code"]: c["id"] for c in self.desk.list("asset_class", limit=100)}
        site = self.desk.post("/site", {"name": "东区 07", "lng": 116.4, "lat": 39.9})
        self.asset = self.desk.post("/asset", {"asset_no": "BG-0001", "name": "某某的电脑", "class_id": classes["computer"],
                                               "site_id": site["id"], "ip": "127.0.0.9"})
        self.site = site
        self.token = self.desk.get(f"/asset/{self.asset['id']}/label")["token"]
        status, card = self.nobody.raw("GET", "/api/v1/public/device/" + self.token)
        assert status == 200 and "127.0.0.9" not in card.decode() and "某某" not in card.decode(), card
        self.card = json.loads(card)
        assert self.card["asset_no"] == "BG-0001" and self.card["open"] is None and len(self.card["phrases"]) >= 5
        assert self.nobody.raw("GET", "/api/v1/public/device/" + "0" * 32)[0] == 404

    def three_taps_report_a_fault(self):
        photo = self.nobody.call("PUT", "/public/photo/" + self.token, JPEG)
        self.mine = self.nobody.post("/public/report/" + self.token,
                                     {"phrase_id": self.card["phrases"][0]["id"], "photos": [photo]})
        second = self.nobody.post("/public/report/" + self.token, {"title": "还是不行"})
        assert second["joined"] and not self.mine["joined"]
        refused(400, "file", self.nobody.call, "PUT", "/public/photo/" + self.token, b"a text is no picture")
        refused(400, "phrase_id", self.nobody.post, "/public/report/" + self.token, {})
        progress = self.nobody.get("/public/order/" + self.mine["no"], token=self.mine["token"])
        assert progress["state"] == "reported" and not progress["can_confirm"], progress
        refused(404, None, self.nobody.get, "/public/order/" + self.mine["no"], token=second["token"])

    def desk_dispatches_who_is_free(self):
        order = self.desk.list("work_order", f"no.eq.{self.mine['no']}")[0]
        assert order["before_photos"] and order["site_id"] == self.site["id"], order
        order = self.desk.act("work_order", order, "register")
        similar = self.desk.get("/suggest/order", asset_id=self.asset["id"])["items"]
        assert [s["order"]["id"] for s in similar] == [order["id"]] and similar[0]["why"] == "asset", similar
        free = self.desk.get("/suggest/engineer", work_order_id=order["id"])["items"]
        assert {e["name"] for e in free} == {"field", "other"} and free[0]["open_orders"] == 0, free
        found = self.desk.get("/suggest/asset", q="BG-0001")["items"]
        assert found[0]["open_order_id"] == order["id"], found
        who = [e["id"] for e in free if e["name"] == "field"][0]
        self.order = self.desk.act("work_order", order, "dispatch", engineer_id=who)

    def engineer_proves_presence(self):
        order = self.field.get(f"/work_order/{self.order['id']}")
        now = int(time.time() * 1000)
        order = self.field.act("work_order", order, "accept", plan="十分钟到", device_at=now - 180000, queued_ms=180000)
        refused(400, "presence", self.field.act, "work_order", order, "arrive", lng=116.41, lat=39.9)
        refused(400, "before_photos", self.field.act, "work_order", order, "arrive", lng=116.4, lat=39.9)
        self.order = self.field.act("work_order", order, "arrive", lng=116.4005, lat=39.9, before_photos=[self.field.photo()])
        steps = {s["action"]: s for s in self.field.list("work_order_step", f"work_order_id.eq.{order['id']}")}
        assert steps["accept"]["late_sync"] and steps["arrive"]["proof"] == "gps", steps
        assert 40 < steps["arrive"]["distance_m"] < 46, steps["arrive"]

    def pause_is_counter_signed(self):
        order = self.order["id"]
        refused(400, "reference_no", self.desk.post, "/sla_pause", {"work_order_id": order, "code": "carrier", "reason": "专线中断"})
        pause = self.desk.post("/sla_pause", {"work_order_id": order, "code": "carrier", "reason": "专线中断", "reference_no": "10010-77"})
        clock = self.supervisor.list("sla_clock", f"work_order_id.eq.{order}", "metric.eq.restore")[0]
        assert clock["state"] == "paused" and clock["pending"], clock
        pause = self.desk.act("sla_pause", pause, "end")
        refused(403, None, self.desk.act, "sla_pause", pause, "accept")
        pause = self.supervisor.act("sla_pause", self.supervisor.get(f"/sla_pause/{pause['id']}"), "accept", decision_note="属实")
        assert pause["state"] == "accepted"
        clock = self.supervisor.get(f"/sla_clock/{clock['id']}")
        assert clock["state"] == "running" and not clock["pending"], clock

    def story_holds_everything(self):
        story = self.supervisor.get(f"/work_order/{self.order['id']}/story")
        assert len(story["clocks"]) == 2 and len(story["children"]) == 1 and len(story["pauses"]) == 1, story.keys()
        actions = [s["action"] for s in story["steps"]]
        assert actions == ["join", "register", "dispatch", "accept", "arrive", "pause", "pause_end", "pause_accept"], actions

    def restored_printed_and_confirmed_by_the_reporter(self):
        order = self.field.get(f"/work_order/{self.order['id']}")
        order = self.field.act("work_order", order, "restore", result="更换网线", after_photos=[self.field.photo()])
        late = self.supervisor.list("sla_clock", f"work_order_id.eq.{order['id']}", "state.in.missed,overdue")
        more = {"late_reason": "等待运营商"} if late else {}
        order = self.field.act("work_order", order, "resolve", cause="网线损坏", cause_party="ours", **more)
        done = self.nobody.post(f"/public/order/{self.mine['no']}/confirm", {"token": self.mine["token"], "rating": 5})
        assert done["state"] == "confirmed", done
        order = self.pm.act("work_order", self.pm.get(f"/work_order/{order['id']}"), "close")
        assert order["state"] == "closed" and order["restore_proof"] == "user", order
        child = self.supervisor.list("work_order", f"parent_id.eq.{order['id']}")[0]
        assert child["state"] == "closed", child
        status, pdf = self.supervisor.raw("GET", f"/api/v1/work_order/{order['id']}/event_record.pdf")
        path = os.path.join(self.p.dir, "f01.pdf")
        with open(path, "wb") as file:
            file.write(pdf)
        assert status == 200
        if os.environ.get("KEEP_PDF"):
            with open(os.environ["KEEP_PDF"], "wb") as file:
                file.write(pdf)
        text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, text=True, stdout=subprocess.PIPE).stdout
        images = subprocess.run(["pdfimages", "-list", path], check=True, text=True, stdout=subprocess.PIPE).stdout
        assert images.count(" jpeg ") == 3, images  # of the report, of the arrival, of the restore
        for word in ("附页：现场照片（3张）", "第1次打印", "版本：", "运维事件记录单", order["no"], "东区07", "网线损坏", "离线补传", "内容摘要", "第1页", "用户确认"):
            assert word in text.replace(" ", ""), (word, text)

    def engineers_report_is_limited(self):
        for _ in range(4):
            self.nobody.post("/public/report/" + self.token, {"title": "又坏了"})
        refused(503, None, self.nobody.post, "/public/report/" + self.token, {"title": "又坏了"})
        path = "/api/v1/public/report/" + urllib.parse.quote("../../work_order")
        assert self.nobody.raw("POST", path, b"{}")[0] in (400, 404, 405)


def run(label, db):
    flow = Flow(db)
    good = True
    steps = ("starts", "label_shows_a_neutral_card", "three_taps_report_a_fault", "desk_dispatches_who_is_free", "engineer_proves_presence",
             "pause_is_counter_signed", "story_holds_everything", "restored_printed_and_confirmed_by_the_reporter",
             "engineers_report_is_limited")
    try:
        for step in steps:
            if not case(f"{step} ({label})", getattr(flow, step)):
                good = False
                break
    finally:
        if not good:
            os.environ["SHOW_LOG"] = "1"
        flow.p.close()
    return good


if __name__ == "__main__":
    ok = run("sqlite", None)
    server = Postgres()
    try:
        ok = run("postgresql", server.url) and ok
    finally:
        server.close()
    finish(ok)
