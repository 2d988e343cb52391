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
  return [...cells.values()].map((own) => ({
    x: own.reduce((n, s) => n + s.x, 0) / own.length,
    y: own.reduce((n, s) => n + s.y, 0) / own.length,
    points: own.map((s) => s.of)
  }))
}
