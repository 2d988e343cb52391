// SPDX-License-Identifier: Apache-2.0
import { createRouter, createWebHistory } from 'vue-router'
import { setUnauthorizedHandler } from '@/api/client'
import { user } from '@/core/session'
import { enter, lost } from './session'
import HomePage from './pages/HomePage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // reachable without a session
  }
}

export const router = createRouter({
  history: createWebHistory('/m/'),
  routes: [
    { path: '/', component: HomePage },
    { path: '/login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
    { path: '/bench', component: () => import('./pages/BenchPage.vue') },
    { path: '/pool', component: () => import('./pages/PoolPage.vue') },
    { path: '/order/:id(\\d+)', component: () => import('./pages/OrderPage.vue'), props: (r) => ({ id: Number(r.params['id']) }) },
    { path: '/order/:id(\\d+)/:action([a-z_]+)', component: () => import('./pages/StepPage.vue'), props: (r) => ({ id: Number(r.params['id']), action: String(r.params['action']) }) },
    { path: '/scan', component: () => import('./pages/ScanPage.vue') },
    { path: '/device/:token', component: () => import('./pages/DevicePage.vue'), props: true },
    { path: '/report', component: () => import('./pages/ReportPage.vue') },
    { path: '/reports', component: () => import('./pages/ReportsPage.vue') },
    { path: '/outbox', component: () => import('./pages/OutboxPage.vue') },
    { path: '/me', component: () => import('./pages/MePage.vue') },
    { path: '/:rest(.*)*', redirect: '/' }
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 }
})
router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const inside = await enter()
  return inside && !user.value?.must_change ? true : { path: '/login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
})
setUnauthorizedHandler(() => {
  lost()
  const at = router.currentRoute.value
  if (!at.meta.open) void router.replace({ path: '/login', query: { to: at.fullPath } })
})
