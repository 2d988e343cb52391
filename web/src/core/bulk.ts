// SPDX-License-Identifier: Apache-2.0
// One action on several records: who takes part, and what became of each.
import * as api from '@/api/records'
import type { Kind, Rec } from '@/api/types'
import { t } from './i18n'
import { messageOf } from './say'
import { title } from './value'

export interface BulkRow {
  id: number
  title: string
  ok: boolean
  skipped: boolean
  message: string
}

const row = (kind: Kind, r: Rec, message: string, skipped = false): BulkRow => ({
  id: r.id, title: title(kind, r), ok: !message, skipped, message
})

/** Those that do not allow the action are not sent but still reported. */
export async function bulk(kind: Kind, action: string, records: Rec[], input: Record<string, unknown>): Promise<BulkRow[]> {
  const able = records.filter((r) => r.can.includes(action))
  const unable = records.filter((r) => !r.can.includes(action)).map((r) => row(kind, r, t('bulk.notNow'), true))
  if (!able.length) return unable
  if (action === 'retire') return [...(await retire(kind, able)), ...unable]
  const { results } = await api.actMany(kind.name, action, able.map((r) => ({ id: r.id, rev: r.rev })), input)
  const by = new Map(results.map((x) => [x.id, x]))
  return [
    ...able.map((r) => {
      const x = by.get(r.id)
      return row(kind, r, x?.ok ? '' : (x?.error?.message ?? t('bulk.noAnswer')))
    }),
    ...unable
  ]
}

async function retire(kind: Kind, records: Rec[]): Promise<BulkRow[]> {
  const out: BulkRow[] = []
  for (const r of records) {
    try {
      await api.act(kind.name, r.id, 'retire', { rev: r.rev })
      out.push(row(kind, r, ''))
    } catch (e) {
      out.push(row(kind, r, messageOf(e)))
    }
  }
  return out
}
