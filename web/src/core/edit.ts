// SPDX-License-Identifier: Apache-2.0
// Values while they are being typed: numbers are strings, instants Beijing texts, files whole
// references, places two texts, child rows values of their own. Early checks are a courtesy; the
// server's word is final.
import type { Field, FileRef, Rec } from '@/api/types'
import { labelOf, t } from './i18n'
import { stamp } from './time'

export type Values = Record<string, unknown>
export interface GeoText { lng: string; lat: string }
export interface RowValues {
  id?: number // of a stored row
  values: Values
  labels: Record<string, string> // of its references
}

const NUMERIC = new Set(['int', 'float', 'fen', 'duration'])
const SCALE: Record<string, number> = { fen: 100, duration: 60_000 } // what the user types, in units of the API

export function editable(fields: Field[], creating: boolean): Field[] {
  return fields.filter((f) => !f.readonly && (creating || !f.create_only || f.type !== 'secret'))
}

function rowsToEdit(f: Field, value: unknown): RowValues[] {
  return (Array.isArray(value) ? (value as Rec[]) : []).map((r) => {
    const labels: Record<string, string> = {}
    for (const c of f.fields ?? []) {
      const label = r[`${c.name}_label`]
      if (typeof label === 'string') labels[c.name] = label
    }
    const row: RowValues = { values: initialValues(f.fields ?? [], r), labels }
    return typeof r.id === 'number' ? { id: r.id, ...row } : row
  })
}

export function toEdit(f: Field, value: unknown): unknown {
  if (f.type === 'files') return Array.isArray(value) ? [...(value as FileRef[])] : []
  if (f.type === 'rows') return rowsToEdit(f, value)
  if (f.type === 'geo') {
    const g = value as { lng: number; lat: number } | null | undefined
    return g ? { lng: String(g.lng), lat: String(g.lat) } : { lng: '', lat: '' }
  }
  if (f.type === 'secret') return ''
  if (f.type === 'bool') return value === true || value === 1 || value === '1' || value === 'true'
  if (value === null || value === undefined) return f.type === 'text' || NUMERIC.has(f.type) ? '' : null
  if (f.type === 'fen') return (Number(value) / 100).toFixed(2)
  if (f.type === 'duration') return String(Number(value) / 60_000)
  if (NUMERIC.has(f.type)) return String(value)
  if (f.type === 'instant') return stamp(Number(value), true)
  return value
}

export function initialValues(fields: Field[], record: Rec | null): Values {
  const out: Values = {}
  for (const f of fields) out[f.name] = toEdit(f, record ? record[f.name] : f.initial)
  return out
}

const blankGeo = (v: unknown) => {
  const g = v as GeoText
  return !g.lng.trim() && !g.lat.trim()
}
const blank = (v: unknown) =>
  v === null || v === undefined || v === '' || (Array.isArray(v) && v.length === 0) ||
  (typeof v === 'string' && v.trim() === '')

/** What the API takes; null clears. Only call for values that passed problems(). */
export function fromEdit(f: Field, v: unknown): unknown {
  if (f.type === 'files') return (v as FileRef[]).map((x) => x.id)
  if (f.type === 'rows') return (v as RowValues[]).map((r) => rowFromEdit(f, r))
  if (f.type === 'geo') return blankGeo(v) ? null : { lng: Number((v as GeoText).lng), lat: Number((v as GeoText).lat) }
  if (f.type === 'bool') return v === true
  if (blank(v)) return null
  if (NUMERIC.has(f.type)) return SCALE[f.type] ? Math.round(Number(v) * SCALE[f.type]!) : Number(v)
  if (f.type === 'instant') return Date.parse(`${String(v).replace(' ', 'T')}+08:00`)
  return typeof v === 'string' ? v.trim() : v
}
function rowFromEdit(f: Field, r: RowValues): Values {
  const out: Values = r.id === undefined ? {} : { id: r.id }
  for (const c of f.fields ?? []) if (!c.readonly) out[c.name] = fromEdit(c, r.values[c.name])
  return out
}

function numberProblem(f: Field, v: string, label: string): string | null {
  const n = Number(v)
  if (!Number.isFinite(n)) return t('form.notNumber', { label })
  if (f.type === 'int' && !Number.isInteger(n)) return t('form.integer', { label })
  if (!f.min && !f.max) return null // 0,0 = the type's own bounds
  const scale = SCALE[f.type] ?? 1
  if (f.min != null && n * scale < f.min) return t('form.low', { label, n: f.min / scale })
  if (f.max != null && n * scale > f.max) return t('form.high', { label, n: f.max / scale })
  return null
}
function geoProblem(f: Field, v: GeoText, label: string): string | null {
  if (blankGeo(v)) return f.required ? t('form.required', { label }) : null
  const within = (text: string, most: number) => text.trim() !== '' && Math.abs(Number(text)) <= most
  return within(v.lng, 180) && within(v.lat, 90) ? null : t('geo.bad', { label })
}

function problem(f: Field, v: unknown): string | null {
  const label = labelOf(f)
  if (f.type === 'geo') return geoProblem(f, v as GeoText, label)
  if (blank(v)) return f.required && f.type !== 'bool' ? t('form.required', { label }) : null
  if (NUMERIC.has(f.type)) return numberProblem(f, String(v), label)
  if (f.type !== 'text') return null
  const length = [...String(v).trim()].length // code points, as the server counts
  if (f.min && length < f.min) return t('form.short', { label, n: f.min })
  if (f.max && length > f.max) return t('form.long', { label, n: f.max })
  return null
}

/** Texts by field; a child row's by "rows.2.content". `record` tells which secrets are stored. */
export function problems(fields: Field[], values: Values, record: Rec | null = null): Record<string, string> {
  const out: Record<string, string> = {}
  for (const f of fields) {
    if (f.type === 'secret' && values[f.name] === '' && secretSet(record?.[f.name])) continue
    const text = problem(f, values[f.name])
    if (text) out[f.name] = text
    if (f.type !== 'rows') continue
    ;(values[f.name] as RowValues[]).forEach((r, i) => {
      const inner = problems((f.fields ?? []).filter((c) => !c.readonly), r.values)
      for (const [name, why] of Object.entries(inner)) out[`${f.name}.${i}.${name}`] = why
    })
  }
  return out
}
export function secretSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { set?: boolean }).set === true
}
/** The field that an error of the server belongs to: "needs.2.content" is one of "needs". */
export function fieldAt(fields: Field[], at: string | null): Field | null {
  const first = at?.split('.')[0]
  return fields.find((f) => f.name === first) ?? null
}

/** The body of a create (blanks left out) or of a change (only what differs). */
export function body(fields: Field[], values: Values, before: Values | null): Values {
  const out: Values = {}
  for (const f of fields) {
    if (f.type === 'secret' && values[f.name] === '') continue
    const now = fromEdit(f, values[f.name])
    if (before === null) {
      if (now !== null && !(Array.isArray(now) && now.length === 0)) out[f.name] = now
    } else if (f.type === 'secret' || JSON.stringify(now) !== JSON.stringify(fromEdit(f, before[f.name]))) out[f.name] = now
  }
  return out
}

/** What may be kept as a draft: never a secret. */
export function draftable(fields: Field[], values: Values): Values {
  const out: Values = {}
  for (const f of fields) if (f.type !== 'secret') out[f.name] = values[f.name]
  return out
}
