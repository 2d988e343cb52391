// SPDX-License-Identifier: Apache-2.0
// Codes that stand in text fields (roles, kinds, actions, paths of fields) in words.
import type { Field, Option, Rec } from '@/api/types'
import { labelOf } from './i18n'
import { meta } from './session'

/** What may be chosen for such a field; nothing for paths, which are written. */
export function codeOptions(says: string): Option[] {
  const all = says === 'path' ? [] : (meta.value?.codes?.[says] ?? [])
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
  return labelOf(own ?? meta.value?.codes?.[says]?.find((o) => o.value === code)) || code
}

/** Actions and paths belong to the kind that the record names in `source_kind`. */
export function codesText(field: Field, value: unknown, record?: Partial<Rec>): string {
  const of = String(record?.['source_kind'] ?? '')
  return String(value).split(',').map((c) => word(field.says ?? '', c.trim(), of)).join('、')
}
