// SPDX-License-Identifier: Apache-2.0
// In which order a list shows its fields.
import type { Field, Kind } from '@/api/types'

/** As the kind says; what has a deadline shows first how it stands, until when, and whose it is. */
export function inOrder(kind: Kind, fields: Field[]): Field[] {
  if (!fields.some((f) => f.name === 'deadline_at')) return fields
  const rank = (f: Field) =>
    f.name === kind.label_field || (f.type === 'text' && f.find) ? 0 : f.name === kind.state_field ? 1 : f.name === 'deadline_at' ? 2 : f.ref === 'user' ? 3 : f.type === 'ref' ? 4 : 5
  return [...fields].sort((a, b) => rank(a) - rank(b))
}
