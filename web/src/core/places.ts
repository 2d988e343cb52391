// SPDX-License-Identifier: Apache-2.0
// Where things are: the menu, and which page shows a record.
import { computed } from 'vue'
import type { Component } from 'vue'
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router'
import {
  Aim, AlarmClock, Avatar, Bell, Box, Briefcase, Calendar, Camera, ChatDotRound, ChatLineSquare, Clock, Coin, Collection, Connection, CopyDocument, Cpu, DataAnalysis, Document,
  EditPen, Files, Finished, Flag, Guide, Hide, HomeFilled, Key, List, Location, MapLocation, MessageBox, Money, Monitor, MuteNotification, OfficeBuilding, Odometer, Operation, Phone,
  Postcard, Promotion, Reading, Setting, Share, SwitchButton, Tickets, Timer, Tools, TrendCharts, Unlock, Upload, User, VideoCamera, VideoPause, WarningFilled
} from '@element-plus/icons-vue'
import type { Kind } from '@/api/types'
import { labelOf, t } from './i18n'
import { mayReport } from './duty'
import { mayList, meta, permitted } from './session'

export interface Place {
  key: string
  label: string
  icon: Component
  to: string
}
export interface Group {
  key: string
  label: string
  icon: Component
  places: Place[]
}

const ICONS: Record<string, Component> = {
  work_order: Tickets, outage: WarningFilled, alarm: Bell, asset: Cpu, site: Location,
  uplink: Share, asset_class: Collection, user: User, org_unit: OfficeBuilding, sla_rule: Odometer,
  calendar_day: Calendar, sla_clock: Timer, role: Postcard, setting: Operation, import_batch: Upload,
  sla_pause: VideoPause, repair_request: Tools, loan: SwitchButton, customer_visit: Guide, duty_shift: AlarmClock,
  camera: Camera, camera_file: Files, asset_change: EditPen, replaced_part: Box, contract: Briefcase, price_item: Coin, baseline_qty: Aim,
  key_period: Flag, duty_quota: Money, contract_note: ChatLineSquare, sla_move: TrendCharts, sla_change: Operation, calendar_version: Clock,
  stock_phrase: ChatDotRound, notice_rule: Bell, notice_setting: MuteNotification, notice_channel: MessageBox, notice_delivery: Promotion,
  webhook: Connection, dead_letter: WarningFilled, account_request: Avatar
}
// The headings of the menu in their order. A kind says its heading in its metadata; a heading that
// stands here has an icon and a place, any other kind is found under "other".
const HEADINGS: Record<string, Component> = {
  order: Tickets, watch: WarningFilled, video: VideoCamera, ledger: Cpu, inspection: Finished, duty: Calendar,
  spare: Box, contract: Briefcase, report: DataAnalysis, knowledge: Reading, other: List, system: Setting,
  monitor: Monitor, log: Document
}

export interface Made {
  group: string
  key: string
  icon: Component
  to: string
  open: () => boolean
}
// Pages made by hand stand in the menu like kinds, above them.
const MADE: Made[] = [
  { group: 'order', key: 'fault', icon: EditPen, to: '/order/report', open: mayReport },
  { group: 'order', key: 'desk', icon: Phone, to: '/desk', open: () => permitted('work_order.dispatch') },
  { group: 'order', key: 'pauses', icon: Timer, to: '/order/pauses', open: () => permitted('sla_pause.decide') || permitted('sla_pause.confirm') },
  { group: 'order', key: 'repairs', icon: Finished, to: '/order/repairs', open: () => permitted('repair_request.decide') },
  { group: 'ledger', key: 'map', icon: MapLocation, to: '/map', open: () => mayList('map_point') },
  { group: 'ledger', key: 'census', icon: Finished, to: '/ledger/census', open: () => mayList('census') },
  { group: 'ledger', key: 'blind', icon: Hide, to: '/ledger/blind', open: () => mayList('asset_gap') },
  { group: 'ledger', key: 'duplicates', icon: CopyDocument, to: '/ledger/duplicates', open: () => mayList('duplicate_group') },
  { group: 'report', key: 'monthly', icon: DataAnalysis, to: '/report/monthly', open: () => permitted('report.read') },
  { group: 'system', key: 'rights', icon: Key, to: '/system/rights', open: () => mayList('role') && mayList('role_permission') },
  { group: 'monitor', key: 'online', icon: Avatar, to: '/monitor/online', open: () => permitted('session.read') },
  { group: 'monitor', key: 'health', icon: Monitor, to: '/monitor/health', open: () => permitted('session.read') },
  { group: 'log', key: 'journal', icon: Document, to: '/log/journal', open: () => permitted('journal.read') },
  { group: 'log', key: 'logins', icon: Unlock, to: '/log/logins', open: () => permitted('journal.read') }
]

const place = (k: Kind): Place => ({ key: k.name, label: labelOf(k), icon: ICONS[k.name] ?? List, to: `/k/${k.name}` })

export const home = computed<Place>(() => ({ key: 'home', label: t('menu.home'), icon: HomeFilled, to: '/' }))

const headingOf = (k: Kind) => (k.group && k.group in HEADINGS ? k.group : 'other')

export const groups = computed<Group[]>(() => {
  const kinds = Object.values(meta.value?.kinds ?? {}).filter((k) => k.group !== 'inside')
  return Object.entries(HEADINGS)
    .map(([key, icon]) => {
      const made = MADE.filter((m) => m.group === key && m.open())
        .map((m): Place => ({ key: m.key, label: t(`menu.${m.key}`), icon: m.icon, to: m.to }))
      return { key, icon, label: t(`menu.${key}`), places: [...made, ...kinds.filter((k) => headingOf(k) === key).map(place)] }
    })
    .filter((g) => g.places.length > 0)
})

/** The page of a record: one made by hand where there is one. */
export function recordPlace(kind: string, id: number | string): string {
  return kind === 'work_order' || kind === 'asset' ? `/${kind}/${id}` : `/k/${kind}/${id}`
}
const SHORT = 16
/** A record without steps, files, rows or many fields is read in a drawer; others get a page. */
export function isShort(k: Kind): boolean {
  const long = new Set(['files', 'rows'])
  return k.name !== 'work_order' && !k.actions.some((a) => a.to) && k.fields.length <= SHORT && !k.fields.some((f) => long.has(f.type))
}
export function listPlace(kind: string, query: LocationQueryRaw = {}): RouteLocationRaw {
  return { path: `/k/${kind}`, query }
}

/** Lists of other kinds that point here through a reference. */
export function relatedLists(kind: string): { kind: string; field: string; label: string }[] {
  const out: { kind: string; field: string; label: string }[] = []
  for (const other of Object.values(meta.value?.kinds ?? {})) {
    const refs = other.fields.filter((f) => f.type === 'ref' && f.ref === kind)
    for (const f of refs) {
      const twice = refs.length > 1 || other.name === kind
      out.push({
        kind: other.name, field: f.name,
        label: twice ? `${labelOf(other)} (${labelOf(f)})` : labelOf(other)
      })
    }
  }
  return out
}
