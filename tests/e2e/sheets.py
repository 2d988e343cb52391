#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets in and out over the command line and HTTP, against other programs: ledgers by openpyxl, LibreOffice
(tests/data/sheets) and broken by hand; exports, templates and labels read back by openpyxl, pdftotext and zbarimg."""
import csv
import io
import json
import os
import struct
import subprocess
import zipfile
import zlib

from kit import PROGRAM, TOP, Platform, Postgres, case, finish

SHEETS = os.path.join(TOP, "tests", "data", "sheets")
HEAD = ["资产编号", "设备名称", "设备类别", "所属站点", "IP地址", "上联设备", "启用日期", "备注"]


def console(p, *words):
    done = subprocess.run([PROGRAM, *words, *p.options()], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else None, done.stderr


def import_(p, path, *more):
    return console(p, "import", "asset", path, *more)


def openpyxl(script, *arguments):
    """Debian's openpyxl, whatever python runs this."""
    return subprocess.run(["/usr/bin/python3", "-c", "import openpyxl, sys, json, datetime\n" + script, *arguments], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def write_csv(p, name, rows, head=HEAD):
    path = os.path.join(p.dir, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def exported(p, *columns):
    path = os.path.join(p.dir, "out.csv")
    p.run("export", "asset", path, "--columns", ",".join(columns))
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row[0]: row[1:] for row in csv.reader(file)}


def a_ledger_of_libreoffice_with_two_heading_levels(p):
    code, told, text = import_(p, os.path.join(SHEETS, "levels.xlsx"), "--create-sites")
    assert code == 0 and told["stored"], (told, text)
    assert (told["rows"], told["new"], told["unmatched"]) == (4, 4, ["序号"]), told
    assert told["new_sites"] == ["东区 01", "东区 02"], told
    assert [(s["row"], s["why"]) for s in told["skipped"]] == [(10, "total"), (12, "total"), (13, "note")], told
    have = exported(p, "asset_no", "name", "site_id", "ip", "mac", "in_use_on", "note")
    assert have["LO-001"] == ["䶮路口枪机", "东区 01", "198.18.7.1", "02:00:00:00:07:01", "2019-03-07", "第一行\n第二行"], have
    assert have["LO-002"][:3] == ["𠮷祥里球机", "东区 01", "198.18.7.2"] and have["LO-002"][5] == '含,逗号和"引号"', have
    assert have["LO-003"] == ["'=1+1 门口半球", "东区 02", "198.18.7.3", "", "2019-03-07", "'=HYPERLINK"], have  # guarded in csv
    assert have["LO-004"][4] == "2019-03-07", have


def days_from_1904(p):
    code, told, _ = import_(p, os.path.join(SHEETS, "mac1904.xlsx"), "--create-sites")
    assert code == 0 and told["new"] == 2, told
    have = exported(p, "asset_no", "in_use_on", "warranty_until_on")
    assert (have["MAC-1"], have["MAC-2"]) == (["2019-03-07", "2024-12-31"], ["2021-12-01", ""]), have


def one_ledger_in_every_encoding(p):
    for name, encoding in (("codes-utf8.csv", "utf-8"), ("codes-gb18030.csv", "gb18030"), ("codes-utf16.csv", "utf-16le")):
        code, told, text = import_(p, os.path.join(SHEETS, name), "--create-sites")
        assert code == 0 and told["rows"] == 3 and told["encoding"] == encoding, (name, told, text)
        assert told["new"] == (3 if name == "codes-utf8.csv" else 0) and told["changed"] == 0, (name, told)
    with open(os.path.join(SHEETS, "codes-utf8.csv"), encoding="utf-8") as file:
        text = file.read()
    for name, data in (("bom.csv", b"\xef\xbb\xbf" + text.encode()), ("be.csv", b"\xfe\xff" + text.encode("utf-16-be")),
                       ("le.csv", text.encode("utf-16-le"))):
        path = os.path.join(p.dir, name)
        with open(path, "wb") as file:
            file.write(data)
        code, told, _ = import_(p, path)
        assert code == 0 and told["unchanged"] == 3, (name, told)
    have = exported(p, "asset_no", "name", "state", "serial_no", "in_use_on")
    assert have["CS-1"] == ["龘字机房服务器", "在用", 'SN,1"x', "2019-03-07"], have
    assert have["CS-2"] == ["㐂打印机", "备用", "SN2", "2019-03-07"] and have["CS-3"][1:] == ["报废", "SN3", "2019-03-01"], have


def numbers_dates_and_blanks_as_people_type_them(p):
    path = os.path.join(p.dir, "typed.xlsx")
    openpyxl('''
b = openpyxl.Workbook(); s = b.active
s.append(["\\u3000资 产 编 号 *", "asset_name", "设备类别", "使用地点", "启用日期", "质保到期", "序列号", "使用情况"])
s.append(["Ｔ－１\\u200b", "　全角 编号\\u3000", "打印机", "东区01", 43531, "20190307", 123456789012345, "闲置"])
s.append(["T-2", "日期", "打印机", "东 区 01", datetime.datetime(2019, 3, 7, 8, 30), "２０１９．３．７", "-", "正常"])
s.append(["T-3", "无", "打印机", "-", "2019/3/7", None, "/", None])
b.save(sys.argv[1])''', path)
    code, told, _ = import_(p, path, "--map", "asset_name=name")
    assert code == 2 and told["new_sites"] == [] and [(e["row"], e["column"]) for e in told["errors"]] == [(4, "设备名称")], told
    code, told, _ = import_(p, path, "--map", "asset_name=name", "--good-rows")
    assert code == 2 and told["stored"] and told["new"] == 2, told
    have = exported(p, "asset_no", "name", "site_id", "in_use_on", "warranty_until_on", "serial_no", "state")
    assert have["T-1"] == ["全角 编号", "东区 01", "2019-03-07", "2019-03-07", "123456789012345", "备用"], have
    assert have["T-2"] == ["日期", "东区 01", "2019-03-07", "2019-03-07", "", "在用"], have


def a_mapping_is_remembered_for_the_same_headings(p):
    head = ["码", "叫什么", "是什么", "放哪里"]
    path = write_csv(p, "own.csv", [["R-1", "甲", "打印机", "东区 01"]], head)
    code, told, text = import_(p, path)
    assert code == 2 and told is None and "表头" in text, text
    words = "码=asset_no;叫什么=name;是什么=class_id;放哪里=site_id"
    code, told, _ = import_(p, path, "--map", words)
    assert code == 0 and told["new"] == 1 and told["remembered"] is None, told
    path = write_csv(p, "own2.csv", [["R-1", "甲改", "打印机", "东区 01"], ["R-2", "乙", "打印机", "东区 01"]], head)
    code, told, _ = import_(p, path, "--dry-run")
    assert code == 0 and told["remembered"] == words and (told["new"], told["changed"]) == (1, 1), told
    assert all(h["mapped"] for h in told["headings"]), told
    assert told["changes"] == [{"row": 2, "id": told["changes"][0]["id"], "label": "甲改",
                                "changes": [{"column": "设备名称", "before": "甲", "after": "甲改"}]}], told
    code, told, text = import_(p, path, "--map", "")
    assert code == 2 and told is None, (told, text)


def wrong_rows_come_back_and_go_in_when_mended(p):
    path = os.path.join(p.dir, "wrong.xlsx")
    openpyxl('''
b = openpyxl.Workbook(); s = b.active
s.append(["资产编号", "设备名称", "设备类别", "所属站点", "IP地址", "启用日期", "自家一列"])
s.append(["W-1", "好的", "打印机", "东区 01", "198.18.8.1", "2020-1-2", "随便"])
s.append(["W-2", "两处错", "飞机", "东区 01", "300.1.1.1", "去年", "留着"])
s.append(["W-1", "重复", "打印机", "东区 01", None, None, None])
s.append([None, "没有编号", "打印机", "东区 01", None, None, None])
b.save(sys.argv[1])''', path)
    bad = os.path.join(p.dir, "bad.xlsx")
    code, told, _ = import_(p, path, "--good-rows", "--errors", bad)
    assert code == 2 and told["stored"] and (told["rows"], told["good"], told["wrong"]) == (4, 1, 3), told
    rows = json.loads(openpyxl("print(json.dumps([[c.value for c in r] for r in openpyxl.load_workbook(sys.argv[1]).active]))", bad))
    assert rows[0] == ["资产编号", "设备名称", "设备类别", "所属站点", "IP地址", "启用日期", "自家一列", "错误原因"], rows
    assert [r[0] for r in rows[1:]] == ["W-2", "W-1", None] and rows[1][6] == "留着", rows
    assert "【IP地址】" in rows[1][7]  # all that is wrong at once
    assert "【设备类别】" in rows[1][7] and "【启用日期】" in rows[1][7] and "2019-03-07" in rows[1][7] and "第 2 行" in rows[2][7], rows
    openpyxl('''
b = openpyxl.load_workbook(sys.argv[1]); s = b.active
s["C2"], s["E2"], s["F2"], s["A3"], s["A4"] = "打印机", "198.18.8.2", "2020-02-03", "W-3", "W-4"
b.save(sys.argv[1])''', bad)
    code, told, _ = import_(p, bad)
    assert code == 0 and told["new"] == 3 and told["unmatched"] == ["自家一列"], told


def an_import_is_taken_back_where_nobody_has_been_since(p):
    first = write_csv(p, "u1.csv", [["U-1", "甲", "监控交换机", "新站 1", "", "", "", ""], ["U-2", "乙", "摄像机", "新站 1", "", "U-1", "", ""]])
    code, told, _ = import_(p, first, "--create-sites")
    assert code == 0 and told["new"] == 2, told
    second = write_csv(p, "u2.csv", [["U-1", "甲改", "", "", "", "", "2020-01-01", ""], ["U-2", "乙改", "", "", "", "", "", ""],
                                     ["U-3", "丙", "摄像机", "新站 2", "", "U-1", "", ""]])
    code, told, _ = import_(p, second, "--create-sites")
    assert code == 0 and (told["new"], told["changed"]) == (1, 2), told
    batch = told["batch_id"]
    code, told, _ = import_(p, write_csv(p, "u3.csv", [["U-2", "乙又改", "", "", "", "", "", ""]]))
    assert code == 0 and told["changed"] == 1, told
    code, told, text = console(p, "import", "--undo", str(batch))
    assert code == 0 and told["state"] == "undone" and told["kept_count"] == 1 and "乙又改" in told["kept"], (told, text)
    have = exported(p, "asset_no", "name", "in_use_on")
    assert have["U-1"] == ["甲", ""] and have["U-2"][0] == "乙又改" and "U-3" not in have, have
    code, told, _ = console(p, "import", "--undo", str(batch))
    assert code == 2, told
    code, told, _ = import_(p, second, "--create-sites")  # and once more: number and site are free again
    assert code == 0 and told["new"] == 1 and told["new_sites"] == ["新站 2"], told


def uplinks_by_name_and_number_in_any_order(p):
    path = write_csv(p, "links.csv", [["K-1", "末端", "摄像机", "东区 01", "", "K-2", "", ""], ["K-2", "中间", "监控交换机", "东区 01", "", "唯一的核心", "", ""],
                                      ["K-3", "唯一的核心", "监控交换机", "东区 01", "", "", "", ""]])
    code, told, text = import_(p, path)
    assert code == 0 and told["new"] == 3, (told, text)
    out = os.path.join(p.dir, "uplink.csv")
    p.run("export", "uplink", out, "--columns", "asset_id,up_id")
    with open(out, encoding="utf-8-sig") as file:
        pairs = [tuple(r) for r in csv.reader(file)]
    assert ("末端", "中间") in pairs and ("中间", "唯一的核心") in pairs, pairs
    code, told, _ = import_(p, write_csv(p, "end.csv", [["K-1", "", "", "", "", "无", "", ""]]))
    p.run("export", "uplink", out, "--columns", "asset_id,up_id")
    with open(out, encoding="utf-8-sig") as file:
        assert "末端" not in file.read(), told


def zip_of(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name, data)
    return out.getvalue()


def broken_and_hostile_files_are_refused_with_the_reason(p):
    with open(os.path.join(SHEETS, "levels.xlsx"), "rb") as file:
        good = file.read()
    parts = {n: zipfile.ZipFile(io.BytesIO(good)).read(n) for n in zipfile.ZipFile(io.BytesIO(good)).namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(17) + zlib.compress(bytes(900))
    files = {"cut.xlsx": (good[:len(good) * 2 // 3], "不完整"), "picture.xlsx": (png, "PNG"),
             "old.xls": (open(os.path.join(SHEETS, "codes.xls"), "rb").read(), "另存为 .xlsx"),
             "password.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0")
                               + struct.pack("<H", 34) + bytes(62 + 1024), "密码"),
             "entity.xlsx": (zip_of({**parts, sheet: entity}), "DTD"), "empty.csv": (b"", "空"),
             "bomb.xlsx": (zip_of({**parts, sheet: b"<worksheet>" + b" " * (40 << 20) + b"</worksheet>"}), "炸弹"),
             "line.csv": ("资产编号,设备名称\n".encode() + b"x" * (100 << 20), "上限"),
             "cell.csv": ("资产编号,设备名称\nL-1,".encode() + b"x" * (20 << 20), "字节")}
    for name, (data, word) in files.items():
        path = os.path.join(p.dir, name)
        with open(path, "wb") as file:
            file.write(data)
        code, told, text = import_(p, path)
        assert code in (1, 2) and told is None and "错误" in text and word in text, (name, code, text[:300])
        os.unlink(path)


def exports_and_templates_open_in_another_program(p):
    out = os.path.join(p.dir, "out.xlsx")
    p.run("export", "asset", out, "--query", "f=state.eq.in_use&sort=-asset_no", "--columns", "asset_no,name,class_id,in_use_on")
    rows = json.loads(openpyxl("print(json.dumps([[str(c.value) for c in r] for r in openpyxl.load_workbook(sys.argv[1]).active]))", out))
    assert rows[0] == ["资产编号", "设备名称", "设备类别", "启用日期"], rows[0]
    numbers = [r[0] for r in rows[1:]]
    assert numbers == sorted(numbers, key=lambda n: n.encode(), reverse=True) and "CS-2" not in numbers, numbers
    assert ["LO-003", "=1+1 门口半球", "摄像机", "2019-03-07 00:00:00"] in rows, rows
    kinds = openpyxl("print([c.data_type for c in openpyxl.load_workbook(sys.argv[1]).active['B']])", out)
    assert "'f'" not in kinds, kinds  # text that looks like a formula is text


def over_http(p):
    for role in ("b_pm", "a_leader"):
        p.user(role, role)
    p.start()
    c, leader = p.client("b_pm"), p.client("a_leader")
    rows = [["H-1", "网页导入 𠮷", "摄像机", "东区 01", "198.18.8.9", "", "2020-01-01", ""], ["H-2", "错的", "飞机", "东区 01", "", "", "", ""]]
    with open(write_csv(p, "http.csv", rows), "rb") as file:
        data = file.read()
    told = c.call("POST", "/asset/import?dry_run=1&name=http.csv", data)
    assert (told["rows"], told["new"], told["wrong"], told["stored"]) == (2, 1, 1, False), told
    status, bad = c.raw("POST", "/api/v1/asset/import/errors.xlsx?name=http.csv", data)
    assert status == 200 and zipfile.ZipFile(io.BytesIO(bad)).testzip() is None, status
    assert b"sheet1.xml" in bad
    for word, answer in (("true", 200), ("2", 400), ("yes", 400)):  # a dry run that is misspelt writes nothing
        status, body = c.raw("POST", f"/api/v1/asset/import?dry_run={word}&good_rows=1", data)
        assert status == answer and (status == 400 or not json.loads(body)["stored"]), (word, status, body)
    told = c.call("POST", "/asset/import?good_rows=1&name=http.csv", data)
    assert told["stored"] and told["batch_id"], told
    batch = c.get(f"/import_batch/{told['batch_id']}")
    assert batch["file_name"] == "http.csv" and batch["actor_id_label"] == "b_pm" and batch["can"] == ["undo"], batch
    assert leader.raw("POST", "/api/v1/asset/import", data)[0] == 403 and leader.raw("GET", "/api/v1/asset/template.xlsx")[0] == 403
    status, body = c.raw("GET", "/api/v1/asset/export.csv?f=asset_no.eq.H-1&columns=asset_no,name,ip")
    assert status == 200 and body.decode("utf-8-sig").splitlines()[1] == "H-1,网页导入 𠮷,198.18.8.9", body
    status, body = c.raw("GET", "/api/v1/asset/template.xlsx")
    path = os.path.join(p.dir, "template.xlsx")
    with open(path, "wb") as file:
        file.write(body)
    told = json.loads(openpyxl('''
b = openpyxl.load_workbook(sys.argv[1]); s = b.worksheets[0]
rules = {str(v.sqref).split(":")[0]: (v.type, v.formula1, v.prompt) for v in s.data_validations.dataValidation}
print(json.dumps([b.sheetnames, [c.value for c in s[1]], rules, [c.value for c in b["_选项"]["A"]], b.worksheets[1]["A1"].value]))''', path))
    names, head, rules, first, explained = told
    assert names == ["设备", "填写说明", "_选项"] and explained == "列" and "设备名称*" in head and "上联设备" in head, told
    at = chr(ord("A") + head.index("设备类别*"))
    assert rules[at + "2"][0] == "list" and "摄像机" in first and "必填" in rules[at + "1"][2], told
    code, told, text = console(p, "import", "asset", path)  # an empty template has no rows and is no mistake
    assert code == 0 and told["rows"] == 0, (told, text)
    labels(p, c)
    undone = c.post(f"/import_batch/{batch['id']}/undo", {"rev": batch["rev"]})
    # its label was printed; that is no change of the record
    assert undone["state"] == "undone" and c.list("asset", "asset_no.eq.H-1") == [], undone


def labels(p, c):
    for size, pages in (("", 1), ("roll:60x40", 2), ("a4:2x7", 1)):
        status, pdf = c.raw("GET", "/api/v1/asset/labels.pdf?f=asset_no.in.H-1,LO-001" + (f"&size={size}" if size else ""))
        assert status == 200 and pdf.startswith(b"%PDF"), (size, status, pdf[:200])
        path = os.path.join(p.dir, "labels.pdf")
        with open(path, "wb") as file:
            file.write(pdf)
        text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, text=True, stdout=subprocess.PIPE).stdout
        assert "䶮路口枪机" in text and "𠮷" in text and "编号 H-1" in text and "地点 东区 01" in text, (size, text)
        subprocess.run(["pdftoppm", "-r", "200", "-png", path, os.path.join(p.dir, "label")], check=True)
        pictures = sorted(f for f in os.listdir(p.dir) if f.startswith("label-"))
        assert len(pictures) == pages, (size, pictures)
        read = subprocess.run(["zbarimg", "--nodbus", "-q", "--raw", *(os.path.join(p.dir, f) for f in pictures)], text=True, stdout=subprocess.PIPE)
        codes = set(read.stdout.split())
        assert len(codes) == 2 and all(code.startswith(f"http://127.0.0.1:{p.port}/q/") and len(code.split("/")[-1]) == 32
                                       for code in codes), (size, codes)
        for f in pictures:
            os.unlink(os.path.join(p.dir, f))
    assert c.raw("GET", "/api/v1/asset/labels.pdf?size=a9:1")[0] == 422 or c.raw("GET", "/api/v1/asset/labels.pdf?size=a9:1")[0] == 400


def on_postgresql():
    """The same on the other database: many rows at once, a row refused by it, the undo."""
    server = Postgres()
    p = Platform(server.url)
    try:
        rows = [[f"P-{i}", f"摄像机 {i}", "摄像机", f"站 {i % 7}", f"10.9.{i // 250}.{i % 250}", f"P-{i - 1}" if i else "", "2020-01-02", ""]
                for i in range(450)]
        code, told, text = import_(p, write_csv(p, "many.csv", rows), "--create-sites")
        assert code == 0 and told["new"] == 450 and len(told["new_sites"]) == 7, (told, text)
        code, told, _ = import_(p, write_csv(p, "more.csv", [*rows[:200], ["P-1", "又", "摄像机", "", "", "", "", ""]]))
        assert code == 2 and (told["unchanged"], told["wrong"]) == (200, 1), told
        an_import_is_taken_back_where_nobody_has_been_since(p)
    finally:
        p.close()
        server.close()


def main():
    p = Platform()
    good = True
    for step in (a_ledger_of_libreoffice_with_two_heading_levels, days_from_1904, one_ledger_in_every_encoding,
                 numbers_dates_and_blanks_as_people_type_them, a_mapping_is_remembered_for_the_same_headings,
                 wrong_rows_come_back_and_go_in_when_mended, an_import_is_taken_back_where_nobody_has_been_since,
                 uplinks_by_name_and_number_in_any_order, broken_and_hostile_files_are_refused_with_the_reason,
                 exports_and_templates_open_in_another_program, over_http):
        good = case(step.__name__, step, p) and good
    p.close()
    good = case(on_postgresql.__name__, on_postgresql) and good
    finish(good)


main()
