// SPDX-License-Identifier: Apache-2.0
// One short message at a time, over the top of the page; a thumb reaches through it.
import { ref } from 'vue'
import { ApiError } from '@/api/client'

export interface Said { text: string; tone: 'success' | 'warning' | 'danger' }
export const said = ref<Said | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export function say(text: string, tone: Said['tone'] = 'success'): void {
  said.value = { text, tone }
  clearTimeout(timer)
  timer = setTimeout(() => (said.value = null), tone === 'success' ? 4000 : 8000)
}
export const messageOf = (e: unknown): string => (e instanceof ApiError || e instanceof Error ? e.message : String(e))
export const failed = (e: unknown): void => say(messageOf(e), 'danger')
