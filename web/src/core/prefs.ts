// SPDX-License-Identifier: Apache-2.0
// What this browser remembers: look, menu, columns. Never a business value.
import { ref, watch } from 'vue'

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function remembered<T>(key: string, fallback: T) {
  const value = ref(read(key, fallback))
  watch(value, (v) => localStorage.setItem(key, JSON.stringify(v)), { deep: true })
  return value
}

export const dark = remembered('sw.dark', false)
export const large = remembered('sw.large', false) // 16 px instead of 14
export const weak = remembered('sw.weak', false) // colours that the colour-blind tell apart
export const grey = remembered('sw.grey', false) // days of mourning
export const watermark = remembered('sw.watermark', true)
export const lockAfter = remembered('sw.lock', 30) // minutes without a hand on the page; 0 = never
export const menuFolded = remembered('sw.menu.folded', false)

const looks = { dark, large, weak, grey }
for (const [name, on] of Object.entries(looks)) {
  watch(on, (v) => document.documentElement.classList.toggle(name, v), { immediate: true })
}

/** True below the width at which menus become drawers and tables become cards. */
const query = window.matchMedia('(max-width: 767px)')
export const narrow = ref(query.matches)
query.addEventListener('change', (e) => (narrow.value = e.matches))
