// SPDX-License-Identifier: Apache-2.0
// Texts that were typed and not yet saved, per user; gone after saving, signing out or 7 days.
const PREFIX = 'sw.draft.'
const KEEP_MS = 7 * 24 * 3600 * 1000

interface Draft {
  at: number
  rev: number
  values: Record<string, unknown>
}

export function draftKey(userId: number, kind: string, id: number | 'new', action = ''): string {
  return `${PREFIX}${userId}.${kind}.${id}${action ? '.' + action : ''}`
}

export function loadDraft(key: string): Draft | null {
  try {
    const text = localStorage.getItem(key)
    if (!text) return null
    const draft = JSON.parse(text) as Draft
    if (Date.now() - draft.at > KEEP_MS) {
      localStorage.removeItem(key)
      return null
    }
    return draft
  } catch {
    return null
  }
}

export function saveDraft(key: string, rev: number, values: Record<string, unknown>): void {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), rev, values }))
  } catch {
    // storage full or refused: the form itself still holds the text
  }
}

export function dropDraft(key: string): void {
  localStorage.removeItem(key)
}

export function clearDrafts(userId: number): void {
  const mine = `${PREFIX}${userId}.`
  Object.keys(localStorage)
    .filter((k) => k.startsWith(mine))
    .forEach((k) => localStorage.removeItem(k))
}
