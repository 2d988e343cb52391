// SPDX-License-Identifier: Apache-2.0
// Values while they are being typed: numbers are strings, instants Beijing texts, files whole
// references. Early checks are a courtesy; the server's word is final.
import type { Field, FileRef, Rec } from '@/api/types'
import { labelOf, t } from './i18n'
import { stamp } from './time'

export type Values = Record<string, unknown>

const NUMERIC = new Set(['int', 'float', 'fen', 'duration'])

export function editable(fields: Field[], creating: boolean): Field[] {
  return fields.filter((f) => !f.readonly && f.type !== 'rows' && (creating || !f.create_only || f.type !== 'secret'))
}

export function toEdit(f: Field, value: unknown): unknown {
  if (f.type === 'files') return Array.isArray(value) ? [...(value as FileRef[])] : []
  if (f.type === 'bool') return value === true || value === 1
  if (value === null || value === undefined) return f.type === 'text' || NUMERIC.has(f.type) ? '' : null
  if (f.type === 'fen') return (Number(value) / 100).toFixed(2)
  if (f.type === 'duration') return String(Number(value) / 60_000)
  if (NUMERIC.has(f.type)) return String(value)
  if (f.type === 'instant') return stamp(Number(value), true)
  if (f.type === 'secret') return ''
  return value
}

export function initialValues(fields: Field[], record: Rec | null): Values {
  const out: Values = {}
  for (const f of fields) out[f.name] = toEdit(f, record ? record[f.name] : f.initial)
  return out
}

const blank = (v: unknown) =>
  v === null || v === undefined || v === '' || (Array.isArray(v) && v.length === 0) ||
  (typeof v === 'string' && v.trim() === '')

/** What the API takes; null clears. Only call for values that passed problems(). */
export function fromEdit(f: Field, v: unknown): unknown {
  if (f.type === 'files') return (v as FileRef[]).map((x) => x.id)
  if (f.type === 'bool') return v === true
  if (blank(v)) return null
  if (f.type === 'fen') return Math.round(Number(v) * 100)
  if (f.type === 'duration') return Math.round(Number(v) * 60_000)
  if (NUMERIC.has(f.type)) return Number(v)
  if (f.type === 'instant') return Date.parse(`${String(v).replace(' ', 'T')}+08:00`)
  return typeof v === 'string' ? v.trim() : v
}

function numberProblem(f: Field, v: string, label: string): string | null {
  const n = Number(v)
  if (!Number.isFinite(n)) return t('form.notNumber', { label })
  if (f.type === 'int' && !Number.isInteger(n)) return t('form.integer', { label })
  if (!f.min && !f.max) return null // 0,0 = the type's own bounds
  const scale = f.type === 'fen' ? 100 : f.type === 'duration' ? 60_000 : 1
  if (f.min != null && n * scale < f.min) return t('form.low', { label, n: f.min / scale })
  if (f.max != null && n * scale > f.max) return t('form.high', { label, n: f.max / scale })
  return null
}

function problem(f: Field, v: unknown): string | null {
  const label = labelOf(f)
  if (blank(v)) return f.required && f.type !== 'bool' ? t('form.required', { label }) : null
  if (NUMERIC.has(f.type)) return numberProblem(f, String(v), label)
  if (f.type !== 'text') return null
  const length = [...String(v).trim()].length // code points, as the server counts
  if (f.min && length < f.min) return t('form.short', { label, n: f.min })
  if (f.max && length > f.max) return t('form.long', { label, n: f.max })
  return null
}

export function problems(fields: Field[], values: Values): Record<string, string> {
  const out: Record<string, string> = {}
  for (const f of fields) {
    const text = problem(f, values[f.name])
    if (text) out[f.name] = text
  }
  return out
}

/** The body of a create (blanks left out) or of a change (only what differs). */
export function body(fields: Field[], values: Values, before: Values | null): Values {
  const out: Values = {}
  for (const f of fields) {
    const now = fromEdit(f, values[f.name])
    if (before === null) {
      if (now !== null && !(Array.isArray(now) && now.length === 0)) out[f.name] = now
      continue
    }
    if (f.type === 'secret' && blank(values[f.name])) continue
    if (JSON.stringify(now) !== JSON.stringify(fromEdit(f, before[f.name]))) out[f.name] = now
  }
  return out
}

/** What may be kept as a draft: never a secret. */
export function draftable(fields: Field[], values: Values): Values {
  const out: Values = {}
  for (const f of fields) if (f.type !== 'secret') out[f.name] = values[f.name]
  return out
}
