#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ledgers as people have them, made by openpyxl and by hand: what is stored equals what is told."""
import csv
import json
import os
import sqlite3
import subprocess
import zipfile

from kit import PROGRAM, Platform, case, finish

HEAD = ["资产编号", "设备名称", "类别", "使用地点", "IP", "上级设备编号", "投入使用时间"]


def run(p, path, *more, kind="asset"):
    done = subprocess.run([PROGRAM, "import", kind, path, *more, *p.options()], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def write(p, name, rows, encoding="utf-8"):
    path = os.path.join(p.dir, name)
    with open(path, "w", encoding=encoding, newline="") as file:
        file.write("\r\n".join(",".join(r) for r in [HEAD, *rows]) + "\r\n")
    return path


def bad_uplinks_are_left_out_whole(p):
    path = write(p, "up.csv", [
        ["U1", "甲", "监控交换机", "站A", "198.18.9.1", "", "2019.3.7"],
        ["U2", "乙", "摄像机", "站A", "198.18.9.2", "U1", "2019年3月7日"],
        ["U3", "丙", "摄像机", "站A", "198.18.9.3", "NOPE", ""],
        ["U4", "丁", "摄像机", "站A", "198.18.9.4", "U3", ""],
        ["U5", "戊", "摄像机", "站A", "198.18.9.5", "U5", ""],
        ["U2", "又一台乙", "摄像机", "站A", "", "", ""]])
    code, told, _ = run(p, path, "--create-sites")
    assert code == 2 and not told["stored"], told
    code, told, _ = run(p, path, "--create-sites", "--good-rows")
    assert code == 2 and told["stored"], told
    assert (told["rows"], told["good"], told["new"], told["wrong"]) == (6, 2, 2, 4), told
    assert {e["row"] for e in told["errors"]} == {4, 5, 6, 7}, told
    out = os.path.join(p.dir, "out.xlsx")
    subprocess.run([PROGRAM, "export", "asset", out, *p.options()], check=True, stderr=subprocess.DEVNULL)
    script = ("import openpyxl,sys; ws=openpyxl.load_workbook(sys.argv[1]).active;"
              "print(sorted((r[0].value, str(r[12].value)[:10]) for r in ws.iter_rows(min_row=2)))")
    text = subprocess.run(["/usr/bin/python3", "-c", script, out], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert text.strip() == "[('U1', '2019-03-07'), ('U2', '2019-03-07')]", text


def a_loop_of_uplinks_is_refused(p):
    path = write(p, "loop.csv", [["L1", "环一", "监控交换机", "站A", "", "L3", ""], ["L2", "环二", "监控交换机", "站A", "", "L1", ""],
                                 ["L3", "环三", "监控交换机", "站A", "", "L2", ""]])
    code, told, _ = run(p, path, "--create-sites")
    assert code == 2 and not told["stored"] and any("成环" in e["message"] for e in told["errors"]), told


def gbk_is_read_and_a_repeat_changes_nothing(p):
    path = write(p, "gbk.csv", [["G1", "镕基路口枪机", "摄像机", "东 区", "198.18.9.21", "U1", "２０２１－０１－０２"]], "gb18030")
    code, told, text = run(p, path, "--create-sites")
    assert code == 0 and told["new"] == 1, (told, text)
    code, told, _ = run(p, path)
    assert code == 0 and told["unchanged"] == 1 and told["changed"] == 0, told


def a_file_that_is_no_ledger_is_refused_with_the_reason(p):
    for name, data, word in (("a.xlsx", b"PK\x03\x04broken", ""), ("b.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xlsx"),
                             ("c.csv", "甲,乙\r\n1,2\r\n".encode(), "资产编号")):
        path = os.path.join(p.dir, name)
        with open(path, "wb") as file:
            file.write(data)
        code, told, text = run(p, path)
        assert code in (1, 2) and told is None and "错误" in text and word in text, (name, code, text)


def table(p, name, rows, kind="asset", *more):
    path = os.path.join(p.dir, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    done = subprocess.run([PROGRAM, "import", kind, path, *more, *p.options()], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def rows_of(p, kind, *columns):
    path = os.path.join(p.dir, f"{kind}.csv")
    p.run("export", kind, path, "--columns", ",".join(columns))
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [tuple(r) for r in list(csv.reader(file))[1:]]


def a_name_that_several_devices_bear_names_none(p):
    code, _, text = table(p, "same.csv", [["资产编号", "设备名称", "设备类别"], *([f"Q{i}", "枪机", "摄像机"] for i in range(3))])
    assert code == 0, text
    code, told, _ = table(p, "by_name.csv", [["设备名称", "点位编号"], ["枪机", "P1"]], "camera")
    assert code == 2 and told["wrong"] == 1 and "有几条" in told["errors"][0]["message"], told
    # the number says which, wherever its column stands
    code, told, text = table(p, "by_number.csv", [["设备名称", "设备编号", "点位编号", "摄像机类型", "补光"],
                                                  *(["枪机", f"Q{i}", f"P{i}", "红外枪机", "红外灯"] for i in range(3))], "camera")
    assert code == 0 and told["new"] == 3 and not told["unmatched"], (told, text)
    assert rows_of(p, "camera", "point_no", "type") == [(f"P{i}", "枪机") for i in range(3)]


def remarks_over_the_headings_are_no_part_of_them(p):
    rows = [["某街道台账"], ["填报单位：示例街道", "", "", "填表日期：2026年5月8日"], ["资产编号", "名称", "类别", "保管柜"], ["R1", "甲", "打印机", "1"]]
    code, told, text = table(p, "remarks.csv", rows)
    assert code == 0 and told["unmatched"] == ["保管柜"] and told["heading_row"] == 3, (told, text)


def months_typed_as_numbers(p):
    script = ("import openpyxl,sys; b=openpyxl.Workbook(); s=b.active; s.append(['资产编号','名称','类别','启用日期'])\n"
              "for i,v in enumerate([2019.3,2019.12,2019.1,2019.10]): s.append([f'Z{i}','甲','打印机',v])\n"
              "s['D5'].number_format='0.00'; b.save(sys.argv[1])")
    path = os.path.join(p.dir, "months.xlsx")
    subprocess.run(["/usr/bin/python3", "-c", script, path], check=True)
    code, told, text = run(p, path)
    assert code == 0, text
    have = {r[0]: r[1] for r in rows_of(p, "asset", "asset_no", "in_use_on")}
    assert [have[f"Z{i}"] for i in range(4)] == ["2019-03-01", "2019-12-01", "2019-01-01", "2019-10-01"], have
    assert [n["row"] for n in told["notes"]] == [4] and "2019.10" in told["notes"][0]["message"], told["notes"]


def every_kind_of_uplink_comes_from_the_sheet(p):
    head = ["资产编号", "名称", "类别", "上联设备", "上联端口", "光纤上联设备", "供电设备", "供电回路", "所属NVR", "通道号"]
    rows = [["K1", "交换机", "监控交换机", "", "", "", "K2", "1路", "", ""], ["K2", "电源", "摄像机配套设备", "K1", "G1", "", "", "", "", ""],
            ["K3", "录像机", "存储设备", "K1", "G2", "", "", "", "", ""], ["K4", "摄像机", "摄像机", "K1", "G3", "K1", "K2", "2路", "K3", "16"]]
    code, told, text = table(p, "kinds.csv", [head, *rows])
    assert code == 0 and told["new"] == 4, (told, text)  # across supplies a loop is real: K1 and K2
    have = {r for r in rows_of(p, "uplink", "type", "up_id", "port") if r[1] in ("交换机", "电源", "录像机")}
    assert have == {("供电", "电源", "1路"), ("交换机端口", "交换机", "G1"), ("交换机端口", "交换机", "G2"), ("交换机端口", "交换机", "G3"),
                    ("光纤", "交换机", ""), ("供电", "电源", "2路"), ("录像通道", "录像机", "16")}, have
    code, told, _ = table(p, "power.csv", [["资产编号", "供电设备"], ["K2", "K1"]])
    assert code == 2 and "成环" in told["errors"][0]["message"], told


def search_knows_every_record_once(p):
    rows = [[f"M{i}", f"多台 {i}", "摄像机", "站A", "", "M0" if i else "", ""] for i in range(450)]  # several chunks
    code, told, text = run(p, write(p, "many.csv", rows))
    assert code == 0 and told["new"] == 450, (told, text)
    with sqlite3.connect(os.path.join(p.data, "shouwang.db"), timeout=20) as db:
        for kind in ("asset", "uplink", "site", "camera"):
            have, known = ([r[0] for r in db.execute(f"SELECT id FROM {table} ORDER BY id")] for table in (kind, f"{kind}_search_content"))
            assert have and have == known, (kind, len(have), len(known))


def by_openpyxl(p, name, rows, *more):
    """A sheet of these rows by openpyxl; more: statements about the sheet s."""
    path = os.path.join(p.dir, name)
    script = "import openpyxl,sys,json; b=openpyxl.Workbook(); s=b.active\nfor r in json.loads(sys.argv[2]): s.append(r)\n"
    subprocess.run(["/usr/bin/python3", "-c", script + "\n".join(more) + "\nb.save(sys.argv[1])", path, json.dumps(rows)], check=True)
    return path


def an_uplink_that_an_import_ended_stands_again_after_its_undo(p):
    head = ["资产编号", "名称", "类别", "上联设备", "上联端口"]
    code, _, text = table(p, "up1.csv", [head, ["N1", "上", "监控交换机", "", ""], ["N2", "下", "摄像机", "N1", "G7"]])
    assert code == 0, text
    batch = table(p, "end1.csv", [head[:1] + head[3:4], ["N2", "-"]])[1]["batch_id"]
    links = lambda: [r for r in rows_of(p, "uplink", "asset_id", "up_id", "port") if r[0] == "下"]
    assert links() == []
    done = subprocess.run([PROGRAM, "import", "--undo", str(batch), "--data", p.data], text=True, stdout=subprocess.PIPE)
    assert done.returncode == 0 and json.loads(done.stdout)["kept_count"] == 0 and links() == [("下", "上", "G7")], (done.stdout, links())
    # but not beside one that was made since
    batch = table(p, "end2.csv", [head[:1] + head[3:4], ["N2", "-"]])[1]["batch_id"]
    table(p, "new.csv", [head, ["N3", "新上", "监控交换机", "", ""], ["N2", "", "", "N3", "G8"]])
    done = subprocess.run([PROGRAM, "import", "--undo", str(batch), "--data", p.data], text=True, stdout=subprocess.PIPE)
    assert "另有登记" in json.loads(done.stdout)["kept"] and links() == [("下", "新上", "G8")], (done.stdout, links())


def numbers_that_a_spreadsheet_program_has_cut_are_wrong(p):
    path = by_openpyxl(p, "cut.xlsx", [["资产编号", "名称", "类别", "序列号"], ["L1", "甲", "打印机", 1234567890123456789], ["L2", "甲", "打印机", 1234567890123456],
                                       ["L3", "甲", "打印机", "1.23E+15"], ["L4", "甲", "打印机", "1234567890123456789"], ["L5", "甲", "打印机", 1.23e15]])
    code, told, _ = run(p, path, "--good-rows")
    assert code == 2 and [(e["row"], e["column"]) for e in told["errors"]] == [(2, "序列号"), (4, "序列号"), (6, "序列号")], told["errors"]
    assert "15 位" in told["errors"][0]["message"], told["errors"]
    have = dict(rows_of(p, "asset", "asset_no", "serial_no"))
    assert have["L2"] == "1234567890123456" and have["L4"] == "1234567890123456789", have


def choices_dates_and_codes_as_people_write_them(p):
    rows = [["资产编号", "名称", "类别", "投入使用时间", "状态", "上联设备"], ["Ｃ－０１", "甲", "打 印 机", "二〇一九年三月", "在 用", ""], ["C-02", "乙", "打印机", "二O一九年十二月三十一日", "正 常", "Ｃ－０１"],
            ["C-03", "丙", "打印机", "201903", "", ""], ["C-04", "丁", "打印机", "200307", "", ""], ["C\u00ad-05", "戊", "打印机", "2019年", "坏", ""]]
    code, told, _ = table(p, "words.csv", rows)
    assert code == 2 and [(e["row"], e["column"]) for e in told["errors"]] == [(5, "启用日期"), (6, "状态"), (6, "启用日期")], told
    assert [e["heading"] for e in told["errors"]] == ["投入使用时间", "状态", "投入使用时间"], told  # as the sheet says it
    code, told, _ = run(p, os.path.join(p.dir, "words.csv"), "--good-rows")
    have = {r[0]: r[1:] for r in rows_of(p, "asset", "asset_no", "in_use_on", "state")}
    assert (have["C-01"], have["C-02"], have["C-03"]) == (("2019-03-01", "在用"), ("2019-12-31", "在用"), ("2019-03-01", "在用")), have
    assert ("乙", "甲") in rows_of(p, "uplink", "asset_id", "up_id")
    code, told, text = table(p, "net.csv", [["设备编号", "接入协议", "取电方式", "防雷"], ["C-01", "28181", "", ""]], "asset_network")
    assert code == 0 and rows_of(p, "asset_network", "protocol") == [("GB/T 28181",)], (told, text)
    code, told, text = table(p, "power.csv", [["设备编号", "取电方式", "防雷"], ["C-01", "poe", "TRUE"]], "asset_power")
    assert code == 0 and rows_of(p, "asset_power", "type", "surge_protection") == [("PoE", "是")], (told, text)


def one_device_in_two_rows_is_told_whatever_names_it(p):
    rows = [["资产编号", "名称", "类别", "序列号"], ["I1", "甲", "打印机", "IS1"], ["I2", "乙", "打印机", "IS1"], ["", "丙", "打印机", "IS1"], ["", "丁", "打印机", "IS2"],
            ["I3", "戊", "打印机", "IS2"], ["Ｉ１", "己", "打印机", ""]]
    code, told, _ = table(p, "twice.csv", rows)
    assert code == 2 and [(e["row"], e["column"]) for e in told["errors"]] == [(4, "序列号"), (6, "序列号"), (7, "资产编号")], told["errors"]
    assert "第 2 行" in told["errors"][0]["message"] and "第 5 行" in told["errors"][1]["message"], told["errors"]
    code, told, text = table(p, "two.csv", rows[:3])
    assert code == 0, text
    code, told, _ = table(p, "which.csv", [["名称", "类别", "序列号"], ["改", "打印机", "IS1"]])
    assert code == 2 and told["errors"][0]["column"] == "序列号" and "填上编号" in told["errors"][0]["message"], told


def a_csv_of_ours_comes_back_unchanged(p):
    path = by_openpyxl(p, "signs.xlsx", [["资产编号", "名称", "类别", "备注", "型号"], ["S1", "=1+1", "打印机", "'=x", "-5"], ["S2", "+86", "打印机", "''@y", "'撇号"]],
                       "for r in s.iter_rows():\n    for c in r: c.data_type='s'")
    code, told, text = run(p, path)
    assert code == 0 and told["new"] == 2, (told, text)
    for ending in ("csv", "xlsx"):
        out = os.path.join(p.dir, "signs_out." + ending)
        p.run("export", "asset", out, "--query", "f=asset_no.in.S1,S2")
        code, told, text = run(p, out)
        assert code == 0 and (told["rows"], told["unchanged"]) == (2, 2), (ending, told, text)


def units_that_nobody_registered_are_listed_apart_like_sites(p):
    rows = [["资产编号", "名称", "类别", "使用地点", "使用科室"], ["O1", "甲", "打印机", "办公点90", "党建办公室"], ["O2", "乙", "打印机", "办公点90", "东风社区居委会"], ["O3", "丙", "打印机", "", "党建 办公室"]]
    code, told, text = table(p, "units.csv", rows)
    assert code == 2 and (told["wrong"], told["stored"], told["new_sites"], told["new_units"]) == (0, False, ["办公点90"], ["党建办公室", "东风社区居委会"]), told
    assert "党建办公室" in text and "--create-sites" in text, text
    code, told, text = run(p, os.path.join(p.dir, "units.csv"), "--create-sites")
    assert code == 0 and told["new"] == 3, (told, text)
    have = {r[0]: r[1] for r in rows_of(p, "org_unit", "name", "type")}
    assert (have["党建办公室"], have["东风社区居委会"]) == ("部门", "社区"), have
    done = subprocess.run([PROGRAM, "import", "--undo", str(told["batch_id"]), "--data", p.data], text=True, stdout=subprocess.PIPE)
    assert json.loads(done.stdout)["kept_count"] == 0 and "党建办公室" not in dict(rows_of(p, "org_unit", "name", "type")), done.stdout


def what_is_exported_comes_back_unchanged_and_builds_the_same_ledger_elsewhere(p):
    q, elsewhere = Platform(), Platform()
    try:
        rows = [["资产编号", "名称", "类别", "使用地点", "上联设备", "上联端口", "供电设备", "供电回路"], ["E1", "枪机", "摄像机", "站一", "E3", "G1", "E4", "2路"], ["E2", "枪机", "摄像机", "站一", "E3", "G2", "", ""],
                ["E3", "交换机", "监控交换机", "站一", "", "", "E4", "1路"], ["E4", "电源", "摄像机配套设备", "站一", "", "", "", ""], ["E5", "枪机", "监控交换机", "站一", "", "", "", ""]]
        files = [("asset", rows), ("camera", [["资产编号", "点位编号", "所属NVR"], ["E1", "P1", "E5"], ["E2", "P2", "E3"]]),
                 ("asset_place", [["资产编号", "经度", "纬度"], ["E1", "116.35012345678901", "39.9"], ["E2", "116.1", "39.91"]])]
        for i, (kind, sheet) in enumerate(files):
            code, _, text = table(q, f"first{i}.csv", sheet, kind, "--create-sites")
            assert code == 0, text
        # two feeds of one type: the sheet names one, both stay
        code, told, text = table(q, "second.csv", [["资产编号", "上联设备"], ["E2", "E5"]])
        assert code == 0, text
        for ending in ("xlsx", "csv"):
            for kind, sheet in files:
                out = os.path.join(q.dir, f"{kind}.{ending}")
                q.run("export", kind, out)
                code, told, text = run(q, out, "--create-sites", kind=kind)
                assert code == 0 and told["unchanged"] == told["rows"] == len(sheet) - 1, (kind, ending, told, text)
                if ending == "csv":
                    code, told, text = run(elsewhere, out, "--create-sites", kind=kind)
                    assert code == 0 and told["new"] == len(sheet) - 1, (kind, told, text)
        for kind, columns in (("uplink", ("asset_id", "up_id", "type", "port")), ("camera", ("point_no", "recorder_id")), ("asset_place", ("lng", "lat"))):
            assert sorted(rows_of(q, kind, *columns)) == sorted(rows_of(elsewhere, kind, *columns)), kind
        assert ("枪机", "枪机", "交换机端口", "G2") in rows_of(q, "uplink", "asset_id", "up_id", "type", "port")
    finally:
        q.close()
        elsewhere.close()


def secrets_stay_secret_and_an_undo_says_what_it_cannot_restore(p):
    code, _, text = table(p, "camera.csv", [["资产编号", "名称", "类别"], ["Y1", "甲", "摄像机"], ["Y2", "乙", "摄像机"], ["Y3", "丙", "摄像机"]])
    assert code == 0, text
    head = ["设备编号", "用户名", "密码"]
    undo = lambda told: json.loads(subprocess.run([PROGRAM, "import", "--undo", str(told["batch_id"]), "--data", p.data], text=True, check=True, stdout=subprocess.PIPE).stdout)
    first = table(p, "s1.csv", [head, ["Y1", "admin", "Clear-one"], ["Y2", "admin", ""]], "asset_network")[1]
    again = table(p, "s1.csv", [head, ["Y1", "admin", "Clear-one"]], "asset_network")[1]
    assert (again["unchanged"], again["changed"]) == (1, 0), again  # the same secret is no change
    second = table(p, "s2.csv", [head, ["Y1", "root", "Clear-two"], ["Y2", "", "Clear-two"]], "asset_network")[1]
    assert second["changed"] == 2 and "Clear" not in json.dumps(second), second
    done = undo(second)
    assert done["kept_count"] == 1 and "密码" in done["kept"] and "重新填写" in done["kept"], done
    assert {("乙", "admin"), ("甲", "admin")} <= set(rows_of(p, "asset_network", "asset_id", "login"))
    third = table(p, "s3.csv", [head, ["Y2", "", "Clear-two"]], "asset_network")[1]
    assert third["changed"] == 1, third  # the undo had taken it away
    done = undo(first)  # both have another password since
    assert done["kept_count"] == 2 and done["undone_count"] == 0 and "密码" in done["kept"], done
    fourth = table(p, "s4.csv", [head, ["Y3", "only", "Clear-three"]], "asset_network")[1]
    done = undo(fourth)
    assert done["undone_count"] == 1 and done["kept_count"] == 0 and ("only",) not in rows_of(p, "asset_network", "login"), done
    for folder, _, names in os.walk(p.data):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                assert b"Clear-" not in file.read(), name


def sections_are_no_devices_and_a_second_table_is_not_read_as_the_first(p):
    rows = [["资产编号", "名称", "类别", "使用地点"], ["社区一"], ["B1", "甲", "打印机", ""], ["二、网络设备"], ["B2", "乙", "打印机", ""], ["以下空白"], ["————"]]
    path = by_openpyxl(p, "sections.xlsx", rows, "s.merge_cells('A2:D2')", "b.create_sheet('第二张').append(['资产编号','名称','类别'])", "b.worksheets[1].append(['B9','丁','打印机'])")
    code, told, text = run(p, path)
    assert code == 0 and told["rows"] == told["new"] == 2, (told, text)
    assert [(s["row"], s["why"]) for s in told["skipped"]] == [(2, "note"), (4, "note"), (6, "note"), (7, "note")], told["skipped"]
    assert told["sheets"] == ["Sheet", "第二张"] and "第二张" in told["notes"][-1]["message"] and "第二张" in text, told["notes"]
    code, told, text = run(p, path, "--sheet", "第二张")
    assert code == 0 and told["new"] == 1, (told, text)
    code, told, text = table(p, "second.csv", rows[:1] + rows[2:3] + [["资产编号", "名称", "IP地址"], ["B3", "丙", "127.0.0.9"]], "asset", "--create-sites", "--good-rows")
    assert code == 2 and told is None and "第 3 行又是一行表头" in text, (told, text)
    assert "B3" not in [r[0] for r in rows_of(p, "asset", "asset_no", "name")]


def parts_of_a_file_are_found_wherever_their_names_lead(p):
    path = by_openpyxl(p, "rels.xlsx", [["资产编号", "名称", "类别"], ["J1", "甲", "打印机"]])
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    rels = parts["xl/_rels/workbook.xml.rels"]
    for i, target in enumerate((b'"/xl/worksheets/sheet1.xml"', b'"worksheets/sheet1.xml"', b'"./worksheets/./sheet1.xml"', b'"../xl/worksheets/../worksheets/sheet1.xml"')):
        parts["xl/_rels/workbook.xml.rels"] = rels.replace(b'"/xl/worksheets/sheet1.xml"', target)
        out = os.path.join(p.dir, f"rels{i}.xlsx")
        with zipfile.ZipFile(out, "w") as z:
            for name, data in parts.items():
                z.writestr(name, data)
        code, told, text = run(p, out)
        assert code == 0 and told["rows"] == 1, (target, text)
    with open(os.path.join(p.dir, "bar.csv"), "w", encoding="utf-8") as file:
        file.write("资产编号|名称|类别\nJ2|乙,丙|打印机\n")
    code, told, text = run(p, os.path.join(p.dir, "bar.csv"))
    assert code == 0 and told["new"] == 1, text


def an_undone_import_leaves_no_trace_in_the_census(p):
    census = lambda: rows_of(p, "census", "name", "counted", "added", "removed")
    before = census(), rows_of(p, "asset_drift", "name", "direction")
    code, told, text = table(p, "census.csv", [["资产编号", "名称", "类别", "状态"], ["X1", "甲", "打印机", ""], ["X2", "乙", "打印机", "报废"], ["X3", "丙", "交换机", ""]])
    assert code == 0 and census() != before[0], text
    subprocess.run([PROGRAM, "import", "--undo", str(told["batch_id"]), "--data", p.data], check=True, stdout=subprocess.DEVNULL)
    assert (census(), rows_of(p, "asset_drift", "name", "direction")) == before, (before, census())


def main():
    p = Platform()
    good = True
    for step in (bad_uplinks_are_left_out_whole, a_loop_of_uplinks_is_refused, gbk_is_read_and_a_repeat_changes_nothing,
                 a_file_that_is_no_ledger_is_refused_with_the_reason, a_name_that_several_devices_bear_names_none,
                 remarks_over_the_headings_are_no_part_of_them, months_typed_as_numbers, every_kind_of_uplink_comes_from_the_sheet,
                 search_knows_every_record_once,
                 an_uplink_that_an_import_ended_stands_again_after_its_undo, numbers_that_a_spreadsheet_program_has_cut_are_wrong,
                 choices_dates_and_codes_as_people_write_them, one_device_in_two_rows_is_told_whatever_names_it,
                 a_csv_of_ours_comes_back_unchanged, units_that_nobody_registered_are_listed_apart_like_sites,
                 what_is_exported_comes_back_unchanged_and_builds_the_same_ledger_elsewhere,
                 secrets_stay_secret_and_an_undo_says_what_it_cannot_restore,
                 sections_are_no_devices_and_a_second_table_is_not_read_as_the_first,
                 parts_of_a_file_are_found_wherever_their_names_lead, an_undone_import_leaves_no_trace_in_the_census):
        good = case(step.__name__, step, p) and good
    p.close()
    finish(good)


main()
