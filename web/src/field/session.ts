// SPDX-License-Identifier: Apache-2.0
// Who holds the phone. Without a network it is who held it last; the server asks again as soon as it is there.
import { toRaw } from 'vue'
import { setCsrf } from '@/api/client'
import { forget, meta, refreshSession, resume, signIn, signOut, user } from '@/core/session'
import type { Meta, User } from '@/api/types'
import { cut, online, reached } from './kept'
import { drop, empty, put, take } from './store'

interface Last { user: User; meta: Meta }
let known = false // the server has answered for this session

function keep(): void {
  known = true
  if (user.value && meta.value) void put('kept', { user: toRaw(user.value), meta: toRaw(meta.value) } satisfies Last, 'last')
}
/** Takes up the session; true when somebody is signed in, be it from memory. */
export async function enter(): Promise<boolean> {
  if (known) return user.value !== null
  try {
    await reached(resume)
    if (user.value) keep()
  } catch (e) {
    if (!cut(e)) throw e
    const last = await take<Last>('kept', 'last')
    if (last && !user.value) {
      user.value = last.user
      meta.value = last.meta
    }
  }
  return user.value !== null
}
/** Before anything is sent: the session as the server sees it, with its token against forgery. */
export async function confirmSession(): Promise<void> {
  if (known) return
  await reached(refreshSession)
  keep()
}
/** The server says that the session is over. What waits to be sent stays. */
export function lost(): void {
  known = false
  forget()
  void drop('kept', 'last')
}
export async function login(name: string, password: string): Promise<void> {
  await reached(() => signIn(name, password))
  if (!user.value?.must_change) keep()
}
/** A shared phone must not show the last user's orders; unsent steps stay his and are sent when he is back. */
export async function logout(): Promise<void> {
  if (online.value) await signOut().catch(() => undefined)
  known = false
  setCsrf('')
  forget()
  await empty('kept')
}
