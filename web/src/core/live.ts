// SPDX-License-Identifier: Apache-2.0
import { onActivated, onDeactivated, onScopeDispose } from 'vue'
import { onChange } from '@/api/events'
import type { ChangeEvent } from '@/api/types'

const QUIET_MS = 400 // a storm of changes makes one refresh
const MOST_MS = 2000 // but a storm that does not end does not leave the page as it was

/** Refreshes when `touches` an event; a page in the background waits until it is looked at. */
export function useLive(touches: (e: ChangeEvent) => boolean, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let shown = true
  let stale = false
  let first = 0 // of the changes not yet shown
  const soon = () => {
    clearTimeout(timer)
    first ||= Date.now()
    timer = setTimeout(() => {
      first = 0
      if (shown) refresh()
      else stale = true
    }, Math.max(0, Math.min(QUIET_MS, first + MOST_MS - Date.now())))
  }
  const stop = onChange((e) => {
    if (e.kind === '*' || touches(e)) soon()
  })
  onActivated(() => {
    shown = true
    if (stale) refresh()
    stale = false
  })
  onDeactivated(() => (shown = false))
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
}
