// SPDX-License-Identifier: Apache-2.0
// The strip of opened pages. A tab is one path; its query may change inside it. What is typed in a
// page lives as long as its tab: the view of a tab is kept alive under the tab's name.
import { computed, ref, watch } from 'vue'
import type { RouteLocationNormalizedLoaded } from 'vue-router'

export interface Tab {
  path: string
  full: string
  title: string
  version: number // raised to throw the kept view away
}

const KEY = 'sw.tabs'
const MOST = 20

function restore(): Tab[] {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Tab[]
    return found.filter((x) => typeof x.path === 'string' && x.path.startsWith('/'))
  } catch {
    return []
  }
}

export const tabs = ref<Tab[]>(restore())
watch(tabs, (v) => sessionStorage.setItem(KEY, JSON.stringify(v)), { deep: true })

export const viewName = (tab: Tab) => `${tab.path}#${tab.version}`
export const keptViews = computed(() => tabs.value.map(viewName))

export const tabOf = (path: string) => tabs.value.find((x) => x.path === path)

export function openTab(route: RouteLocationNormalizedLoaded, title: string): Tab {
  const found = tabOf(route.path)
  if (found) {
    found.full = route.fullPath
    return found
  }
  const tab = { path: route.path, full: route.fullPath, title, version: 0 }
  tabs.value.push(tab)
  if (tabs.value.length > MOST) {
    const victim = tabs.value.findIndex((x) => x.path !== '/' && x.path !== route.path)
    if (victim >= 0) tabs.value.splice(victim, 1)
  }
  return tab
}

export function setTitle(path: string, title: string): void {
  const tab = tabOf(path)
  if (tab) tab.title = title
}
export function refreshTab(path: string): void {
  const tab = tabOf(path)
  if (tab) tab.version++
}

/** Closes; answers where to go when the tab shown is among them, else null. */
export function closeTabs(which: (t: Tab) => boolean, shown: string): string | null {
  const at = tabs.value.findIndex((x) => x.path === shown)
  const gone = (x: Tab) => x.path !== '/' && which(x)
  const current = tabs.value[at]
  const left = tabs.value.filter((x) => !gone(x))
  let next: string | null = null
  if (current && gone(current)) {
    const after = tabs.value.slice(at + 1).find((x) => !gone(x))
    const before = [...tabs.value.slice(0, at)].reverse().find((x) => !gone(x))
    next = (after ?? before)?.full ?? '/'
  }
  tabs.value = left
  return next
}
export function forgetTabs(): void {
  tabs.value = []
}
