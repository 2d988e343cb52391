// SPDX-License-Identifier: Apache-2.0
// A form that was left: Android closes the page while its camera is open when memory is short.
import { toRaw } from 'vue'
import { user } from '@/core/session'
import { drop, put, take } from './store'

export interface DraftForm { values: Record<string, unknown>; files: Record<string, File[]>; qr: string }
const key = (name: string) => `draft ${user.value?.id ?? 0} ${name}`

export function keepDraft(name: string, d: DraftForm): void {
  const files: Record<string, File[]> = {}
  for (const [k, list] of Object.entries(d.files)) files[k] = toRaw(list).map((f) => toRaw(f))
  void put('kept', { values: JSON.parse(JSON.stringify(d.values)) as Record<string, unknown>, files, qr: d.qr }, key(name))
}
export const takeDraft = (name: string) => take<DraftForm>('kept', key(name))
export const clearDraft = (name: string) => drop('kept', key(name))
