// SPDX-License-Identifier: Apache-2.0
// What may be done with a record: the server's `can`, read against the kind's steps.
import type { Action, Kind, Rec } from '@/api/types'

/** Two steps may share a word (claiming and accepting): the one that leaves this state counts. */
export function allowedActions(kind: Kind, record: Rec): Action[] {
  const state = kind.state_field ? String(record[kind.state_field]) : ''
  const out: Action[] = []
  for (const a of kind.actions) {
    if (!record.can.includes(a.action) || out.some((x) => x.action === a.action)) continue
    if (a.from.length === 0 || a.from.includes(state)) out.push(a)
  }
  return out
}

/** The step that moves the record on. */
export function leading(actions: Action[]): Action | null {
  return (
    actions.find((a) => a.tone === 'primary') ?? actions.find((a) => a.tone === 'success') ??
    actions.find((a) => a.to !== null && a.tone !== 'danger') ?? null
  )
}
