// SPDX-License-Identifier: Apache-2.0
import { createI18n } from 'vue-i18n'
import { setLanguage } from '@/api/client'
import en from '@/locales/en'
import zh from '@/locales/zh-CN'

export type Lang = 'zh-CN' | 'en'
const KEY = 'sw.lang'

const stored = localStorage.getItem(KEY)
const initial: Lang = stored === 'en' ? 'en' : 'zh-CN'

export const i18n = createI18n({
  legacy: false,
  locale: initial,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en }
})

export const t = i18n.global.t
export const lang = i18n.global.locale

export function applyLang(next: Lang): void {
  lang.value = next
  localStorage.setItem(KEY, next)
  setLanguage(next)
  document.documentElement.lang = next
}
applyLang(initial)

/** The label of anything that carries one in both languages. */
export function labelOf(x: { label: string; label_en?: string | null } | null | undefined): string {
  if (!x) return ''
  return lang.value === 'en' && x.label_en ? x.label_en : x.label
}
