// SPDX-License-Identifier: Apache-2.0
// The calls of work orders beyond records: suggestions while a call is taken, the story, the paper.
import { get } from './client'
import type { Ledger, Rec } from './types'

const V1 = '/api/v1'
export type Ask = Record<string, string | number | null | undefined>

function query(ask: Ask): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(ask)) if (v !== null && v !== undefined && v !== '' && v !== 0) q.set(k, String(v))
  return q.toString()
}

export interface Caller { name: string | null; site_id: number | null; site_id_label: string | null; last_no: string }
export interface AssetHit { why: string; open_order_id: number | null; asset: Rec }
export interface AssetHits { caller?: Caller | null; items: AssetHit[] }
export interface OrderHit { why: string; order: Rec }
export interface Engineer {
  id: number
  name: string
  line: string | null
  open_orders: number
  same_line: boolean
  at_site: boolean
  km: number | null
}
export interface Story {
  order: Rec
  clocks: Ledger[]
  steps: Rec[]
  pauses: Rec[]
  children: Rec[]
  assets: Rec[]
  repairs: Rec[]
  loans: Rec[]
  moves: Rec[]
}

export const suggestAssets = (ask: Ask, signal: AbortSignal) => get<AssetHits>(`${V1}/suggest/asset?${query(ask)}`, { signal })
export const suggestOrders = (ask: Ask, signal: AbortSignal) => get<{ items: OrderHit[] }>(`${V1}/suggest/order?${query(ask)}`, { signal })
export const suggestEngineers = (ask: Ask, signal: AbortSignal) => get<{ items: Engineer[] }>(`${V1}/suggest/engineer?${query(ask)}`, { signal })
export const story = (id: number) => get<Story>(`${V1}/work_order/${id}/story`)
export const eventRecordUrl = (id: number) => `${V1}/work_order/${id}/event_record.pdf`
