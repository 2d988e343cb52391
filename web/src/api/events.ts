// SPDX-License-Identifier: Apache-2.0
// News of changes. One browser holds one stream, however many pages are open: the page that gets the
// lock reads the stream and tells the others. When it closes, the lock passes on by itself.
import type { ChangeEvent } from './types'

type Listener = (e: ChangeEvent) => void
type StateListener = (live: boolean) => void

const CHANNEL = 'shouwang-events'
const listeners = new Set<Listener>()
const stateListeners = new Set<StateListener>()
let channel: BroadcastChannel | null = null
let source: EventSource | null = null
let release: (() => void) | null = null
let retry: ReturnType<typeof setTimeout> | undefined
let started = false
let waiting: AbortController | null = null

function deliver(e: ChangeEvent): void {
  listeners.forEach((l) => l(e))
}
let last: boolean | null = null
function setLive(live: boolean): void {
  last = live
  stateListeners.forEach((l) => l(live))
}

function open(lost = false): void {
  source?.close()
  source = new EventSource('/api/v1/events')
  source.onopen = () => {
    setLive(true)
    channel?.postMessage({ live: true })
    // A new stream has a new beginning: what happened in the gap is unknown, so look at everything.
    if (lost) tell({ kind: '*', id: 0, action: 'reconnect', at: Date.now() })
  }
  source.addEventListener('change', (m) => {
    try {
      tell(JSON.parse((m as MessageEvent<string>).data) as ChangeEvent)
    } catch {
      // a frame cut by a proxy: the next list refresh corrects it
    }
  })
  source.addEventListener('reload', () => tell({ kind: '*', id: 0, action: 'reload', at: Date.now() })) // too much was missed to be told
  source.onerror = () => {
    setLive(false)
    channel?.postMessage({ live: false })
    // The browser retries by itself unless the server refused; then we do, slowly.
    if (source?.readyState === EventSource.CLOSED && started) {
      clearTimeout(retry)
      retry = setTimeout(() => open(true), 10_000)
    }
  }
}

/** A page that came later asks whether the stream is up. */
function answer(): void {
  if (source) channel?.postMessage({ live: source.readyState === EventSource.OPEN })
}

function tell(e: ChangeEvent): void {
  deliver(e)
  channel?.postMessage(e)
}

/** Every list of this page looks again. */
export function announceReload(): void {
  deliver({ kind: '*', id: 0, action: 'reconnect', at: Date.now() })
}

export function startEvents(): void {
  if (started) return
  started = true
  if ('BroadcastChannel' in window) {
    channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (m: MessageEvent<ChangeEvent | { live: boolean } | { ask: true }>) => {
      if ('live' in m.data) setLive(m.data.live)
      else if ('ask' in m.data) answer()
      else deliver(m.data)
    }
    channel.postMessage({ ask: true })
  }
  if (!('locks' in navigator) || !channel) {
    open() // no way to agree with the other pages: one stream each
    return
  }
  waiting = new AbortController()
  navigator.locks
    .request(CHANNEL, { signal: waiting.signal }, () => {
      open()
      return new Promise<void>((done) => (release = done))
    })
    .catch(() => undefined) // aborted by stopEvents
}

export function stopEvents(): void {
  started = false
  clearTimeout(retry)
  waiting?.abort()
  source?.close()
  source = null
  release?.()
  release = null
  channel?.close()
  channel = null
  last = null
}

/** Calls back on every change; returns the way to stop. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
export function onLive(listener: StateListener): () => void {
  stateListeners.add(listener)
  if (last !== null) listener(last)
  return () => stateListeners.delete(listener)
}
