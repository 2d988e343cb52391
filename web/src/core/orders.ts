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
