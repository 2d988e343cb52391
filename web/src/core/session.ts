// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and the metadata that this user may see. The server decides; pages only ask can().
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/records'
import { ApiError, setCsrf } from '@/api/client'
import { startEvents, stopEvents } from '@/api/events'
import type { Kind, Meta, Session, User } from '@/api/types'
import type { KindName } from '@/gen/kinds'
import { clearDrafts } from './drafts'

export const user = ref<User | null>(null)
export const meta = shallowRef<Meta | null>(null)
const saidName = ref('守望运维')
export const appName = computed(() => meta.value?.app.name ?? saidName.value)
export const appVersion = computed(() => meta.value?.app.version ?? '')

/** The name before anyone has signed in, where the server tells it. */
export async function learnName(): Promise<void> {
  try {
    saidName.value = (await api.openMeta()).app.name
  } catch {
    // the usual name does as well
  }
}

let asked = false

async function enter(s: Session): Promise<void> {
  setCsrf(s.csrf)
  user.value = s.user
  if (s.user.must_change) return // nothing else is allowed yet
  meta.value = await api.meta()
  startEvents()
}

/** Takes up the session of the cookie, once per page load. */
export async function resume(): Promise<void> {
  if (asked) return
  try {
    await enter(await api.currentSession())
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 401) throw e
  }
  asked = true
}

export async function signIn(login: string, password: string): Promise<void> {
  await enter(await api.login(login, password))
  asked = true
}

/** After a forced change the same session is good for everything. */
export async function refreshSession(): Promise<void> {
  await enter(await api.currentSession())
}

export function forget(): void {
  stopEvents()
  user.value = null
  meta.value = null
  setCsrf('')
}

export async function signOut(): Promise<void> {
  const id = user.value?.id
  try {
    await api.logout()
  } catch (e) {
    if (!(e instanceof ApiError) || e.status !== 401) throw e
  }
  if (id !== undefined) clearDrafts(id) // a shared desk must not show the last user's texts
  forget()
}

export function kindOf(name: KindName | (string & {})): Kind | null {
  return meta.value?.kinds[name] ?? null
}
export function mayList(name: string): boolean {
  return kindOf(name) !== null
}
export function mayDo(kind: KindName | (string & {}), what: string): boolean {
  return kindOf(kind)?.can.includes(what) ?? false
}
export function permitted(permission: string): boolean {
  return user.value?.permissions.includes(permission) ?? false
}
