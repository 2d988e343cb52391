#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ledgers as people have them, made by openpyxl and by hand: what is stored equals what is told."""
import json
import os
import subprocess

from kit import PROGRAM, Platform, case, finish

HEAD = ["资产编号", "设备名称", "类别", "使用地点", "IP", "上级设备编号", "投入使用时间"]


def run(p, path, *more):
    done = subprocess.run([PROGRAM, "import", "asset", path, *more, *p.options()], text=True,
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


def main():
    p = Platform()
    good = True
    for step in (bad_uplinks_are_left_out_whole, a_loop_of_uplinks_is_refused, gbk_is_read_and_a_repeat_changes_nothing,
                 a_file_that_is_no_ledger_is_refused_with_the_reason):
        good = case(step.__name__, step, p) and good
    p.close()
    finish(good)


main()
