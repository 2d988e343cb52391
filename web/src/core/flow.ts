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

/** The step that moves the record on: to a later state of its kind's list. Going back or aside (dispatching once more, cancelling)
 *  is never what a record waits for. */
export function leading(actions: Action[], kind: Kind, record: Rec): Action | null {
  const states = kind.fields.find((f) => f.name === kind.state_field)?.options ?? []
  const place = (state: unknown) => states.findIndex((o) => o.value === state)
  if (!kind.state_field || !states.length) return actions.find((a) => a.tone === 'primary') ?? null
  const here = place(record[kind.state_field])
  const on = actions.filter((a) => a.to !== null && place(a.to) > here)
  return (
    on.find((a) => a.tone === 'primary') ?? on.find((a) => a.tone === 'success') ??
    on.find((a) => a.from.length === 1 && a.tone !== 'danger') ?? null
  )
}
