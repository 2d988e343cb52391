# SPDX-License-Identifier: Apache-2.0
"""The thin line, end to end: a ledger from a spreadsheet, real probes, a switch that falls silent, one outage,
one order on the contract's clock, an engineer with a photo, a supervisor, and a report whose numbers are lists."""
import json
import os
import subprocess
import time

from kit import Platform, Postgres, Refused, Street, case, finish, until

SWITCH, AFFECTED = "JK-E00", 20  # the east community's switch, its 18 cameras and its recorder
OFFICE = "BG-S00"


class Line:
    def __init__(self, db):
        self.p = Platform(db)
        self.street = Street(self.p.dir)
        self.p.netns = self.street.name
        for login, role in (("dispatcher", "b_dispatcher"), ("field", "b_field"), ("resident", "b_resident"),
                            ("supervisor", "a_supervisor"), ("leader", "a_leader")):
            self.p.user(login, role)

    def import_ledger(self):
        look = json.loads(self.p.run("import", "asset", self.street.ledger, "--dry-run"))
        assert look["rows"] >= 45 and look["wrong"] == 0 and not look["stored"], look
        assert look["new_sites"], look
        done = json.loads(self.p.run("import", "asset", self.street.ledger, "--create-sites"))
        assert done["new"] == look["rows"] and done["stored"], done
        again = json.loads(self.p.run("import", "asset", self.street.ledger, "--create-sites"))
        assert again["unchanged"] == look["rows"] and again["new"] == again["changed"] == 0, again
        self.rows = look["rows"]

    def start(self):
        self.p.start()
        self.desk, self.field = self.p.client("dispatcher"), self.p.client("field")
        self.supervisor = self.p.client("supervisor")

    def all_seen(self):
        def seen():
            return self.desk.total("asset", "f=health.eq.up") >= self.rows
        until("every device answers", 90, seen)

    def switch_falls_silent(self):
        self.street.tell("down", SWITCH)
        began = time.monotonic()

        def one_outage():
            found = self.desk.list("outage", "state.eq.open")
            return found if found and found[0]["affected_count"] >= AFFECTED else None
        outages = until("an outage with all affected", 120, one_outage)
        assert len(outages) == 1, outages
        self.outage = outages[0]
        orders = until("a work order", 120 - (time.monotonic() - began),
                       lambda: self.desk.list("work_order", f"outage_id.eq.{self.outage['id']}"))
        print(f"# {time.monotonic() - began:.1f} s from silence to the order")
        assert len(orders) == 1, orders
        self.order = orders[0]

    def outage_is_right(self):
        root = self.desk.get(f"/asset/{self.outage['root_asset_id']}")
        assert root["asset_no"] == SWITCH, root
        affected = self.desk.list("outage_asset", f"outage_id.eq.{self.outage['id']}", limit=100)
        assert len(affected) == self.outage["affected_count"] == AFFECTED, len(affected)
        assert self.desk.total("outage", "") == 1 and self.desk.total("work_order", "") == 1

    def deadline_is_right(self):
        clocks = {c["metric"]: c for c in self.desk.list("sla_clock", f"work_order_id.eq.{self.order['id']}")}
        respond = clocks["respond"]
        assert respond["rule_code"] == "S-05" and respond["calendar"] == "24x7", respond
        assert respond["deadline_at"] - respond["started_at"] == 120 * 60000, respond
        assert respond["started_at"] == self.order["started_at"] == self.outage["started_at"] // 1000 * 1000  # to the second
        assert self.order["deadline_at"] == min(c["deadline_at"] for c in clocks.values())
        ledger = self.desk.get(f"/sla_clock/{respond['id']}/ledger")
        assert ledger["worked_minutes"] == 120, ledger

    def engineer_works(self):
        order = self.field.act("work_order", self.order, "accept")
        assert order["state"] == "accepted" and order["engineer_id_label"], order
        order = self.field.act("work_order", order, "arrive", presence="现场", before_photos=[self.field.photo()])
        try:
            self.field.act("work_order", order, "restore", result="更换电源模块")
            raise AssertionError("restored without a photo")
        except Refused as refused:
            assert refused.error["field"] == "after_photos", refused
        letter = self.field.call("PUT", "/file?name=photo.txt", "不是照片".encode())["id"]
        try:
            self.field.act("work_order", order, "restore", result="更换电源模块", after_photos=[letter])
            raise AssertionError("restored with a text for a photo")
        except Refused as refused:
            assert refused.error["field"] == "after_photos", refused
        self.street.tell("up", SWITCH)
        order = self.field.act("work_order", order, "restore", result="更换电源模块", cause="电源故障",
                               after_photos=[self.field.photo("after.jpg")])
        assert order["state"] == "restored" and order["after_photos"][0]["type"] == "image/jpeg", order
        try:
            self.field.act("work_order", order, "confirm", rating=5)
            raise AssertionError("the engineer confirmed his own work")
        except Refused as refused:
            assert refused.status == 403, refused
        self.order = order

    def supervisor_confirms(self):
        order = self.supervisor.get(f"/work_order/{self.order['id']}")
        assert "confirm" in order["can"], order["can"]
        order = self.supervisor.act("work_order", order, "confirm", rating=5, confirm_note="已恢复")
        assert order["state"] == "confirmed", order
        met = self.desk.list("sla_clock", f"work_order_id.eq.{order['id']}", "state.eq.met")
        assert len(met) == 2, met
        actions = [i["action"] for i in self.supervisor.get(f"/work_order/{order['id']}/journal")["items"]]
        assert actions == ["create", "clock", "accept", "arrive", "restore", "confirm"], actions

    def outage_ends(self):
        def ended():
            return self.desk.list("outage", "state.eq.ended")
        outage = until("the outage ends", 120, ended)[0]
        assert outage["ended_at"] > outage["started_at"]
        assert self.desk.total("outage_asset", f"f=outage_id.eq.{outage['id']}&f=dark_until_at.null.1") == 0

    def office_switch_runs_on_office_hours(self):
        self.street.tell("down", OFFICE)

        def order():
            return self.desk.list("work_order", "line.eq.office_it")
        order = until("an order of the office line", 120, order)[0]
        clocks = {c["metric"]: c for c in self.desk.list("sla_clock", f"work_order_id.eq.{order['id']}")}
        assert clocks["restore"]["rule_code"] == "S-02" and clocks["restore"]["calendar"] == "5x8", clocks
        t0 = self.p.run("sla", "deadline", "--batch", text="5x8 120 " + time.strftime(
            "%Y-%m-%dT%H:%M:%S", time.gmtime(clocks["restore"]["started_at"] // 1000 + 8 * 3600)) + "\n")
        expected = t0.split()[0]
        shown = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(clocks["restore"]["deadline_at"] // 1000 + 8 * 3600))
        assert shown.startswith(expected), (shown, expected)
        assert self.desk.list("outage", "state.eq.open")[0]["root_asset_id_label"] == order["asset_id_label"]

    def numbers_are_lists(self):
        month = time.strftime("%Y-%m", time.gmtime(time.time() + 8 * 3600))
        figures = self.supervisor.get("/figure", set="monthly", month=month)["figures"]
        values = {f["id"]: f["value"] for f in figures}
        for f in figures:
            if f["kind"]:
                assert self.supervisor.total(f["kind"], f["query"]) == f["value"], f
        assert values["orders_month"] == 2 and values["orders_done"] == 1 and values["outages_month"] == 2, values
        assert values["clocks_met"] == 1 and values["affected_month"] >= AFFECTED, values
        self.month, self.values = month, values

    def report_prints(self):
        pdf, out = os.path.join(self.p.dir, "r.pdf"), os.path.join(self.p.dir, "r.json")
        self.p.run("report", "monthly", self.month, pdf)
        self.p.run("report", "monthly", self.month, out)
        with open(out, encoding="utf-8") as file:
            told = {f["id"]: f["value"] for f in json.load(file)["figures"]}
        assert {k: told[k] for k in ("orders_month", "outages_month", "affected_month")} == \
            {k: self.values[k] for k in ("orders_month", "outages_month", "affected_month")}
        info = subprocess.run(["pdfinfo", pdf], check=True, text=True, stdout=subprocess.PIPE).stdout
        assert "Pages:           1\n" in info, info
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, text=True, stdout=subprocess.PIPE).stdout
        for word in ("运维月报", "工单总数", str(self.values["affected_month"])):
            assert word in text.replace(" ", ""), text
        status, data = self.supervisor.raw("GET", f"/api/v1/report/monthly?month={self.month}&format=pdf")
        assert status == 200 and data.startswith(b"%PDF-")
        status, data = self.supervisor.raw("GET", f"/api/v1/report/monthly?month={self.month}&format=xlsx")
        assert status == 200 and data.startswith(b"PK")

    def journal_is_whole(self):
        self.p.stop()
        assert "日志完好" in self.p.run("journal", "verify")


def run(label, db):
    line = Line(db)
    good = True
    steps = ("import_ledger", "start", "all_seen", "switch_falls_silent", "outage_is_right", "deadline_is_right",
             "engineer_works", "supervisor_confirms", "outage_ends", "office_switch_runs_on_office_hours",
             "numbers_are_lists", "report_prints", "journal_is_whole")
    try:
        for step in steps:
            if not case(f"{step} ({label})", getattr(line, step)):
                good = False
                break
    finally:
        if not good:
            os.environ["SHOW_LOG"] = "1"
        line.street.close()
        line.p.close()
    return good


def main(kind):
    if kind == "sqlite":
        finish(run(kind, None))
    server = Postgres()
    try:
        good = run(kind, server.url)
    finally:
        server.close()
    finish(good)
