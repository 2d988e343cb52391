// SPDX-License-Identifier: Apache-2.0
// A ground out of the points themselves: where each community has its devices. It stands in while nobody
// has given the sub-district's own map.
import type { FeatureCollection } from 'geojson'

export interface Place { lng: number; lat: number; group: string }
type Pair = [number, number]

const turn = (o: Pair, a: Pair, b: Pair) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
function half(sorted: Pair[]): Pair[] {
  const out: Pair[] = []
  for (const p of sorted) {
    while (out.length >= 2 && turn(out[out.length - 2]!, out[out.length - 1]!, p) <= 0) out.pop()
    out.push(p)
  }
  out.pop()
  return out
}
/** The convex hull, anticlockwise; fewer than three points have none. */
export function hull(points: Pair[]): Pair[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const ring = [...half(sorted), ...half(sorted.reverse())]
  return ring.length >= 3 ? ring : []
}
/** A polygon for each group, a little wider than its points. */
export function groundOf(places: Place[]): FeatureCollection {
  const groups = new Map<string, Pair[]>()
  for (const p of places) groups.set(p.group, [...(groups.get(p.group) ?? []), [p.lng, p.lat]])
  const features: FeatureCollection['features'] = []
  for (const [name, own] of groups) {
    const ring = hull(own)
    if (!name || !ring.length) continue
    const mid: Pair = [ring.reduce((n, p) => n + p[0], 0) / ring.length, ring.reduce((n, p) => n + p[1], 0) / ring.length]
    const wide = ring.map((p): Pair => [mid[0] + (p[0] - mid[0]) * 1.08, mid[1] + (p[1] - mid[1]) * 1.08])
    features.push({ type: 'Feature', properties: { type: 'community', name }, geometry: { type: 'Polygon', coordinates: [[...wide, wide[0]!]] } })
  }
  return { type: 'FeatureCollection', features }
}
