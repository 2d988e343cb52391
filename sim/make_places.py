#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_places.py BEFORE.json AFTER.json: what the simulated street is beside a list of devices, as presets.
BEFORE: its sites with their communities and coordinates. AFTER (its ledger must be imported): boxes, what
feeds what with power and recording, and the cameras' files. Like every real ledger it has gaps: two cameras
have no place, some files lack a field."""
import csv
import json
import math
import os
import sys

from ground import METRE, cells

HERE = os.path.dirname(os.path.abspath(__file__))
SITES = (("中心机房", "core_room", "示范街道", 3, 60, 40), ("办公楼", "office", "示范街道", 3, -40, -20),
         ("东区社区", "community", "社区14", 14, 0, 0), ("东区社区监控室", "community_room", "社区14", 14, 30, 25),
         ("西区社区", "community", "社区11", 11, 0, 0), ("西区社区监控室", "community_room", "社区11", 11, -25, 30))
KINDS = ("gate", "crossing", "parking", "square", "other")
TYPES = ("bullet", "dome", "ptz_dome")
WAYS = ("e", "s", "w", "n", "se", "ne", "sw", "nw")


def at(cell, east, north):
    """A point some metres from the middle of a community."""
    middle = next(m for n, _, m in cells() if n == cell)
    stretch = math.cos(math.radians(middle[1]))
    return {"lng": round(middle[0] + east * METRE / stretch, 6), "lat": round(middle[1] + north * METRE, 6)}


def devices():
    with open(os.path.join(HERE, "street.csv"), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def before():
    return {"site": [{"name": name, "type": kind, "org_unit_id": unit, **at(cell, east, north)}
                     for name, kind, unit, cell, east, north in SITES]}


def camera_rows(n, no, name, cell, east):
    """One camera's file; every fifth lacks something, the last of each community has no place."""
    angle, far = n * 2.4, 30 + 9 * n
    file = {"asset_id": no, "point_no": "DW-" + no[3:], "gb_id": "1500000000132%07d" % (1000 * cell + n),
            "point_name": name, "point_class": "class_%d" % (1 + n % 3), "point_type": KINDS[n % 5], "type": TYPES[n % 3],
            "resolution": "2560x1440", "codec": "h265", "frame_rate": 25, "recording": "continuous", "retention_days": 30,
            "manager_unit": "社区居委会", "built_on": "2022-06-11", "notice_sign": True}
    if n % 5 == 4:
        del file["gb_id"], file["manager_unit"]
    place = {"asset_id": no, "address": name.replace("摄像机", ""), "mounting": "pole" if n % 2 else "wall",
             "azimuth": (n * 40) % 360, "direction": WAYS[n % 8], "room": "outdoor", "source_system": "wgs84",
             **at(cell, far * math.cos(angle), 0.7 * far * math.sin(angle))}
    network = {"asset_id": no, "protocol": "gb28181", "netmask": "255.255.255.0", "vlan": 100 + cell, "link": "cable",
               "network": "video_network"}
    power = {"asset_id": no, "type": "poe", "source": "监控室交换机", "surge_protection": n % 4 != 0, "grounding": True}
    return file, (None if n == (18 if east else 6) else place), network, power


def after():
    out = {k: [] for k in ("asset", "uplink", "camera", "asset_place", "asset_network", "asset_power")}
    for no, name, site in (("XT-E01", "东区一号设备箱", "东区社区监控室"), ("XT-W01", "西区一号设备箱", "西区社区监控室")):
        out["asset"].append({"asset_no": no, "name": name, "class_id": "摄像机配套设备", "site_id": site, "maker": "示例"})
    out["uplink"] += [{"asset_id": "JK-E00", "up_id": "XT-E01", "type": "power", "port": "1路"},
                      {"asset_id": "CC-E01", "up_id": "XT-E01", "type": "power", "port": "2路"},
                      {"asset_id": "JK-W00", "up_id": "XT-W01", "type": "power", "port": "1路"}]
    out["asset"].append({"asset_no": "BJ-001", "name": "备用摄像机", "class_id": "摄像机", "site_id": "中心机房", "state": "spare",
                         "serial_no": "SNSXE010148"})  # copied from another row, as people do
    seen = {}
    for row in devices():
        if row["设备类别"] != "摄像机":
            continue
        east = row["所属站点"] == "东区社区"
        n = seen[east] = seen.get(east, 0) + 1
        no = row["资产编号"]
        for kind, made in zip(("camera", "asset_place", "asset_network", "asset_power"),
                              camera_rows(n, no, row["设备名称"], 14 if east else 11, east)):
            if made:
                out[kind].append(made)
        if east:
            out["uplink"].append({"asset_id": no, "up_id": "CC-E01", "type": "nvr_channel", "port": "通道%d" % n})
    return out


for path, data in zip(sys.argv[1:3], (before(), after())):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
