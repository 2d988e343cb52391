#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ground.py OUT.json: the neutral ground of the made-up sub-district as GeoJSON: 19 communities that tile
it, its roads and a river. The same shapes give the demonstration's devices their places (make_places.py).
There is no such place: it lies on an empty plain, so nobody can take it for theirs."""
import json
import math
import sys

WEST, SOUTH, WIDTH, HEIGHT = 110.0, 41.5, 0.0266, 0.0126  # degrees; about 2.2 km x 1.4 km
COLUMNS, ROWS = 5, 4
METRE = 1 / 111320.0


def wobble(i, j, salt):
    """A steady number between -1 and 1 for a corner of the grid."""
    x = math.sin(i * 12.9898 + j * 78.233 + salt * 37.719) * 43758.5453
    return 2 * (x - math.floor(x)) - 1


def corner(i, j):
    inner_x, inner_y = 0 < i < COLUMNS, 0 < j < ROWS
    x = i + (0.22 * wobble(i, j, 1) if inner_x else 0)
    y = j + (0.22 * wobble(i, j, 2) if inner_y else 0)
    return [round(WEST + WIDTH * x / COLUMNS, 6), round(SOUTH + HEIGHT * y / ROWS, 6)]


def cells():
    """(number, ring, middle) of each community; the last two cells of the top row are one."""
    out = []
    for n in range(COLUMNS * ROWS - 1):
        i, j = n % COLUMNS, n // COLUMNS
        ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]
        if n == COLUMNS * ROWS - 2:
            ring = [corner(i, j), corner(i + 1, j), corner(i + 2, j), corner(i + 2, j + 1), corner(i + 1, j + 1), corner(i, j + 1)]
        middle = [sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)]
        out.append((n + 1, ring, middle))
    return out


def feature(kind, name, geometry_type, coordinates):
    return {"type": "Feature", "properties": {"type": kind, "name": name},
            "geometry": {"type": geometry_type, "coordinates": coordinates}}


def ground():
    features = [feature("community", "社区%02d" % n, "Polygon", [ring + [ring[0]]]) for n, ring, _ in cells()]
    river = [[round(WEST + WIDTH * t / 20, 6), round(SOUTH + HEIGHT * (0.62 + 0.06 * math.sin(t / 2.3)), 6)] for t in range(-1, 22)]
    features.append(feature("water", "清水河", "LineString", river))
    for i in range(1, COLUMNS):
        features.append(feature("road", "纵%d路" % i, "LineString", [corner(i, j) for j in range(ROWS + 1)]))
    for j in range(1, ROWS):
        features.append(feature("road", "横%d路" % j, "LineString", [corner(i, j) for i in range(COLUMNS + 1)]))
    return {"type": "FeatureCollection", "features": features}


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(ground(), file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
