// SPDX-License-Identifier: Apache-2.0
import { createRouter, createWebHistory } from 'vue-router'
import type { RouteLocationNormalized } from 'vue-router'
import { setUnauthorizedHandler } from '@/api/client'
import { locked } from './lock'
import { forget, resume, user } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // reachable without a session
    title?: string // key of the message catalogue
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', component: () => import('@/pages/LoginPage.vue'), meta: { open: true } },
    {
      path: '/',
      component: () => import('@/layouts/DeskLayout.vue'),
      children: [
        { path: '', component: () => import('@/pages/HomePage.vue'), meta: { title: 'menu.home' } },
        { path: 'bench', component: () => import('@/pages/BenchPage.vue'), meta: { title: 'menu.bench' } },
        { path: 'me', component: () => import('@/pages/MePage.vue'), meta: { title: 'menu.me' } },
        { path: 'desk', component: () => import('@/pages/DeskPage.vue'), meta: { title: 'menu.desk' } },
        { path: 'order/pauses', component: () => import('@/pages/DecidePage.vue'), meta: { title: 'menu.pauses' } },
        { path: 'order/repairs', component: () => import('@/pages/DecidePage.vue'), meta: { title: 'menu.repairs' } },
        { path: 'order/report', component: () => import('@/pages/ReportPage.vue'), meta: { title: 'menu.fault' } },
        { path: 'map', component: () => import('@/pages/MapPage.vue'), meta: { title: 'menu.map' } },
        { path: 'ledger/census', component: () => import('@/pages/CensusPage.vue'), meta: { title: 'menu.census' } },
        { path: 'ledger/blind', component: () => import('@/pages/BlindPage.vue'), meta: { title: 'menu.blind' } },
        { path: 'ledger/duplicates', component: () => import('@/pages/DuplicatesPage.vue'), meta: { title: 'menu.duplicates' } },
        { path: 'asset/:id(\\d+)', component: () => import('@/pages/AssetPage.vue') },
        { path: 'k/asset/:id(\\d+)', redirect: (to) => `/asset/${String(to.params['id'])}` },
        { path: 'k/:kind', component: () => import('@/pages/ListPage.vue') },
        { path: 'k/:kind/:id(\\d+)', component: () => import('@/pages/DetailPage.vue') },
        { path: 'work_order/:id(\\d+)', component: () => import('@/pages/WorkOrderPage.vue') },
        {
          path: 'report/monthly', component: () => import('@/pages/MonthlyPage.vue'),
          meta: { title: 'menu.monthly' }
        },
        { path: 'system/rights', component: () => import('@/pages/RightsPage.vue'), meta: { title: 'menu.rights' } },
        { path: 'monitor/online', component: () => import('@/pages/OnlinePage.vue'), meta: { title: 'menu.online' } },
        { path: 'monitor/health', component: () => import('@/pages/HealthPage.vue'), meta: { title: 'menu.health' } },
        { path: 'log/journal', component: () => import('@/pages/JournalPage.vue'), meta: { title: 'menu.journal' } },
        { path: 'log/logins', component: () => import('@/pages/LoginLogPage.vue'), meta: { title: 'menu.logins' } },
        {
          path: ':rest(.*)*', component: () => import('@/pages/MissingPage.vue'),
          meta: { title: 'page.missing' }
        }
      ]
    }
  ]
})

// Only our own paths: "//elsewhere" would leave the site.
export function safeTarget(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/'
}

function loginAddress(to: RouteLocationNormalized) {
  return { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
}

router.beforeEach(async (to) => {
  try {
    await resume()
  } catch {
    if (!to.meta.open) return loginAddress(to) // the login page says that the server is silent
  }
  const ready = user.value !== null && !user.value.must_change
  if (!to.meta.open && !ready) return loginAddress(to)
  if (to.path === '/login' && ready) return safeTarget(to.query['to'])
  return true
})

setUnauthorizedHandler(() => {
  if (!user.value || locked.value) return // a locked page asks for the password itself
  forget()
  const at = router.currentRoute.value
  if (at.path !== '/login') void router.push(loginAddress(at))
})
