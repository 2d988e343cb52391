// SPDX-License-Identifier: Apache-2.0
// The orders as the person with the phone sees them: what the server said, and on top of it the steps that wait.
import { ref } from 'vue'
import type { Action, FileRef, Page, Rec } from '@/api/types'
import type { AssetFile, Blast } from '@/api/ledger'
import type { Story } from '@/api/orders'
import { kindOf, permitted, user } from '@/core/session'
import { online, read } from './kept'
import { steps } from './outbox'
import type { Step } from './outbox'

const DOING = 'dispatched,accepted,arrived,restored'
export const ordersPath = (filters: string[], more: Record<string, string> = {}) => {
  const q = new URLSearchParams({ sort: 'deadline_at', limit: '100', ...more })
  filters.forEach((f) => q.append('f', f))
  return `work_order?${q}`
}
const me = () => user.value?.id ?? 0
export const minePath = () => ordersPath([`engineer_id.eq.${me()}`, `state.in.${DOING}`])
export const helpPath = (which: 'helper_id' | 'helper2_id') => ordersPath([`${which}.eq.${me()}`, `state.in.${DOING}`])
export const poolPath = () => ordersPath(['state.eq.registered', 'engineer_id.null.1'])
export const storyPath = (id: number) => `work_order/${id}/story`

export const stepsOf = (id: number): Step[] => steps.value.filter((s) => s.kind === 'work_order' && s.record === id)
/** The state that the order will have when what waits has been sent. */
export function stateOf(order: Rec): string {
  let state = String(order['state'])
  for (const s of stepsOf(order.id)) if (s.state === 'waits' && s.to) state = s.to
  return state
}

// Steps that share a right; the others have one of their own name.
const RIGHT: Record<string, string> = { accept: 'work', arrive: 'work', restore: 'work', resolve: 'work', send_back: 'work', no_fault: 'verdict' }
const OF_ENGINEER = new Set(['accept', 'arrive', 'progress', 'restore', 'resolve', 'send_back', 'hand_over', 'verdict', 'no_fault', 'propose', 'help'])

/** What may be done: the server's word; behind steps that wait, what their states lead to. */
export function actionsOf(order: Rec): Action[] {
  const kind = kindOf('work_order')
  const state = stateOf(order)
  const ahead = stepsOf(order.id).some((s) => s.state === 'waits')
  const mine = ahead ? order['engineer_id'] === me() || order['engineer_id'] === null : true
  const out: Action[] = []
  for (const a of kind?.actions ?? []) {
    if (out.some((x) => x.action === a.action) || (a.from.length > 0 && !a.from.includes(state))) continue
    const may = ahead ? mine && OF_ENGINEER.has(a.action) && permitted(`work_order.${RIGHT[a.action] ?? a.action}`) : order.can.includes(a.action)
    if (may) out.push(a)
  }
  return out
}
const WAY = ['accept', 'arrive', 'restore', 'resolve', 'confirm']
/** The step that moves it on, then the rest. */
export function inOrder(actions: Action[]): { next: Action | null; rest: Action[] } {
  const next = WAY.map((w) => actions.find((a) => a.action === w)).find((a) => a !== undefined) ?? null
  return { next, rest: actions.filter((a) => a !== next) }
}

/** Everything about one order that is worth having without a network. */
export const blastPath = (asset: number) => `asset/${asset}/blast`
export const filePath = (asset: number) => `asset/${asset}/file`
const gathered = new Map<number, number>() // revision by order
export async function gather(order: Rec): Promise<void> {
  if (gathered.get(order.id) === order.rev) return
  const asset = order['asset_id'] as number | null
  const site = order['site_id'] as number | null
  await Promise.allSettled([
    read<Story>(storyPath(order.id)),
    ...(asset ? [read<Blast>(blastPath(asset)), read<AssetFile>(filePath(asset)), read<Rec>(`asset/${asset}`)] : []),
    ...(site ? [read<Rec>(`site/${site}`)] : [])
  ])
  if (online.value) gathered.set(order.id, order.rev)
}

export const phrases = ref<Rec[]>([])
export async function loadPhrases(): Promise<void> {
  if (phrases.value.length) return
  try {
    phrases.value = (await read<Page>('stock_phrase?sort=sort_no&limit=300')).value.items
  } catch {
    // without them one types
  }
}
export function phrasesFor(type: string, line: unknown): string[] {
  const fits = phrases.value.filter((p) => p['type'] === type && (!p['line'] || p['line'] === line))
  return fits.map((p) => String(p['text']))
}
export const picturesOf = (v: unknown): FileRef[] => (Array.isArray(v) ? (v as FileRef[]).filter((f) => typeof f === 'object') : [])
