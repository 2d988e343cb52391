// SPDX-License-Identifier: Apache-2.0
// The words of a work order that its hand-made pages know.
import type { Kind } from '@/api/types'
import { fieldOf } from './value'

const OPEN = ['reported', 'registered', 'dispatched', 'accepted', 'arrived', 'restored', 'resolved']

/** Still somebody's work; states that this server does not know are left out. */
export function openStates(kind: Kind): string[] {
  const options = fieldOf(kind, kind.state_field ?? 'state')?.options ?? []
  const known = new Set(options.map((o) => o.value))
  return OPEN.filter((s) => known.has(s))
}
export function isOpen(state: unknown): boolean {
  return OPEN.includes(String(state))
}
export function openQuery(kind: Kind, limit: number): URLSearchParams {
  return new URLSearchParams({
    f: `${kind.state_field ?? 'state'}.in.${openStates(kind).join(',')}`,
    sort: 'deadline_at', limit: String(limit), page: '1'
  })
}

export const SOON_MS = 30 * 60_000
export type ClockState = 'late' | 'soon' | 'fine' | 'paused' | 'none'
/** How an order stands against its next deadline. */
export function clockOf(deadline: number | null, now: number, paused = false): ClockState {
  if (paused) return 'paused'
  if (deadline === null) return 'none'
  return deadline < now ? 'late' : deadline - now < SOON_MS ? 'soon' : 'fine'
}
/** Work that is not done yet: what the desk chases. */
export const CHASED = ['reported', 'registered', 'dispatched', 'accepted', 'arrived']
