// SPDX-License-Identifier: Apache-2.0
// What was reported from this phone, kept in it alone.
export interface Mine { no: string; key: string; title: string; at: number; label: string } // label: the token that was scanned
const NAME = 'sw.reports'
const MOST = 20

export function mine(): Mine[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(NAME) ?? '[]')
    return Array.isArray(list) ? (list as Mine[]) : []
  } catch {
    return []
  }
}
export function remember(m: Mine): void {
  try {
    localStorage.setItem(NAME, JSON.stringify([m, ...mine()].slice(0, MOST)))
  } catch {
    // private mode: the page itself is the receipt
  }
}
export const placeOf = (m: { no: string; key: string }) => `/q/order/${encodeURIComponent(m.no)}#${m.key}`
