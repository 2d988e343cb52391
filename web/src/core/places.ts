// SPDX-License-Identifier: Apache-2.0
// Where things are: the menu, and which page shows a record.
import { computed } from 'vue'
import type { Component } from 'vue'
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router'
import {
  Bell, Calendar, Collection, Connection, Cpu, DataAnalysis, HomeFilled, List, Location,
  OfficeBuilding, Odometer, Setting, Share, Tickets, Timer, User, WarningFilled
} from '@element-plus/icons-vue'
import { labelOf, t } from './i18n'
import { kindOf, mayList, meta, permitted } from './session'

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
  calendar_day: Calendar, sla_clock: Timer, outage_asset: Connection
}
const GROUPS: { key: string; icon: Component; kinds: string[] }[] = [
  { key: 'order', icon: Tickets, kinds: ['work_order'] },
  { key: 'watch', icon: WarningFilled, kinds: ['outage', 'alarm'] },
  { key: 'ledger', icon: Cpu, kinds: ['asset', 'site', 'uplink', 'asset_class'] },
  { key: 'report', icon: DataAnalysis, kinds: ['sla_clock'] },
  { key: 'system', icon: Setting, kinds: ['user', 'org_unit', 'sla_rule', 'calendar_day'] }
]
// Shown inside other records, never as a desk of their own.
const INNER = new Set(['outage_asset'])

const place = (kind: string): Place => ({
  key: kind, label: labelOf(kindOf(kind)), icon: ICONS[kind] ?? List, to: `/k/${kind}`
})

export const home = computed<Place>(() => ({ key: 'home', label: t('menu.home'), icon: HomeFilled, to: '/' }))

export const groups = computed<Group[]>(() => {
  const known = new Set(GROUPS.flatMap((g) => g.kinds))
  const rest = Object.keys(meta.value?.kinds ?? {}).filter((k) => !known.has(k) && !INNER.has(k))
  return [...GROUPS, { key: 'other', icon: List, kinds: rest }]
    .map((g) => {
      const places = g.kinds.filter(mayList).map(place)
      if (g.key === 'report' && permitted('report.read')) {
        places.unshift({ key: 'monthly', label: t('menu.monthly'), icon: DataAnalysis, to: '/report/monthly' })
      }
      return { key: g.key, icon: g.icon, label: t(`menu.${g.key}`), places }
    })
    .filter((g) => g.places.length > 0)
})

/** The page of a record: one made by hand where there is one. */
export function recordPlace(kind: string, id: number | string): string {
  return kind === 'work_order' ? `/work_order/${id}` : `/k/${kind}/${id}`
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
