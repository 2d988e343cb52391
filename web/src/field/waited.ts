// SPDX-License-Identifier: Apache-2.0
// How long a step has waited in the phone. While the phone's clock went on undisturbed that is the difference of
// its own times: the offset against the server is the same at both ends. When somebody set it in between, the
// time that pages have measured monotonically counts instead; between two lives of the page, and while the
// phone sleeps, that clock stands still, so it may only be short, never long.
import { serverNow } from '@/api/client'
import { put, take } from './store'

const BEAT_MS = 10_000
const STEADY_MS = 5_000 // the server's time comes in whole seconds, twice

export interface Moment {
  device_at: number
  ran: number // of the running clock
  offset: number | null // server minus phone as last known; null = never heard
}
interface Kept { ran: number; wall: number; offset: number | null }

let ran = 0
let mark = performance.now()
let offset: number | null = null
let begun: Promise<void> | null = null

function advance(): number {
  const now = performance.now()
  ran += now - mark
  mark = now
  return ran
}
const beat = () => put('clock', { ran: advance(), wall: Date.now(), offset } satisfies Kept, 'ran')

export function begin(): Promise<void> {
  begun ??= take<Kept>('clock', 'ran').then((old) => {
    if (old) {
      ran = old.ran + Math.max(0, Date.now() - old.wall) // nothing measured the gap but the phone's own clock
      mark = performance.now()
      offset ??= old.offset
    }
    setInterval(() => void beat(), BEAT_MS)
    document.addEventListener('visibilitychange', () => void beat())
  })
  return begun
}
/** After every answer of the server. */
export function heard(): void {
  offset = serverNow() - Date.now()
}
export async function moment(): Promise<Moment> {
  await begin()
  await beat() // whatever happens to the page, the next one goes on from here
  return { device_at: Date.now(), ran: advance(), offset }
}
/** Milliseconds from `then` until now; call after the server was heard. */
export async function since(then: Moment): Promise<number> {
  const now = await moment()
  const steady = then.offset !== null && now.offset !== null && Math.abs(now.offset - then.offset) <= STEADY_MS
  return Math.max(0, Math.round(steady ? now.device_at - then.device_at : now.ran - then.ran))
}
