// SPDX-License-Identifier: Apache-2.0
// The shapes of docs/api.md. Field types of single kinds come from the metadata at run time.

export type Tone = 'success' | 'warning' | 'danger' | 'info' | 'primary'

export type FieldType =
  | 'text' | 'int' | 'fen' | 'float' | 'bool' | 'enum' | 'instant' | 'date'
  | 'duration' | 'geo' | 'ref' | 'secret' | 'files' | 'rows'

export interface Option {
  value: string
  label: string
  label_en?: string | null
  tone?: Tone | null
}

export interface Field {
  name: string
  label: string
  label_en?: string | null
  type: FieldType
  required?: boolean
  find?: boolean
  list?: boolean
  readonly?: boolean
  create_only?: boolean
  long?: boolean
  unique?: boolean
  min?: number | null
  max?: number | null
  options?: Option[] | null
  ref?: string | null
  help?: string | null
  says?: string | null // what the codes in a text stand for: role, kind, action, path
  image?: boolean // files: pictures only
  masked?: boolean // shown with its middle hidden
  sortable?: boolean
  auto?: boolean // of a step: added by the page itself (place, device time), not shown
  fields?: Field[] | null // of child rows
  initial?: unknown
}

export interface Action {
  action: string
  label: string
  label_en?: string | null
  tone?: Tone | null
  from: string[]
  to: string | null
  fields: Field[]
  confirm?: boolean
}

// A kind that ties two records to each other, seen from one of them.
export interface Link {
  kind: string
  label: string
  label_en?: string | null
  via: string
  other: string
  side: string
}

export interface Kind {
  name: string
  label: string
  label_en?: string | null
  group?: string | null // heading of the menu
  export_reason?: boolean // a sheet of it needs a reason
  label_field: string
  state_field: string | null
  can: string[]
  fields: Field[]
  actions: Action[]
  links?: Link[]
  tree?: string | null // the field that names the parent
}

export interface User {
  id: number
  login: string
  name: string
  roles: string[]
  role_labels: string[]
  permissions: string[]
  must_change: boolean
}

export interface Meta {
  app: { name: string; version: string }
  user: User | null
  kinds: Record<string, Kind>
  words?: KindWords[]
  codes?: Record<string, Option[]> // role, kind, action
}

// What a permission is called; only those who give permissions get these.
export interface Word { permission: string; label: string; label_en?: string | null }
export interface KindWords { kind: string; label: string; label_en?: string | null; permissions: Word[] }

export interface JournalRow {
  id: number
  feed: number | null
  at: number
  actor_type: string
  actor: string
  login: string | null
  address: string | null
  kind: string
  kind_label: string
  record_id: number
  action: string
  action_label: string
  changes: Change[]
  result: string
  hash: string | null
}
export interface JournalPage { items: JournalRow[]; next: string | null; total: number; total_is_more: boolean }
export interface ChainFault { what: string; from: number; to: number; message: string }
export interface ChainCheck {
  running: boolean
  rows: number
  total: number
  started_at: number | null
  finished_at?: number | null
  ok?: boolean
  message?: string | null
  n_faults?: number
  faults?: ChainFault[]
  head?: { feed: number; hash: string } | null
  confirmed_by_anchor?: number
}

export interface Session {
  csrf: string
  user: User
}

export interface SessionRow {
  id: number
  address?: string | null
  agent?: string | null
  created_at?: number | null
  seen_at?: number | null
  current?: boolean
  user_id?: number
  login?: string | null
}

// A record carries the fields of its kind; NAME_label beside a reference NAME.
export interface Rec {
  id: number
  rev: number
  created_at: number
  updated_at: number
  can: string[]
  [field: string]: unknown
}

export interface FileRef {
  id: number
  name: string
  type: string
  size: number
  sha256?: string
  uploaded_at?: number
  by?: string | null
  width?: number // of pictures, upright
  height?: number
  taken_at?: number | null // the camera's claim
  place?: { latitude: number; longitude: number } | null
  thumb_url?: string
  marked_url?: string // a copy that says when, where, who
}

export interface Page {
  items: Rec[]
  next: string | null
  total: number
  more: boolean // the server stopped counting: there are over `total`
}

export interface Change {
  field: string
  label: string
  before: unknown
  after: unknown
}

export interface JournalItem {
  id: number
  at: number
  actor: string
  action: string
  label: string
  changes: Change[]
}

export interface Figure {
  id: string
  label: string
  label_en?: string | null
  value: number | null
  unit?: string | null
  tone?: Tone | null
  kind?: string | null
  query?: string | null
}

export interface FigureSet {
  as_of: number
  figures: Figure[]
}

export interface Span {
  from: number
  to: number
  minutes: number
  kind: string
  label: string
  makeup: boolean
  note: string | null
}

export interface Ledger {
  clock: Record<string, unknown>
  spans: Span[]
  worked_minutes: number
}

export interface ImportResult {
  rows: number
  good: number
  new: number
  changed: number
  unchanged: number
  wrong?: number
  batch_id?: number // of what was stored
  sheet: string
  sheets: string[]
  heading_row: number
  skipped: { row: number; why: 'total' | 'note' | 'repeated_heading' | 'blank' }[]
  errors: { row: number; column: string; heading: string; message: string }[]
  unmatched: string[]
  headings?: { heading: string; field: string | null; mapped: boolean; same_as: string | null }[]
  columns?: { name: string; label: string; required: boolean }[]
  notes?: { row: number; message: string }[]
  changes?: { row: number; id: number; label: string; changes: { column: string; before: string | null; after: string | null }[] }[]
  new_sites: string[]
  new_units: string[]
}

export interface BulkResult {
  results: { id: number; ok: boolean; rev?: number; error?: { code: string; field?: string; message: string } }[]
}

export interface ChangeEvent {
  kind: string
  id: number
  action: string
  at: number
}
