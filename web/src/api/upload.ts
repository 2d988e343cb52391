// SPDX-License-Identifier: Apache-2.0
// Uploads of evidence. Small files go in one piece; larger ones in pieces that survive a cut connection:
// the server says how far it came, and the rest follows when the network is back.
import { ApiError, post, upload } from './client'
import type { FileRef } from './types'

const V1 = '/api/v1'
export const PIECE = 1024 * 1024
const PATIENCE_MS = 5 * 60_000 // without the network, before the user is asked
const PAUSE_MS = 2_000

interface Part { id: string; size: number; offset: number; file: FileRef | null }
/** id: of an upload that is known by more than its content; patience: how long to wait for the network, ms. */
export interface UploadOptions { id?: string; patience?: number }
export type Progress = (part: number, waiting: boolean) => void

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')
const cut = (e: unknown) => e instanceof ApiError && (e.status === 0 || e.status >= 502)

/** Until the network is back, or a little while. */
function pause(): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(over, PAUSE_MS)
    function over(): void {
      clearTimeout(timer)
      window.removeEventListener('online', over)
      done()
    }
    window.addEventListener('online', over)
  })
}

/** Tries again while only the connection is at fault. */
async function patiently<T>(run: () => Promise<T>, waiting: (on: boolean) => void, patience: number): Promise<T> {
  const end = Date.now() + patience
  for (;;) {
    try {
      const result = await run()
      waiting(false)
      return result
    } catch (e) {
      if (!cut(e) || Date.now() >= end) throw e
      waiting(true)
      await pause()
    }
  }
}

async function inPieces(file: File, progress: Progress | undefined, o: UploadOptions): Promise<FileRef> {
  const sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  const id = o.id ?? `${sha256.slice(0, 40)}-${file.size}` // the same file goes on where it stopped, even after a reload
  const patience = o.patience ?? PATIENCE_MS
  let at = 0
  const tell = (waiting: boolean, sent = 0) => progress?.((at + sent) / file.size, waiting)
  const begin = () => post<Part>(`${V1}/file/upload`, { id, name: file.name, size: file.size, sha256 })
  let part = await patiently(begin, tell, patience)
  while (!part.file) {
    at = part.offset
    try {
      const piece = file.slice(at, at + PIECE)
      const got = await upload<Part | FileRef>('PUT', `${V1}/file/upload/${id}`, piece, (p) => tell(false, p * piece.size), { 'Upload-Offset': String(at) })
      if ('sha256' in got) return got
      part = got as Part
    } catch (e) {
      const moved = e instanceof ApiError && e.field === 'Upload-Offset'
      if (!cut(e) && !moved) throw e
      tell(true)
      if (!moved && !patience) throw e
      if (!moved) await pause()
      part = await patiently(begin, tell, patience)
    }
  }
  return part.file
}

export function putFile(file: File, progress?: Progress, o: UploadOptions = {}): Promise<FileRef> {
  // Hashing needs a secure context; without one the file goes in one piece.
  if ((o.id || file.size > PIECE) && window.isSecureContext) return inPieces(file, progress, o)
  const path = `${V1}/file?name=${encodeURIComponent(file.name)}`
  return patiently(() => upload<FileRef>('PUT', path, file, (p) => progress?.(p, false)), (on) => progress?.(0, on), o.patience ?? PATIENCE_MS)
}
