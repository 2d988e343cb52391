// SPDX-License-Identifier: Apache-2.0
// The rights of roles as a matrix: permissions by kind, one column per role, a scope in each cell.
import * as api from '@/api/records'
import type { Rec } from '@/api/types'
import { i18n, labelOf, t } from './i18n'
import { meta } from './session'

export interface Line { permission: string; label: string }
export interface Section { key: string; label: string; lines: Line[] }
export interface Matrix {
  roles: Rec[]
  sections: Section[]
  cells: Map<string, Rec> // "role/permission"
}
export const cellKey = (role: unknown, permission: string) => `${String(role)}/${permission}`

export async function loadMatrix(): Promise<Matrix> {
  const [roles, rows] = await Promise.all([api.everything('role'), api.everything('role_permission')])
  roles.sort((a, b) => Number(a['sort']) - Number(b['sort']))
  const cells = new Map(rows.map((r) => [cellKey(r['role'], String(r['permission'])), r]))
  return { roles, cells, sections: sections(new Set(rows.map((r) => String(r['permission'])))) }
}

/** Every permission of a kind, and what else some role holds. */
function sections(held: Set<string>): Section[] {
  const out: Section[] = []
  const placed = new Set<string>()
  for (const k of meta.value?.words ?? []) {
    const lines: Line[] = []
    for (const w of k.permissions) {
      if (placed.has(w.permission)) continue
      placed.add(w.permission)
      lines.push({ permission: w.permission, label: labelOf(w) })
    }
    for (const p of [...held].sort()) {
      if (placed.has(p) || p.split('.')[0] !== k.kind) continue
      placed.add(p)
      lines.push({ permission: p, label: p.slice(k.kind.length + 1) })
    }
    // Two steps may share a word (claiming and accepting): the permission tells them apart.
    const twice = (l: Line) => lines.filter((x) => x.label === l.label).length > 1
    for (const l of lines.filter(twice)) {
      const verb = l.permission.split('.')[1] ?? ''
      l.label = `${l.label} (${i18n.global.te(`rights.verb.${verb}`) ? t(`rights.verb.${verb}`) : verb})`
    }
    if (lines.length) out.push({ key: k.kind, label: labelOf(k), lines })
  }
  const rest = [...held].filter((p) => !placed.has(p)).sort().map((p) => ({ permission: p, label: p }))
  return rest.length ? [...out, { key: '', label: t('rights.other'), lines: rest }] : out
}

/** Writes one cell; a role that holds nothing yet gets a row. */
export function writeCell(m: Matrix, role: string, permission: string, scope: string): Promise<Rec> {
  const row = m.cells.get(cellKey(role, permission))
  return row
    ? api.update('role_permission', row.id, { rev: row.rev, scope })
    : api.create('role_permission', { role, permission, scope })
}
