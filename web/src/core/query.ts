// SPDX-License-Identifier: Apache-2.0
// The address of a list is its API query, so that a filter can be shared and a figure can link to it.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export interface Filter {
  field: string
  op: string
  value: string
}
export interface ListQuery {
  filters: Filter[]
  q: string
  sort: string
  page: number
  limit: number
  exact: boolean // opened from a figure: its total is counted to the end
}

export const PAGE_SIZES = [10, 20, 30, 50]
const DEFAULT_LIMIT = 20

export function parseFilter(textual: string): Filter | null {
  const m = /^([a-z][a-z0-9_]*)\.(eq|ne|lt|le|gt|ge|in|has|null)\.([\s\S]*)$/.exec(textual)
  return m ? { field: m[1]!, op: m[2]!, value: m[3]! } : null
}

const all = (v: LocationQuery[string] | undefined): string[] =>
  (Array.isArray(v) ? v : [v]).filter((x): x is string => typeof x === 'string')

function bounded(v: LocationQuery[string] | undefined, fallback: number, most: number): number {
  const n = Number(all(v)[0])
  return Number.isInteger(n) && n >= 1 && n <= most ? n : fallback
}

export function fromAddress(query: LocationQuery): ListQuery {
  return {
    filters: all(query['f']).map(parseFilter).filter((f): f is Filter => f !== null),
    q: all(query['q'])[0] ?? '',
    sort: all(query['sort'])[0] ?? '',
    page: bounded(query['page'], 1, 1_000_000),
    limit: bounded(query['limit'], DEFAULT_LIMIT, 500),
    exact: all(query['exact'])[0] === '1'
  }
}

export const filterText = (f: Filter) => `${f.field}.${f.op}.${f.value}`

export function toAddress(l: ListQuery): LocationQueryRaw {
  const out: LocationQueryRaw = {}
  if (l.filters.length) out['f'] = l.filters.map(filterText)
  if (l.q) out['q'] = l.q
  if (l.sort) out['sort'] = l.sort
  if (l.page > 1) out['page'] = String(l.page)
  if (l.limit !== DEFAULT_LIMIT) out['limit'] = String(l.limit)
  if (l.exact) out['exact'] = '1'
  return out
}

/** What the server is asked; paging left out for exports. */
export function toApi(l: ListQuery, paging = true): URLSearchParams {
  const q = new URLSearchParams()
  l.filters.forEach((f) => q.append('f', filterText(f)))
  if (l.q) q.set('q', l.q)
  if (l.sort) q.set('sort', l.sort)
  if (paging) {
    q.set('limit', String(l.limit))
    q.set('page', String(l.page))
    if (l.exact) q.set('exact', '1')
  }
  return q
}

/** "10000+" where the server stopped counting. */
export const totalText = (page: { total: number; more: boolean }) => `${page.total}${page.more ? '+' : ''}`

/** A stored query of a figure ("f=state.in.a,b&sort=-id", not percent-encoded) as an address. Its list
 *  says the same number, however large. */
export function queryOfFigure(stored: string): LocationQueryRaw {
  const out: Record<string, string | string[]> = { exact: '1' }
  for (const part of stored.split('&')) {
    const at = part.indexOf('=')
    if (at < 1) continue
    const key = part.slice(0, at)
    const value = part.slice(at + 1)
    const before = out[key]
    out[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  delete out['limit']
  delete out['page']
  return out
}
