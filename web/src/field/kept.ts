// SPDX-License-Identifier: Apache-2.0
// Reads through the network while there is one, else what was read last. Kept per user.
import { ref } from 'vue'
import { ApiError, get } from '@/api/client'
import { user } from '@/core/session'
import { put, take } from './store'
import { heard } from './waited'

/** False as soon as a call finds no server; true with the next answer. */
export const online = ref(navigator.onLine)
window.addEventListener('offline', () => (online.value = false))

export const cut = (e: unknown) => e instanceof ApiError && (e.status === 0 || e.status >= 502)
export interface Found<T> { value: T; at: number | null } // at: when it was read, null = now

/** Runs a call and remembers whether the server was there. */
export async function reached<T>(run: () => Promise<T>): Promise<T> {
  try {
    const value = await run()
    heard()
    online.value = true
    return value
  } catch (e) {
    online.value = !cut(e)
    throw e
  }
}

const key = (path: string) => `${user.value?.id ?? 0} ${path}`
export async function read<T>(path: string): Promise<Found<T>> {
  try {
    const value = await reached(() => get<T>(`/api/v1/${path}`))
    void put('kept', { value, at: Date.now() }, key(path))
    return { value, at: null }
  } catch (e) {
    const old = cut(e) ? await take<Found<T>>('kept', key(path)) : undefined
    if (old) return old
    throw e
  }
}
/** Only what is kept, without asking. */
export const remembered = <T>(path: string) => take<Found<T>>('kept', key(path))
