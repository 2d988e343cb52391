#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The journal through the real program on both databases: what is journalled, who may read it, the verification
from the page and from the console, copies that are checked without the platform, and every tampering named."""
import hashlib
import json
import os
import re
import sqlite3
import stat
import subprocess

import kit

PEOPLE = {"t_sys": "sys_admin", "t_sec": "sec_admin", "t_aud": "auditor", "t_sup": "a_supervisor", "t_disp": "b_dispatcher",
          "t_clerk": "a_clerk"}


class World:
    def __init__(self, postgres):
        self.p = kit.Platform(postgres.url if postgres else None)
        for login, role in PEOPLE.items():
            self.p.user(login, role)
        self.p.start()
        self.who = {login: self.p.client(login) for login in PEOPLE}

    def rows(self, *filters, **more):
        return self.who["t_aud"].get("/journal", f=list(filters), limit=500, **more)["items"]


def refused(status, function, *args, **more):
    try:
        function(*args, **more)
    except kit.Refused as r:
        assert r.status == status, r
        return r
    raise AssertionError("was not refused")


def only_the_auditor_reads_and_refusals_are_journalled(w):
    for login in ("t_sys", "t_sec", "t_sup", "t_clerk"):
        refused(403, w.who[login].get, "/journal")
        refused(403, w.who[login].get, "/journal/verify")
        refused(403, w.who[login].post, "/journal/verify")
        refused(403, w.who[login].get, "/journal/export.xlsx")
    for login in ("t_sys", "t_sec"):
        row = w.rows(f"login.eq.{login}", "result.eq.denied", "action.eq.export")[0]
        assert row["kind"] == "journal" and row["address"] == "127.0.0.1" and row["actor"], row
    refused(403, w.who["t_clerk"].get, "/alarm")
    row = w.rows("login.eq.t_clerk", "result.eq.denied", "kind.eq.alarm")[0]
    assert row["action"] == "read" and "GET /api/v1/alarm" in str(row["changes"]), row


def logins_failed_logins_exports_and_changes_are_journalled(w):
    refused(401, kit.Client, w.p.port, "t_clerk", "wrong-Passw0rd!")
    assert w.rows("kind.eq.user", "action.eq.login", "result.eq.ok")
    assert any(r["result"] == "unauthorized" for r in w.rows("kind.eq.user", "action.eq.login"))
    w.who["t_sup"].call("GET", "/asset/export.xlsx?f=state.eq.in_use&q=secret")
    row = w.rows("kind.eq.asset", "action.eq.export")[0]
    assert row["login"] == "t_sup" and "in_use" in str(row["changes"]) and "secret" not in str(row), row
    w.who["t_sup"].call("GET", "/report/monthly?month=2026-05&format=json")
    assert w.rows("kind.eq.report", "action.eq.export", "login.eq.t_sup")
    unit = w.who["t_sys"].post("/org_unit", {"name": "测试科室", "type": "section", "video_scope": False})
    w.who["t_sys"].patch(f"/org_unit/{unit['id']}", {"rev": unit["rev"], "name": "测试科室乙"})
    row = w.rows("kind.eq.org_unit", f"record_id.eq.{unit['id']}", "action.eq.update")[0]
    assert row["changes"] == [{"field": "name", "label": row["changes"][0]["label"], "before": "测试科室", "after": "测试科室乙"}], row
    assert w.rows(q="测试科室乙")[0]["id"] == row["id"]


def the_list_is_paged_and_filtered(w):
    aud = w.who["t_aud"]
    first = aud.get("/journal", limit=5)
    second = aud.get("/journal", limit=5, after=first["next"])
    ids = [r["id"] for r in first["items"] + second["items"]]
    assert len(ids) == 10 and ids == sorted(ids, reverse=True) and len(set(ids)) == 10, ids
    at = first["items"][-1]["at"]
    assert all(r["at"] >= at for r in w.rows(f"at.ge.{at}"))
    assert {r["result"] for r in w.rows("result.in.denied,unauthorized")} == {"denied", "unauthorized"}
    refused(400, aud.get, "/journal", f="changes.eq.x")
    refused(400, aud.get, "/journal", f="at.eq.never")
    refused(400, aud.get, "/journal", limit=501)


def the_spreadsheet_holds_the_filter(w):
    path = os.path.join(w.p.dir, "journal.xlsx")
    data = w.who["t_aud"].call("GET", "/journal/export.xlsx?f=result.eq.denied")
    with open(path, "wb") as f:
        f.write(data)
    out = subprocess.run(["/usr/bin/python3", "-c", "import openpyxl,sys;"
                          "s=openpyxl.load_workbook(sys.argv[1]).active;print(s.max_row,sorted({r[9].value for r in s.iter_rows(min_row=2)}))",
                          path], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert out.split(" ", 1)[1].strip() == "['denied']" and int(out.split()[0]) > 10, out
    assert w.rows("kind.eq.journal", "action.eq.export", "result.eq.ok")


def check(w):
    w.who["t_aud"].post("/journal/verify")
    return kit.until("the verification", 30, lambda: (s := w.who["t_aud"].get("/journal/verify"))["running"] is False and s)


def the_page_verifies_the_chain(w):
    state = check(w)
    assert state["ok"] and state["rows"] >= state["total"] > 0 and state["n_faults"] == 0, state
    assert len(state["head"]["hash"]) == 64, state
    assert kit.until("the verification in the journal", 10, lambda: w.rows("kind.eq.journal", "action.eq.verify"))


def copies_are_verified_anywhere(w):
    a, b = os.path.join(w.p.dir, "a"), os.path.join(w.p.dir, "b")
    told = w.p.run("journal", "export", a)
    feed, anchor = told.split("至 ")[1].split(" ")[0], told.strip().split("锚点 ")[1]
    refused(403, w.who["t_sys"].get, "/journal")
    kit.until("new sealed rows", 10, lambda: w.p.run("journal", "head").split(":")[0] > feed)
    w.p.run("journal", "export", b, "--since", feed)
    verify = lambda *words: subprocess.run([kit.PROGRAM, "journal", "verify", *words], text=True, stdout=subprocess.PIPE,
                                                 stderr=subprocess.STDOUT)
    assert "日志完好" in verify(a, "--anchor", anchor).stdout
    assert "日志完好" in verify(a, b, "--anchor", anchor).stdout
    assert "日志完好" in verify(b, "--anchor", anchor).stdout
    empty, pipe = os.path.join(w.p.dir, "empty"), os.path.join(w.p.dir, "pipe")
    open(empty, "w").close()
    assert verify(empty).returncode == 2 and "完好" not in verify(empty).stdout, "nothing looked at is no intact copy"
    os.mkfifo(pipe)
    w.p.run("journal", "export", pipe, code=2)  # nothing but a file is replaced by a copy
    assert stat.S_ISFIFO(os.stat(pipe).st_mode) and not os.path.exists(pipe + ".part")
    with open(a) as f:
        lines = f.readlines()
    with open(a, "w") as f:
        f.writelines(lines[:3] + lines[4:])
    cut = verify(a)
    assert cut.returncode == 1 and "第 4 至 4 行缺失" in cut.stdout, cut
    with open(a, "w") as f:
        f.writelines(lines[:-1])
    cut = verify(a, "--anchor", anchor)
    assert cut.returncode == 1 and "截断" in cut.stdout, cut


def anchors_of_reports(w):
    """FEED:HASH as the three faces of a month's report carry it."""
    faces = {f: w.who["t_sup"].call("GET", f"/report/monthly?month=2026-05&format={f}") for f in ("json", "xlsx", "pdf")}
    told = faces["json"] if isinstance(faces["json"], dict) else json.loads(faces["json"])
    yield f"{told['anchor']['feed']}:{told['anchor']['hash']}"
    for face in ("xlsx", "pdf"):
        path = os.path.join(w.p.dir, "report." + face)
        with open(path, "wb") as f:
            f.write(faces[face])
        words = ["pdftotext", "-layout", path, "-"] if face == "pdf" else \
            ["/usr/bin/python3", "-c", "import openpyxl,sys;print([[c.value for c in r] for r in openpyxl.load_workbook(sys.argv[1])['校验']])", path]
        text = subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE).stdout
        yield re.search(r"日志锚点[', ]*(\d+:[0-9a-f]{64})", text).group(1)


def forge(lines, at):
    """The copy with one row changed and every hash from there on made anew: right in itself."""
    prev = None
    for i, line in enumerate(lines):
        text = line.rstrip("\n").split("  ", 1)[1]
        if i == at:
            text = text.replace('"127.0.0.1"', '"127.0.0.9"').replace('""', '"127.0.0.9"')
        if prev and i > at:
            text = re.sub(r'^(\[\d+,)"[0-9a-f]{64}"', lambda m: m.group(1) + f'"{prev}"', text)
        prev = hashlib.sha256(text.encode()).hexdigest()
        yield f"{prev}  {text}\n"


def a_report_on_paper_tells_of_a_journal_rewritten_since(w):
    anchors = list(anchors_of_reports(w))
    for anchor in anchors:
        told = w.p.run("journal", "verify", "--anchor", anchor)
        assert "日志完好" in told and "与外部锚点" in told, told
    copy, forged = os.path.join(w.p.dir, "copy"), os.path.join(w.p.dir, "forged")
    w.p.run("journal", "export", copy)
    with open(copy) as f:
        lines = f.readlines()
    with open(forged, "w") as f:
        f.writelines(forge(lines, 5))
    verify = lambda *words: subprocess.run([kit.PROGRAM, "journal", "verify", *words], text=True, stdout=subprocess.PIPE,
                                           stderr=subprocess.STDOUT)
    with open(forged) as f:
        new = f.readlines()
    assert new[4] == lines[4] and new[5] != lines[5]
    assert "日志完好" in verify(forged).stdout
    feed = anchors[0].split(":")[0]
    told = verify(forged, "--anchor", anchors[0])
    assert told.returncode == 1 and f"第 {feed} 行与外部锚点不符" in told.stdout, told


def the_anchor_file_tells_of_a_cut_end(w):
    w.p.stop()  # the last head goes to the anchor file
    told = w.p.run("journal", "verify")
    assert "日志完好" in told and "与外部锚点" in told, told
    if w.p.db:
        return
    with sqlite3.connect(os.path.join(w.p.data, "shouwang.db")) as db:
        db.executescript("DROP TRIGGER journal_no_delete; DROP TRIGGER journal_no_update;")
        last = db.execute("SELECT MAX(feed) FROM journal").fetchone()[0]
        db.execute("DELETE FROM journal WHERE feed > ?", (last - 2,))
        db.execute("UPDATE journal SET address = '10.0.0.1' WHERE feed = 7")
    told = subprocess.run(
        [kit.PROGRAM, "journal", "verify", *w.p.options()], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert told.returncode == 1 and "第 7 行被改动" in told.stdout, told
    assert f"第 {last - 1} 至 {last} 行缺失" in told.stdout, told


CASES = [only_the_auditor_reads_and_refusals_are_journalled, logins_failed_logins_exports_and_changes_are_journalled,
         the_list_is_paged_and_filtered, the_spreadsheet_holds_the_filter, the_page_verifies_the_chain,
         copies_are_verified_anywhere, a_report_on_paper_tells_of_a_journal_rewritten_since, the_anchor_file_tells_of_a_cut_end]


kit.on_both(World, CASES)
