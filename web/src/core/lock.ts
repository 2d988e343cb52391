// SPDX-License-Identifier: Apache-2.0
// The screen lock. Locking ends the session at the server, so that nobody at this desk can act in it;
// the pages stay as they are underneath and go on after the password.
import { onScopeDispose, ref } from 'vue'
import { ApiError, setCsrf } from '@/api/client'
import { announceReload, startEvents, stopEvents } from '@/api/events'
import * as api from '@/api/records'
import { lockAfter } from './prefs'
import { user } from './session'
import { t } from './i18n'

export const locked = ref(false)

export async function lock(): Promise<void> {
  if (locked.value || !user.value) return
  locked.value = true
  stopEvents()
  try {
    await api.logout()
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) return
    // The server is away: the screen is locked all the same, and the session runs out by itself.
  }
}

export async function unlock(password: string): Promise<void> {
  const mine = user.value
  if (!mine) return
  const session = await api.login(mine.login, password)
  if (session.user.must_change) throw new Error(t('lock.mustChange'))
  setCsrf(session.csrf)
  user.value = session.user
  locked.value = false
  startEvents()
  announceReload() // what happened meanwhile
}

const HANDS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

/** Locks when nobody has touched any page of this browser for a while. */
export function useIdleLock(): void {
  let last = Date.now()
  const touched = () => {
    const now = Date.now()
    if (now - last > 5_000) localStorage.setItem('sw.touched', String(now)) // the other pages of this browser
    last = now
  }
  const timer = setInterval(() => {
    const latest = Math.max(last, Number(localStorage.getItem('sw.touched') ?? 0))
    if (lockAfter.value > 0 && Date.now() - latest > lockAfter.value * 60_000) void lock()
  }, 10_000)
  HANDS.forEach((h) => window.addEventListener(h, touched, { passive: true, capture: true }))
  onScopeDispose(() => {
    clearInterval(timer)
    HANDS.forEach((h) => window.removeEventListener(h, touched, { capture: true }))
  })
}
