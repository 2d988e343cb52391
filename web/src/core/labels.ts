// SPDX-License-Identifier: Apache-2.0
// Names of referenced records that only an id is known of (a filter in a shared address).
import { reactive } from 'vue'
import * as api from '@/api/records'
import { kindOf } from './session'
import { title } from './value'

const known = reactive(new Map<string, string>())

export function remember(kind: string, id: number | string, label: string): void {
  known.set(`${kind}/${id}`, label)
}

export function labelOfRef(kind: string, id: string): string {
  const key = `${kind}/${id}`
  const found = known.get(key)
  if (found !== undefined) return found
  known.set(key, `#${id}`)
  const k = kindOf(kind)
  if (k && /^\d+$/.test(id)) {
    api.read(kind, Number(id)).then(
      (r) => known.set(key, title(k, r)),
      () => undefined // gone or not ours to see: the number stays
    )
  }
  return `#${id}`
}
