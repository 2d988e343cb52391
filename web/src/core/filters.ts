// SPDX-License-Identifier: Apache-2.0
// Between the filter form and the filters of the address. Filters that the form cannot draw (from a
// figure's link) stay as they are and show as tags.
import type { Field, Kind } from '@/api/types'
import { codesText } from './codes'
import { labelOf, t } from './i18n'
import { labelOfRef } from './labels'
import type { Filter } from './query'
import { DAY, fromIsoDate, isoDate, stamp } from './time'
import { fieldOf, optionOf } from './value'

export type Parts = Record<string, unknown> // enum: string[]; ref: number; range: [from, to]; text; bool

const OWN = new Set(['created_at', 'updated_at'])

export function stampField(name: 'created_at' | 'updated_at'): Field {
  return { name, label: t(name === 'created_at' ? 'word.created' : 'word.updated'), type: 'instant', readonly: true }
}
export function anyField(kind: Kind, name: string): Field | null {
  if (OWN.has(name)) return stampField(name as 'created_at')
  return fieldOf(kind, name)
}

/** What the form offers, the state first. */
export function filterFields(kind: Kind): Field[] {
  const usable = kind.fields.filter((f) => {
    if (f.type === 'enum' || f.type === 'ref' || f.type === 'date' || f.type === 'instant') return f.list || f.name === kind.state_field
    if (f.type === 'bool') return f.list
    return f.type === 'text' && f.list && !f.find
  })
  const rank = (f: Field) => (f.name === kind.state_field ? 0 : f.type === 'enum' ? 1 : f.type === 'ref' ? 2 : 3)
  return [...usable.sort((a, b) => rank(a) - rank(b)), stampField('created_at')]
}

const startOfDay = (ms: number) => fromIsoDate(isoDate(ms)) === ms

function readRange(f: Field, mine: Filter[]): [string, string] | null {
  if (mine.length !== 2) return null
  const ge = mine.find((x) => x.op === 'ge')
  const end = mine.find((x) => x.op === (f.type === 'date' ? 'le' : 'lt'))
  if (!ge || !end) return null
  if (f.type === 'date') return [ge.value, end.value]
  const from = Number(ge.value)
  const to = Number(end.value)
  return startOfDay(from) && startOfDay(to) ? [isoDate(from), isoDate(to - DAY)] : null
}

function readField(f: Field, mine: Filter[]): unknown {
  const only = mine.length === 1 ? mine[0] : undefined
  if (f.type === 'date' || f.type === 'instant') return readRange(f, mine)
  if (!only) return null
  if (f.type === 'enum' && (only.op === 'in' || only.op === 'eq')) {
    const values = only.value.split(',')
    return values.every((v) => optionOf(f, v)) ? values : null
  }
  if (f.type === 'ref') return only.op === 'eq' && /^\d+$/.test(only.value) ? Number(only.value) : null
  if (f.type === 'bool') return only.op === 'eq' ? only.value : null
  return only.op === 'has' ? only.value : null
}

export function toParts(fields: Field[], filters: Filter[]): { parts: Parts; rest: Filter[] } {
  const parts: Parts = {}
  const drawn = new Set<string>()
  for (const f of fields) {
    const value = readField(f, filters.filter((x) => x.field === f.name))
    if (value === null) continue
    parts[f.name] = value
    drawn.add(f.name)
  }
  return { parts, rest: filters.filter((x) => !drawn.has(x.field)) }
}

function writeField(f: Field, v: unknown): Filter[] {
  const one = (op: string, value: string): Filter => ({ field: f.name, op, value })
  if (v === null || v === undefined || v === '') return []
  if (f.type === 'enum') {
    const values = v as string[]
    if (!values.length) return []
    return values.length === 1 ? [one('eq', values[0]!)] : [one('in', values.join(','))]
  }
  if (f.type === 'date' || f.type === 'instant') {
    const [from, to] = v as [string, string]
    if (f.type === 'date') return [one('ge', from), one('le', to)]
    return [one('ge', String(fromIsoDate(from))), one('lt', String(fromIsoDate(to) + DAY))]
  }
  if (f.type === 'ref' || f.type === 'bool') return [one('eq', String(v))]
  const text = String(v).trim()
  return text ? [one('has', text)] : []
}

export function fromParts(fields: Field[], parts: Parts): Filter[] {
  return fields.flatMap((f) => writeField(f, parts[f.name]))
}

const SIGN: Record<string, string> = { eq: '：', ne: ' ≠ ', lt: ' < ', le: ' ≤ ', gt: ' > ', ge: ' ≥ ', in: '：' }

function valueWord(f: Field, value: string): string {
  switch (f.type) {
    case 'enum': return labelOf(optionOf(f, value)) || value
    case 'ref': return labelOfRef(f.ref ?? '', value)
    case 'bool': return value === 'true' || value === '1' ? t('word.yes') : t('word.no')
    case 'instant': return /^-?\d+$/.test(value) ? stamp(Number(value)) : value
    default: return f.says ? codesText(f, value) : value
  }
}

export function filterWord(kind: Kind, x: Filter): string {
  const f = anyField(kind, x.field)
  const label = f ? labelOf(f) : x.field === 'id' ? t('word.number') : x.field
  if (x.op === 'null') return `${label} ${t(x.value === '0' ? 'op.null0' : 'op.null1')}`
  const values = x.op === 'in' ? x.value.split(',') : [x.value]
  const words = values.map((v) => (f ? valueWord(f, v) : v))
  const text = words.length > 6 ? `${words.slice(0, 6).join('、')} … (${words.length})` : words.join('、')
  if (x.op === 'has') return `${label} ${t('op.has')} “${text}”`
  return `${label}${SIGN[x.op] ?? ' '}${text}`
}
