// SPDX-License-Identifier: Apache-2.0
// Codes that stand in text fields (roles, kinds, actions, paths of fields) in words.
import type { Field, Option, Rec } from '@/api/types'
import { labelOf } from './i18n'
import { meta } from './session'

/** Several codes, ',' between, stand in a field whose `says` ends so. */
export const several = (says: string) => says.endsWith(',')

/** Role, kind, action; or the choices of a field, "sla_clock.metric". */
function wordsOf(says: string): Option[] {
  const [kind, name] = says.split('.')
  if (name) return meta.value?.kinds[kind!]?.fields.find((f) => f.name === name)?.options ?? []
  return meta.value?.codes?.[says] ?? []
}

/** What may be chosen for such a field; nothing for paths, which are written. */
export function codeOptions(written: string): Option[] {
  const says = written.replace(/,$/, '')
  const all = says === 'path' ? [] : wordsOf(says)
  return all.filter((o, i) => all.findIndex((x) => x.value === o.value) === i)
}

function pathWord(path: string, of: string): string {
  const words: string[] = []
  let kind = meta.value?.kinds[of]
  for (const name of path.split('.')) {
    const f = kind?.fields.find((x) => x.name === name)
    if (!f) return path
    words.push(labelOf(f))
    kind = f.ref ? meta.value?.kinds[f.ref] : undefined
  }
  return words.join(' · ')
}

function word(says: string, code: string, of: string): string {
  if (says === 'path') return pathWord(code, of)
  const own = says === 'action' ? meta.value?.kinds[of]?.actions.find((a) => a.action === code) : undefined
  return labelOf(own ?? wordsOf(says).find((o) => o.value === code)) || code
}

/** Actions and paths belong to the kind that the record names in `source_kind`. */
export function codesText(field: Field, value: unknown, record?: Partial<Rec>): string {
  const of = String(record?.['source_kind'] ?? '')
  const says = (field.says ?? '').replace(/,$/, '')
  return String(value).split(',').map((c) => word(says, c.trim(), of)).join('、')
}
