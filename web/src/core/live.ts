// SPDX-License-Identifier: Apache-2.0
import { onActivated, onDeactivated, onScopeDispose } from 'vue'
import { onChange } from '@/api/events'
import type { ChangeEvent } from '@/api/types'

const QUIET_MS = 400 // a storm of changes makes one refresh

/** Refreshes when `touches` an event; a page in the background waits until it is looked at. */
export function useLive(touches: (e: ChangeEvent) => boolean, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let shown = true
  let stale = false
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (shown) refresh()
      else stale = true
    }, QUIET_MS)
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
