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
export const menuFolded = remembered('sw.menu.folded', false)

watch(dark, (on) => document.documentElement.classList.toggle('dark', on), { immediate: true })

/** True below the width at which menus become drawers and tables become cards. */
const query = window.matchMedia('(max-width: 767px)')
export const narrow = ref(query.matches)
query.addEventListener('change', (e) => (narrow.value = e.matches))
