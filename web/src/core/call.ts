// SPDX-License-Identifier: Apache-2.0
// A call being taken: what the caller says becomes an order, and the order goes to somebody.
import * as api from '@/api/records'
import type { Kind, Rec } from '@/api/types'
import type { Engineer } from '@/api/orders'
import { t } from './i18n'
import { fieldOf } from './value'

export interface Call {
  phone: string
  name: string
  find: string // what is typed to find the device
  asset: Rec | null
  place: string
  site_id: number | null
  title: string
  symptom: string
  line: string
  channel: string
  grade: string
  type: string
  emergency: boolean
}

const first = (kind: Kind, name: string) => {
  const f = fieldOf(kind, name)
  return String(f?.initial ?? f?.options?.[0]?.value ?? '')
}
export function blankCall(kind: Kind): Call {
  return {
    phone: '', name: '', find: '', asset: null, place: '', site_id: null, title: '', symptom: '', line: first(kind, 'line'), channel: 'phone',
    grade: first(kind, 'grade'), type: first(kind, 'type'), emergency: false
  }
}
export function lineOf(c: Call): string {
  return c.asset ? String(c.asset['line']) : c.line
}
export function siteOf(c: Call): number | null {
  return c.site_id ?? (c.asset?.['site_id'] ? Number(c.asset['site_id']) : null)
}
/** Words for a place or a device that the ledger does not know are kept: whoever goes there reads them. */
function details(c: Call): string {
  const said = (label: string, text: string) => (text.trim() ? `${t(label)}：${text.trim()}` : '')
  return [siteOf(c) ? '' : said('desk.place', c.place), c.asset ? '' : said('desk.asset', c.find), c.symptom.trim()].filter(Boolean).join('\n')
}
/** What the server is sent; blank stays away. */
export function orderOf(c: Call): Record<string, unknown> {
  const out: Record<string, unknown> = {
    title: c.title.trim(), symptom: details(c), reporter_name: c.name.trim(), reporter_phone: c.phone.trim(),
    asset_id: c.asset?.id, site_id: siteOf(c), line: lineOf(c), channel: c.channel, grade: c.grade, type: c.type, emergency: c.emergency
  }
  for (const k of Object.keys(out)) if (out[k] === '' || out[k] === null || out[k] === undefined) delete out[k]
  return out
}

/** Registers where that is still open, then sends the engineer. */
export async function dispatch(order: Rec, engineer: Engineer): Promise<Rec> {
  let o = order
  if (o['state'] === 'reported') o = await api.act('work_order', o.id, 'register', { rev: o.rev })
  return api.act('work_order', o.id, 'dispatch', { rev: o.rev, engineer_id: engineer.id })
}
