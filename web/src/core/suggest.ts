// SPDX-License-Identifier: Apache-2.0
// What is suggested while somebody types: asked a moment after the last key, only the newest answer counts.
import { onScopeDispose, ref, watch } from 'vue'
import type { Ref } from 'vue'

const PAUSE_MS = 150

/** ask() makes the question (null = nothing to ask), answer() puts it; the last result stays until the next. */
export function useSuggest<Q, A>(ask: () => Q | null, answer: (q: Q, signal: AbortSignal) => Promise<A>): { found: Ref<A | null>; busy: Ref<boolean> } {
  const found = ref<A | null>(null) as Ref<A | null>
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null

  async function go(q: Q): Promise<void> {
    const mine = (running = new AbortController())
    try {
      const a = await answer(q, mine.signal)
      if (running === mine) found.value = a
    } catch {
      if (running === mine) found.value = null // a suggestion that fails is no suggestion; the form goes on
    }
    if (running === mine) busy.value = false
  }
  watch(() => JSON.stringify(ask()), () => {
    clearTimeout(timer)
    running?.abort()
    running = null
    const q = ask()
    busy.value = q !== null
    if (q === null) found.value = null
    else timer = setTimeout(() => void go(q), PAUSE_MS)
  }, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    running?.abort()
  })
  return { found, busy }
}
