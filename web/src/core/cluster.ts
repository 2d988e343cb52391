// SPDX-License-Identifier: Apache-2.0
// Points that stand too close at this scale become one: a grid of cells in screen pixels. Plain
// arithmetic, so that a number on the map is the number of points under it.

export interface Spot<T> {
  x: number
  y: number
  of: T
}
export interface Cluster<T> {
  x: number // middle of its points
  y: number
  points: T[]
}

export function clusters<T>(spots: Spot<T>[], cell: number): Cluster<T>[] {
  const cells = new Map<string, Spot<T>[]>()
  for (const s of spots) {
    const key = `${Math.floor(s.x / cell)},${Math.floor(s.y / cell)}`
    const own = cells.get(key)
    if (own) own.push(s)
    else cells.set(key, [s])
  }
  const out = [...cells.values()].map((own) => ({
    x: own.reduce((n, s) => n + s.x, 0) / own.length,
    y: own.reduce((n, s) => n + s.y, 0) / own.length,
    points: own.map((s) => s.of)
  }))
  return cell > 1 ? apart(out, cell) : out
}
/** Middles of neighbouring cells may touch: such clusters are one, the larger ones first. */
function apart<T>(all: Cluster<T>[], cell: number): Cluster<T>[] {
  const out: Cluster<T>[] = []
  for (const c of all.sort((a, b) => b.points.length - a.points.length)) {
    const near = out.find((o) => Math.abs(o.x - c.x) < cell * 0.8 && Math.abs(o.y - c.y) < cell * 0.55)
    if (near) near.points.push(...c.points)
    else out.push(c)
  }
  return out
}
