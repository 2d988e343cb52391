#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_ledger.py [--loopback] [--csv STREET.csv] OUT.xlsx: the simulated street as the kind of device ledger
that offices keep: a title over the headings, blank rows between the sites, dates as real dates, numbers that
are text, stray blanks, and a totals row at the end. --loopback writes the addresses and ports of
`street run --loopback` instead."""
import argparse
import csv
import datetime
import os
import sys

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

DATES = ("启用日期", "质保到期")
HIDDEN = ("服务",)  # the simulator's own column
PORT_SHIFT = 20000  # as in street.c


def loopback_address(address):
    return "127." + address.split(".", 1)[1]


def loopback_checks(row):
    """127/8 answers every ping, so each device is watched by its first service."""
    ports = [c.split(":")[1] for c in row["监测项"].split(",") if c.startswith("tcp:")]
    if not ports:
        ports = [row["服务"].split()[0].split(":")[1]]
    return ",".join("tcp:%d" % (int(p) + PORT_SHIFT) for p in ports)


def dirty(row, index):
    """What people leave behind: blanks around names, lower-case MACs, a full-width comma."""
    if index % 7 == 3:
        row["设备名称"] = " " + row["设备名称"] + "\u3000"
    if index % 5 == 2:
        row["MAC"] = row["MAC"].lower().replace(":", "-")
    if index % 11 == 4:
        row["IP地址"] = row["IP地址"] + " "
    return row


def cells(row, heads):
    out = []
    for head in heads:
        value = row[head]
        if head in DATES and value:
            value = datetime.date.fromisoformat(value)
        out.append(value if value != "" else None)
    return out


def write(rows, heads, out):
    book = Workbook()
    sheet = book.active
    sheet.title = "设备台账"
    sheet.append(["街道信息化与视频监控设备台账"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads) + 1)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(["序号"] + heads)
    site = None
    for index, row in enumerate(rows, 1):
        group = row["上联设备"]
        if site is not None and group != site:
            sheet.append([])
        site = group
        sheet.append([index] + cells(dirty(row, index), heads))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, datetime.date):
                cell.number_format = "yyyy/m/d"
    sheet.append([])
    sheet.append(["合计", "%d 台" % len(rows)])
    book.create_sheet("填表说明").append(["每台设备一行；上联设备填资产编号。"])
    book.save(out)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--csv", default=os.path.join(here, "street.csv"))
    parser.add_argument("out")
    options = parser.parse_args()
    with open(options.csv, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        heads = [h for h in reader.fieldnames if h not in HIDDEN]
    if not rows:
        sys.exit("make_ledger.py: %s has no devices" % options.csv)
    heads.insert(heads.index("型号") + 1, "厂商")
    for row in rows:
        row["厂商"] = "示例厂商" + "甲乙丙"[len(row["型号"]) % 3]
        if options.loopback:
            row["监测项"] = loopback_checks(row)
            row["IP地址"] = loopback_address(row["IP地址"])
    write(rows, heads, options.out)
    print("%s: %d devices" % (options.out, len(rows)))


main()
