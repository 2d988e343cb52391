// SPDX-License-Identifier: Apache-2.0
// One function per call of docs/api.md.
import { call, del, download, downloadPost, get, patch, post, upload } from './client'
import type { KindName, Kinds, Steps } from '@/gen/kinds'
import type {
  BulkResult, ChainCheck, FigureSet, ImportResult, JournalItem, JournalPage, Ledger, Meta, Page, Rec, Session, SessionRow
} from './types'

const V1 = '/api/v1'
/** A record of a kind that is known by name has the fields of that kind. */
export type RecOf<K extends string> = K extends KindName ? Rec & Kinds[K] : Rec

export const login = (name: string, password: string) =>
  post<Session>(`${V1}/session`, { login: name, password }, { quiet401: true })
export const currentSession = () => get<Session>(`${V1}/session`, { quiet401: true })
export const logout = () => call<void>('DELETE', `${V1}/session`, undefined, { quiet401: true })
export const changePassword = (old: string, next: string) =>
  post<void>(`${V1}/password`, { old, new: next }, { quiet401: true })
export const sessions = async () => {
  const body = await get<SessionRow[] | { items: SessionRow[] }>(`${V1}/session/list`)
  return Array.isArray(body) ? body : body.items
}
export const allSessions = async () => (await get<{ items: SessionRow[] }>(`${V1}/session/list?all=1`)).items
export const endSession = (id: number) => del<void>(`${V1}/session/list/${id}`)
export const openMeta = () => get<Pick<Meta, 'app'>>(`${V1}/meta`, { quiet401: true })
export const meta = () => get<Meta>(`${V1}/meta`)

export const list = (kind: string, query: URLSearchParams, signal?: AbortSignal) => {
  const text = query.toString()
  return get<Page>(`${V1}/${kind}${text ? '?' + text : ''}`, signal ? { signal } : {})
}
export const read = <K extends string>(kind: K, id: number) => get<RecOf<K>>(`${V1}/${kind}/${id}`)
export const create = <K extends string>(kind: K, body: Record<string, unknown>) => post<RecOf<K>>(`${V1}/${kind}`, body)
export const update = <K extends string>(kind: K, id: number, body: Record<string, unknown>) =>
  patch<RecOf<K>>(`${V1}/${kind}/${id}`, body)
export const act = <K extends string>(
  kind: K, id: number, action: K extends KindName ? Steps[K] | 'retire' : string, body: Record<string, unknown>
) => post<RecOf<K>>(`${V1}/${kind}/${id}/${action}`, body)
export const actMany = (
  kind: string, action: string, ids: { id: number; rev: number }[], body: Record<string, unknown>
) => post<BulkResult>(`${V1}/${kind}/${action}`, { ids, ...body })
/** The newest steps, oldest of them first; `next` as `before` gives those before them. */
export const journal = (kind: string, id: number, before?: number | null, limit = 100) =>
  get<{ items: JournalItem[]; next: number | null }>(`${V1}/${kind}/${id}/journal?limit=${limit}${before ? `&before=${before}` : ''}`)

export interface ImportOptions { dryRun?: boolean; goodRows?: boolean; createSites?: boolean; map?: string | null; sheet?: string }
function importQuery(file: File, o: ImportOptions): URLSearchParams {
  const q = new URLSearchParams()
  if (o.dryRun) q.set('dry_run', '1')
  if (o.goodRows) q.set('good_rows', '1')
  if (o.createSites) q.set('create_sites', '1')
  if (o.map !== null && o.map !== undefined) q.set('map', o.map)
  if (o.sheet) q.set('sheet', o.sheet)
  q.set('name', file.name)
  return q
}
export const importFile = (kind: string, file: File, o: ImportOptions, progress?: (part: number) => void) =>
  upload<ImportResult>('POST', `${V1}/${kind}/import?${importQuery(file, o)}`, file, progress)
/** The wrong rows as the same sheet, each with its reason. */
export const wrongRows = (kind: string, file: File, o: ImportOptions, name: string) =>
  downloadPost(`${V1}/${kind}/import/errors.xlsx?${importQuery(file, o)}`, file, name)
export const importTemplate = (kind: string, name: string) => download(`${V1}/${kind}/template.xlsx`, name, true)
export const exportFile = (kind: string, query: URLSearchParams, label: string, format: 'xlsx' | 'csv' = 'xlsx') =>
  download(`${V1}/${kind}/export.${format}?${query}`, `${label}.${format}`, true)

/** Sheets of QR labels, as the setting label.size says. */
export const labelSheet = (kind: string, query: URLSearchParams, label: string) =>
  download(`${V1}/${kind}/labels.pdf?${query}`, `${label}.pdf`, true)

export { putFile } from './upload'
export const fileUrl = (id: number) => `${V1}/file/${id}`
export const originalUrl = (id: number) => `${V1}/file/${id}/original`

export const figures = (set: string, month?: string) =>
  get<FigureSet>(`${V1}/figure?set=${set}${month ? `&month=${month}` : ''}`)
export const auditRows = (query: URLSearchParams) => get<JournalPage>(`${V1}/journal?${query}`)
export const exportAudit = (query: URLSearchParams) => download(`${V1}/journal/export.xlsx?${query}`, 'journal.xlsx')
export const chainState = () => get<ChainCheck>(`${V1}/journal/verify`)
export const chainBegin = () => post<ChainCheck>(`${V1}/journal/verify`)
/** Everything there is of a small kind, for pages that need the whole. */
export async function everything(kind: string, most = 5000): Promise<Rec[]> {
  const out: Rec[] = []
  let after: string | null = ''
  while (after !== null && out.length < most) {
    const q = new URLSearchParams({ limit: '500', ...(after ? { after } : {}) })
    const page: Page = await list(kind, q)
    out.push(...page.items)
    after = page.next
  }
  return out
}
export async function plainText(path: string): Promise<string> {
  return (await fetch(path, { credentials: 'same-origin' })).text()
}
export const ledger = (clock: number) => get<Ledger>(`${V1}/sla_clock/${clock}/ledger`)
export const monthlyReport = (month: string, format: 'pdf' | 'xlsx' | 'json') =>
  download(`${V1}/report/monthly?month=${month}&format=${format}`, `monthly-${month}.${format}`)
