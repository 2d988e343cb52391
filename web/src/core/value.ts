// SPDX-License-Identifier: Apache-2.0
// A value of a record as text, by its field's type.
import type { Field, FileRef, Kind, Option, Rec } from '@/api/types'
import { serverNow } from '@/api/client'
import { codesText } from './codes'
import { labelOf, t } from './i18n'
import { span, spoken, stamp, withWeekday } from './time'

export const NONE = '—'

export function fieldOf(kind: Kind | null, name: string): Field | null {
  return kind?.fields.find((f) => f.name === name) ?? null
}
export function optionOf(field: Field | null, value: unknown): Option | null {
  return field?.options?.find((o) => o.value === value) ?? null
}
export function yuan(fen: number): string {
  return (fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
export function filesOf(value: unknown): FileRef[] {
  return Array.isArray(value) ? (value.filter((x) => typeof x === 'object' && x !== null) as FileRef[]) : []
}

/** long = the record's own page, where a date may be said in full. */
export function text(field: Field, value: unknown, label?: unknown, long = false, record?: Partial<Rec>): string {
  if (value === null || value === undefined || value === '') return NONE
  switch (field.type) {
    case 'bool':
      return value ? t('word.yes') : t('word.no')
    case 'enum':
      return labelOf(optionOf(field, value)) || String(value)
    case 'instant':
      return long ? spoken(Number(value), serverNow(), true) : stamp(Number(value))
    // A day that every record has is what the record is about: people plan by its weekday.
    case 'date':
      return long || field.required ? withWeekday(String(value)) : String(value)
    case 'duration':
      return span(Number(value), true)
    case 'fen':
      return `${yuan(Number(value))} ${t('word.yuan')}`
    case 'ref':
      return typeof label === 'string' && label ? label : `#${String(value)}`
    case 'files':
      return t('word.files', { n: filesOf(value).length })
    case 'rows':
      return t('word.rows', { n: Array.isArray(value) ? value.length : 0 })
    case 'geo': {
      const g = value as { lng: number; lat: number }
      return `${g.lng.toFixed(6)}, ${g.lat.toFixed(6)}`
    }
    case 'secret':
      return t((value as { set?: boolean }).set ? 'secret.set' : 'secret.none')
    default:
      if (field.says) return codesText(field, value, record)
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}

export function recordText(field: Field, record: Rec, long = false): string {
  return text(field, record[field.name], record[`${field.name}_label`], long, record)
}

export function title(kind: Kind, record: Rec): string {
  const value = record[kind.label_field]
  return value === null || value === undefined || value === '' ? `#${record.id}` : String(value)
}

/** The fields whose values differ between two readings of a record. */
export function differing(kind: Kind, a: Rec, b: Rec): Field[] {
  return kind.fields.filter((f) => f.name in b && JSON.stringify(a[f.name] ?? null) !== JSON.stringify(b[f.name] ?? null))
}
