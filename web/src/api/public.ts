// SPDX-License-Identifier: Apache-2.0
// The calls behind a label, without login.
import { get, post, upload } from './client'

const V1 = '/api/v1/public'
export interface PublicDevice {
  kind: string
  asset_no: string | null
  class: string | null
  site: string | null
  line: string | null
  health: string | null
  open: { since: number; state: string; label: string } | null
  phrases: { id: number; text: string }[]
}
export interface PublicPhoto { id: number; sha256: string }
export interface PublicReport { no: string; token: string; joined: boolean }
export interface PublicOrder {
  no: string
  title: string
  reported_at: number
  joined: boolean
  state: string
  label: string
  can_confirm: boolean
  steps: { label: string; at: number }[]
}
const quiet = { quiet401: true }
export const publicDevice = (token: string) => get<PublicDevice>(`${V1}/device/${encodeURIComponent(token)}`, quiet)
export const publicPhoto = (token: string, photo: Blob) => upload<PublicPhoto>('PUT', `${V1}/photo/${encodeURIComponent(token)}`, photo)
export const publicReport = (token: string, body: Record<string, unknown>) => post<PublicReport>(`${V1}/report/${encodeURIComponent(token)}`, body, quiet)
export const publicOrder = (no: string, token: string) => get<PublicOrder>(`${V1}/order/${encodeURIComponent(no)}?token=${encodeURIComponent(token)}`, quiet)
export const publicConfirm = (no: string, token: string, rating: number, note: string) =>
  post<PublicOrder>(`${V1}/order/${encodeURIComponent(no)}/confirm`, { token, rating, ...(note.trim() ? { note: note.trim() } : {}) }, quiet)
