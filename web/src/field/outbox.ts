// SPDX-License-Identifier: Apache-2.0
// Everything that the phone writes goes through here, with or without a network: kept first, then sent in
// order, photos before their step. What the server refuses or what somebody else changed in between stays
// until its person decides.
import { computed, ref } from 'vue'
import { ApiError, get, post } from '@/api/client'
import { putFile } from '@/api/upload'
import type { Page, Rec } from '@/api/types'
import { user } from '@/core/session'
import { cut, online, reached } from './kept'
import { confirmSession } from './session'
import { all, drop, dropStep, put, putStep, take } from './store'
import { begin, moment, since } from './waited'
import type { Moment } from './waited'

export interface Base { rev: number; state: string; engineer_id: number | null }
export interface Step {
  id?: number
  user: number
  kind: string
  record: number | null // null: a new record
  about: string // the order's number, or what is reported
  action: string
  label: string
  to: string | null // the state that it leads to
  stamped: boolean // takes device time and waiting
  input: Record<string, unknown>
  photos: Record<string, string[]> // ids by field
  moment: Moment
  base: Base | null // what its person saw
  state: 'waits' | 'refused' | 'conflict'
  tried?: boolean // an answer may have been lost
  message?: string
  field?: string | null
  theirs?: Rec | null
}
interface Photo { id: string; name: string; blob: Blob; file: number | null; sent_at?: number }
const FILE_LIFE_MS = 20 * 3600_000 // the server keeps a file that no record names for 24 h
export interface Draft extends Omit<Step, 'user' | 'moment' | 'state' | 'photos' | 'id'> {
  photos: Record<string, File[]>
  instead?: Step // of one that the server refused: its place in the line and its time
}
export interface Outcome { sent: boolean; step: Step | null; record: Rec | null }

const RETRY_MS = 20_000
const SOON_MS = 1000 // a phone says "online" before its network carries anything
export const steps = ref<Step[]>([])
export const sending = ref(false)
export const waiting = computed(() => steps.value.filter((s) => s.state === 'waits'))
export const stuck = computed(() => steps.value.filter((s) => s.state !== 'waits'))
const replies = new Map<number, Rec>()

const V1 = '/api/v1'
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
const keyOf = (s: Step) => (s.record === null ? '' : `${s.kind}/${s.record}`)
export const baseOf = (r: Rec): Base => ({ rev: r.rev, state: String(r['state'] ?? ''), engineer_id: (r['engineer_id'] as number | null) ?? null })
export const photoOf = async (id: string) => (await take<Photo>('photos', id))?.blob ?? null

export async function refresh(): Promise<void> {
  const mine = user.value?.id
  steps.value = (await all<Step>('steps')).filter((s) => s.user === mine).sort((a, b) => a.id! - b.id!)
}

async function uploadPhotos(step: Step): Promise<Record<string, number[]>> {
  const out: Record<string, number[]> = {}
  for (const [field, ids] of Object.entries(step.photos)) {
    out[field] = []
    for (const id of ids) {
      const photo = await take<Photo>('photos', id)
      if (!photo) continue
      const gone = photo.file !== null && Date.now() - (photo.sent_at ?? 0) > FILE_LIFE_MS
      if (photo.file === null || gone) {
        const file = new File([photo.blob], photo.name, { type: photo.blob.type })
        photo.file = (await reached(() => putFile(file, undefined, { id: gone ? newId() : id, patience: 0 }))).id
        photo.sent_at = Date.now()
        await put('photos', photo)
      }
      out[field].push(photo.file)
    }
  }
  return out
}
async function bodyOf(step: Step): Promise<Record<string, unknown>> {
  const photos = await uploadPhotos(step)
  const body: Record<string, unknown> = { ...step.input }
  for (const [field, ids] of Object.entries(photos)) if (ids.length) body[field] = ids
  if (step.base && step.record !== null) body['rev'] = step.base.rev
  if (step.stamped) Object.assign(body, { device_at: step.moment.device_at, queued_ms: await since(step.moment) })
  return body
}

const same = (a: unknown, b: unknown) => Array.isArray(a) || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
const saysSame = (input: Record<string, unknown>, r: Rec) => Object.entries(input).every(([k, v]) => same(v, r[k]))

/** An answer was lost: did the server take the step all the same? */
async function takenAlready(step: Step, fresh: Rec | null): Promise<Rec | null> {
  if (!step.tried) return null
  if (step.stamped && step.record !== null) {
    const q = new URLSearchParams([['f', `work_order_id.eq.${step.record}`], ['f', `device_at.eq.${step.moment.device_at}`], ['limit', '5']])
    const found = await get<Page>(`${V1}/work_order_step?${q}`)
    return found.items.some((s) => s['action'] === step.action) ? fresh : null
  }
  if (step.record !== null) return fresh && saysSame(step.input, fresh) ? fresh : null
  const newest = await get<Page>(`${V1}/${step.kind}?sort=-id&limit=10`)
  const since = step.moment.device_at + (step.moment.offset ?? 0) - 120_000
  return newest.items.find((r) => r.created_at >= since && saysSame(step.input, r)) ?? null
}

async function post1(step: Step): Promise<Rec> {
  const body = await bodyOf(step)
  const path = step.record === null ? `${V1}/${step.kind}` : `${V1}/${step.kind}/${step.record}/${step.action}`
  try {
    return await reached(() => post<Rec>(path, body))
  } catch (e) {
    if (cut(e)) {
      step.tried = true
      await put('steps', plain(step))
    }
    throw e
  }
}
const plain = (s: Step): Step => JSON.parse(JSON.stringify(s)) as Step

async function settle(step: Step, record: Rec): Promise<void> {
  replies.set(step.id!, record)
  await dropStep(step.id!, Object.values(step.photos).flat())
  for (const s of await all<Step>('steps')) // those behind it go on from what the server says now
    if (s.user === step.user && s.base && keyOf(s) === keyOf(step)) await put('steps', { ...s, base: baseOf(record) })
}
async function hold(step: Step, state: 'refused' | 'conflict', message: string, more: Partial<Step> = {}): Promise<void> {
  await put('steps', plain({ ...step, state, message, ...more }))
}

/** The record moved on. A change that does not touch this step is none of its business. */
async function stale(step: Step, e: ApiError): Promise<boolean> {
  const fresh = await reached(() => get<Rec>(`${V1}/${step.kind}/${step.record}`)).catch((x: unknown) => {
    if (x instanceof ApiError && (x.status === 404 || x.status === 403)) return null
    throw x
  })
  const taken = await takenAlready(step, fresh)
  if (taken) {
    await settle(step, taken)
    return true
  }
  const now = fresh ? baseOf(fresh) : null
  if (now && step.base && now.rev === step.base.rev) await hold(step, 'refused', e.message, { field: e.field }) // not stale: the server means it
  else if (now && step.base && fresh!.can.includes(step.action) && now.state === step.base.state && now.engineer_id === step.base.engineer_id) {
    step.base = now
    await put('steps', plain(step))
    return sendOne(step)
  } else await hold(step, 'conflict', e.message, { theirs: fresh })
  return false
}

/** True when it is done and what follows may go. */
async function sendOne(step: Step): Promise<boolean> {
  try {
    if (step.tried && step.record === null) {
      const taken = await takenAlready(step, null)
      if (taken) {
        await settle(step, taken)
        return true
      }
    }
    await settle(step, await post1(step))
    return true
  } catch (e) {
    if (!(e instanceof ApiError) || cut(e) || e.status === 401 || e.status === 503) throw e
    const gone = step.record !== null && (e.status === 404 || e.status === 403)
    if (step.record !== null && (e.status === 409 || gone)) return stale(step, e)
    await hold(step, 'refused', e.message, { field: e.field })
    return false
  }
}

async function once(): Promise<void> {
  await begin()
  await refresh()
  if (!waiting.value.length) return
  await confirmSession()
  const blocked = new Set<string>()
  for (const { id } of [...steps.value]) {
    const step = await take<Step>('steps', id!) // as its predecessor left it
    if (!step || step.user !== user.value?.id) continue
    const key = keyOf(step)
    if (key && blocked.has(key)) continue
    const done = step.state === 'waits' && (await sendOne(step))
    if (!done && key) blocked.add(key)
    await refresh()
  }
}
async function guarded(): Promise<void> {
  try {
    if ('locks' in navigator) await navigator.locks.request('shouwang-outbox', { ifAvailable: true }, (got) => (got ? once() : undefined))
    else await once()
  } catch (e) {
    if (!(e instanceof ApiError)) throw e // no network, no session, too much at once: later
  } finally {
    await refresh()
  }
}
let running: Promise<void> | null = null
let again = false
let soon = SOON_MS
let timer: ReturnType<typeof setTimeout> | undefined
/** What could not be sent is tried again after 1 s, 2 s, 4 s …, then with the interval. */
function retry(): void {
  clearTimeout(timer)
  if (!waiting.value.length) soon = SOON_MS
  else if (soon < RETRY_MS) {
    timer = setTimeout(() => void flush(), soon)
    soon *= 2
  }
}
async function loop(): Promise<void> {
  sending.value = true
  try {
    while (again) {
      again = false
      await guarded()
    }
  } finally {
    sending.value = false
    running = null
    retry()
  }
}
export function flush(): Promise<void> {
  again = true
  running ??= loop()
  return running
}

export async function submit(draft: Draft): Promise<Outcome> {
  const photos: Photo[] = []
  const named: Record<string, string[]> = {}
  for (const [field, files] of Object.entries(draft.photos))
    named[field] = files.map((f) => {
      const id = newId()
      photos.push({ id, name: f.name, blob: f, file: null })
      return id
    })
  const old = draft.instead ? plain(draft.instead) : null
  const what = plain({ ...draft, photos: {}, instead: undefined } as unknown as Step)
  const step: Step = { ...what, user: user.value!.id, moment: old?.moment ?? (await moment()), state: 'waits', photos: named }
  if (old) step.id = old.id!
  const id = await putStep(step, photos)
  for (const name of Object.values(old?.photos ?? {}).flat()) await drop('photos', name)
  await refresh()
  if (online.value) await flush()
  else void flush() // perhaps the network is back and nobody said so
  const left = steps.value.find((s) => s.id === id) ?? null
  const record = replies.get(id) ?? null
  replies.delete(id)
  return { sent: left === null, step: left, record }
}
export async function discard(step: Step): Promise<void> {
  await dropStep(step.id!, Object.values(step.photos).flat())
  await refresh()
  void flush() // what waited behind it
}
/** Sends it once more on top of what the others made of the record. */
export async function onTop(step: Step): Promise<void> {
  const next = plain({ ...step, state: 'waits' })
  if (step.theirs) next.base = baseOf(step.theirs)
  delete next.theirs
  delete next.message
  await put('steps', next)
  await flush()
}

let started = false
export function startOutbox(): void {
  if (started) return
  started = true
  window.addEventListener('online', () => {
    online.value = true
    soon = SOON_MS
    void flush()
  })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void flush())
  setInterval(() => waiting.value.length && void flush(), RETRY_MS)
}
export const stepsOfKind = (kind: string, action: string): Step[] => steps.value.filter((s) => s.kind === kind && s.action === action)
