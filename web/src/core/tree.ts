// SPDX-License-Identifier: Apache-2.0
// The organisation and its sites as a tree beside a list; a branch stands for the filter that shows
// what lies in it.
import * as api from '@/api/records'
import type { Kind, Rec } from '@/api/types'
import type { Filter } from './query'
import { kindOf } from './session'
import { title } from './value'

export interface Branch {
  key: string
  label: string
  filter: Filter | null // null: nothing of this list can lie here
  children: Branch[]
}
interface Plan {
  units: string | null // the field that names a unit
  sites: string | null // the field that names a site
}

const MOST = 500 // one page of the API; a sub-district has some dozens

const refTo = (kind: Kind, to: string) => kind.fields.find((f) => f.type === 'ref' && f.ref === to && f.list)?.name ?? null

/** Which fields of a kind a tree can choose by; null when none. */
export function treePlan(kind: Kind): Plan | null {
  if (!kindOf('org_unit')) return null
  if (kind.name === 'org_unit') return { units: 'id', sites: null }
  const units = refTo(kind, 'org_unit')
  const sites = kindOf('site') ? refTo(kind, 'site') : null
  return units || sites ? { units, sites } : null
}

const one = (field: string, ids: number[]): Filter | null =>
  !ids.length ? null
    : ids.length === 1 ? { field, op: 'eq', value: String(ids[0]) } : { field, op: 'in', value: ids.join(',') }

async function all(kind: string): Promise<Rec[]> {
  return (await api.list(kind, new URLSearchParams({ limit: String(MOST), page: '1', sort: 'id' }))).items
}

export async function loadTree(plan: Plan): Promise<Branch[]> {
  const unitKind = kindOf('org_unit')!
  const siteKind = kindOf('site')
  const units = await all('org_unit')
  const sites = plan.sites ? await all('site') : []
  const known = new Set(units.map((u) => u.id))

  const leaf = (s: Rec): Branch => ({
    key: `site/${s.id}`, label: title(siteKind!, s), filter: one(plan.sites!, [s.id]), children: []
  })
  const grow = (u: Rec, above: Set<number>): Branch & { units: number[]; sites: number[] } => {
    const seen = new Set(above).add(u.id)
    const below = units.filter((x) => x['parent_id'] === u.id && !seen.has(x.id)).map((x) => grow(x, seen))
    const mine = sites.filter((s) => s['org_unit_id'] === u.id)
    const unitIds = [u.id, ...below.flatMap((x) => x.units)]
    const siteIds = [...mine.map((s) => s.id), ...below.flatMap((x) => x.sites)]
    return {
      key: `org_unit/${u.id}`, label: title(unitKind, u), units: unitIds, sites: siteIds,
      filter: plan.units ? one(plan.units, unitIds) : one(plan.sites!, siteIds),
      children: [...below, ...mine.map(leaf)]
    }
  }
  const roots = units.filter((u) => !known.has(Number(u['parent_id']))).map((u) => grow(u, new Set()))
  const homeless = sites.filter((s) => !known.has(Number(s['org_unit_id']))).map(leaf)
  return [...roots, ...homeless]
}

/** The branches whose name contains the word, with what leads to them. */
export function pruned(branches: Branch[], word: string): Branch[] {
  const w = word.trim().toLowerCase()
  if (!w) return branches
  return branches.flatMap((b) => {
    if (b.label.toLowerCase().includes(w)) return [b]
    const children = pruned(b.children, w)
    return children.length ? [{ ...b, children }] : []
  })
}
