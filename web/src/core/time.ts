// SPDX-License-Identifier: Apache-2.0
// Beijing civil time (UTC+8, no summer time) and how long until. Every deadline is said twice.
import { onScopeDispose, ref } from 'vue'
import { serverNow } from '@/api/client'
import * as api from '@/api/records'
import { lang, t } from './i18n'
import { mayList } from './session'

const OFFSET = 8 * 3600 * 1000
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const two = (n: number) => String(n).padStart(2, '0')

export interface Civil {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  weekday: number // 0 = Sunday
}

export function civil(ms: number): Civil {
  const d = new Date(ms + OFFSET)
  return {
    year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(),
    hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds(),
    weekday: d.getUTCDay()
  }
}

export function isoDate(ms: number): string {
  const c = civil(ms)
  return `${c.year}-${two(c.month)}-${two(c.day)}`
}
export function isoMonth(ms: number): string {
  return isoDate(ms).slice(0, 7)
}
/** Midnight in Beijing of "2026-05-08". */
export function fromIsoDate(text: string): number {
  return Date.parse(`${text}T00:00:00+08:00`)
}
/** "2026-05-08 10:00:00" of a table cell or a form. */
export function stamp(ms: number, seconds = false): string {
  const c = civil(ms)
  return `${isoDate(ms)} ${two(c.hour)}:${two(c.minute)}${seconds ? ':' + two(c.second) : ''}`
}
export function clockTime(ms: number): string {
  const c = civil(ms)
  return `${two(c.hour)}:${two(c.minute)}`
}

// Days on which the week does not say whether people work.
const special = new Map<string, string>()
let specialAsked = false
export const specialLoaded = ref(0)

export async function loadCalendar(): Promise<void> {
  if (specialAsked || !mayList('calendar_day')) return
  specialAsked = true
  const from = isoDate(serverNow() - 60 * DAY)
  const to = isoDate(serverNow() + 120 * DAY)
  const q = new URLSearchParams([
    ['f', `on_date.ge.${from}`], ['f', `on_date.le.${to}`], ['sort', 'on_date'], ['limit', '200']
  ])
  try {
    for (const row of (await api.list('calendar_day', q)).items) {
      special.set(String(row['on_date']), String(row['type']))
    }
    specialLoaded.value++
  } catch {
    specialAsked = false // the dates stay without their mark until the next page asks
  }
}

const WEEK_ZH = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
const WEEK_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTH_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dayMark(ms: number): string {
  void specialLoaded.value // redraw when the calendar arrives
  const type = special.get(isoDate(ms))
  if (type === 'swap_work') return t('time.makeup')
  if (type === 'statutory' || type === 'swap_off') return t('time.off')
  return ''
}

/** "2026-05-09 周六·班" of a day. */
export function withWeekday(day: string): string {
  const ms = fromIsoDate(day)
  if (Number.isNaN(ms)) return day
  const mark = dayMark(ms)
  return `${day} ${(lang.value === 'en' ? WEEK_EN : WEEK_ZH)[civil(ms).weekday]}${mark ? '·' + mark : ''}`
}

/** 5月9日(周六·班) 10:00; the year only when it is another one. */
export function spoken(ms: number, now = serverNow(), seconds = false): string {
  const c = civil(ms)
  const mark = dayMark(ms)
  const time = `${two(c.hour)}:${two(c.minute)}${seconds ? ':' + two(c.second) : ''}`
  const other = civil(now).year !== c.year
  if (lang.value === 'en') {
    const day = `${WEEK_EN[c.weekday]}${mark ? ' · ' + mark : ''} ${c.day} ${MONTH_EN[c.month - 1]}`
    return `${day}${other ? ' ' + c.year : ''} ${time}`
  }
  const day = `${c.month}月${c.day}日(${WEEK_ZH[c.weekday]}${mark ? '·' + mark : ''})`
  return `${other ? c.year + '年' : ''}${day} ${time}`
}

/** 42 分 · 3 小时 5 分 · 2 天 4 小时; seconds only below ten minutes when asked. */
export function span(ms: number, seconds = false): string {
  const abs = Math.abs(ms)
  const s = Math.floor(abs / 1000)
  const m = Math.floor(s / 60)
  if (seconds && m < 10) return t('time.ms', { m, s: two(s % 60) })
  if (m < 1) return t('time.underMinute')
  if (m < 60) return t('time.m', { m })
  const h = Math.floor(m / 60)
  if (h < 48) return m % 60 ? t('time.hm', { h, m: m % 60 }) : t('time.h', { h })
  const d = Math.floor(h / 24)
  return h % 24 ? t('time.dh', { d, h: h % 24 }) : t('time.d', { d })
}

export function remaining(deadline: number, now: number, seconds = false): string {
  const left = deadline - now
  return left >= 0
    ? t('time.left', { span: span(left, seconds) })
    : t('time.over', { span: span(left, seconds) })
}

export function ago(at: number, now: number): string {
  const diff = now - at
  if (diff <= -MINUTE) return t('time.in', { span: span(diff) })
  if (diff < MINUTE) return t('time.justNow')
  return t('time.ago', { span: span(diff) })
}

/** mm:ss or h:mm:ss of an elapsed time, to the second as the contract counts it. */
export function elapsed(ms: number): string {
  const s = Math.floor(ms / 1000)
  const h = Math.floor(s / 3600)
  const rest = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`
  return h ? `${h}:${rest}` : rest
}

const now = ref(serverNow())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** One ticking clock for all components; stops when nobody looks. */
export function useNow() {
  if (users++ === 0) {
    now.value = serverNow()
    timer = setInterval(() => (now.value = serverNow()), 1000)
  }
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return now
}
