// SPDX-License-Identifier: Apache-2.0
// What the ledger tells beyond its records: docs/api.md, "The ledger".
import type { FeatureCollection } from 'geojson'
import { get } from './client'
import type { Page, Rec } from './types'

const V1 = '/api/v1'
export type Supply = 'power' | 'signal' | 'recording'

export interface Named {
  id: number
  name: string
  asset_no: string | null
  state: string
  health: string
  class: string
  site: string
}
export interface Feed extends Named {
  of: number
  depth: number
  type: string
  port: string
}
export interface Hit extends Named {
  depth: number
  dark: boolean
  camera: boolean
  lost: Supply[]
  thinner: Supply[]
}
export interface Blast {
  id: number
  feeds: Feed[]
  blast: Hit[]
  counts: Record<'all' | 'dark' | 'cameras_dark' | Supply | 'thinner', number>
}
export interface Past {
  at: number
  type: 'ledger' | 'fault' | 'order' | 'part' | 'change' | 'uplink'
  title: string
  text: string | null
  actor: string | null
  kind: string | null
  id?: number
}
export interface AssetFile {
  groups: { kind: string; record: Rec | null }[]
  missing: string | null // null: no camera; "": complete
}

export const blast = (id: number) => get<Blast>(`${V1}/asset/${id}/blast`)
export const history = async (id: number) => (await get<{ items: Past[] }>(`${V1}/asset/${id}/history`)).items
export const assetFile = (id: number) => get<AssetFile>(`${V1}/asset/${id}/file`)

/** The sub-district's own ground, or the neutral one that the pages carry. */
export async function ground(): Promise<FeatureCollection> {
  const own = await get<FeatureCollection | undefined>(`${V1}/map/ground`)
  return own ?? ((await import('@/assets/ground.json')).default as unknown as FeatureCollection)
}

/** All rows of a list, 500 at a time. */
export async function everything(kind: string, query = ''): Promise<Rec[]> {
  const out: Rec[] = []
  let after: string | null = ''
  do {
    const q = new URLSearchParams(query)
    q.set('limit', '500')
    if (after) q.set('after', after)
    const page: Page = await get<Page>(`${V1}/${kind}?${q}`)
    out.push(...page.items)
    after = page.next
  } while (after)
  return out
}
