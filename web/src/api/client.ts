// SPDX-License-Identifier: Apache-2.0
// The only place that talks HTTP. Errors become ApiError with the server's own text.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly field: string | null,
    message: string
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

let csrf = ''
let language = 'zh-CN'
let onUnauthorized: (() => void) | null = null
let offset = 0 // server clock minus our own, ms

export function setCsrf(token: string): void {
  csrf = token
}
export function setLanguage(lang: string): void {
  language = lang
}
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler
}
/** Now, as the server would say it: a wrong clock on the desk must not move a deadline. */
export function serverNow(): number {
  return Date.now() + offset
}

function readClock(date: string | null): void {
  const at = date ? Date.parse(date) : NaN
  if (Number.isNaN(at)) return
  const diff = at + 500 - Date.now() // the header has whole seconds
  offset = Math.abs(diff) > 2000 ? diff : 0
}

const networkText = () =>
  language.startsWith('en')
    ? 'The server does not answer. Check the network, then try again.'
    : '服务器没有应答，请检查网络后重试。'

function toError(status: number, text: string): ApiError {
  try {
    const body = JSON.parse(text) as { error?: { code?: string; field?: string; message?: string } }
    if (body.error) {
      const e = body.error
      return new ApiError(status, e.code ?? 'internal', e.field || null, e.message ?? `HTTP ${status}`)
    }
  } catch {
    // not JSON: a proxy in between, or the server is going down
  }
  return new ApiError(status, status >= 500 ? 'internal' : 'invalid', null, `${networkText()} (HTTP ${status})`)
}

interface CallOptions {
  quiet401?: boolean // the login page asks on purpose
  signal?: AbortSignal
  headers?: Record<string, string>
}

async function send(method: string, path: string, body: BodyInit | null, o: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language, ...o.headers }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  let res: Response
  try {
    res = await fetch(path, { method, headers, body, credentials: 'same-origin', signal: o.signal ?? null })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, 'network', null, networkText())
  }
  readClock(res.headers.get('Date'))
  if (res.ok) return res
  const err = toError(res.status, await res.text())
  if (res.status === 401 && !o.quiet401) onUnauthorized?.()
  throw err
}

export async function call<T>(method: string, path: string, body?: unknown, o: CallOptions = {}): Promise<T> {
  const json = body === undefined ? null : JSON.stringify(body)
  const headers = json === null ? o.headers : { 'Content-Type': 'application/json', ...o.headers }
  const res = await send(method, path, json, { ...o, headers })
  if (res.status === 204) return undefined as T
  return (await res.json()) as T
}

export const get = <T>(path: string, o?: CallOptions) => call<T>('GET', path, undefined, o)
export const post = <T>(path: string, body: unknown = {}, o?: CallOptions) => call<T>('POST', path, body, o)
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, body)
export const del = <T>(path: string) => call<T>('DELETE', path)

/** A raw body with progress; fetch cannot report upload progress. */
export function upload<T>(
  method: 'PUT' | 'POST', path: string, file: Blob, progress?: (part: number) => void, headers: Record<string, string> = {}
): Promise<T> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest()
    x.open(method, path)
    x.setRequestHeader('Accept-Language', language)
    x.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value)
    if (csrf) x.setRequestHeader('X-CSRF-Token', csrf)
    x.upload.onprogress = (e) => {
      if (e.lengthComputable) progress?.(e.loaded / e.total)
    }
    x.onerror = () => reject(new ApiError(0, 'network', null, networkText()))
    x.onload = () => {
      if (x.status >= 200 && x.status < 300) return resolve(JSON.parse(x.responseText) as T)
      if (x.status === 401) onUnauthorized?.()
      reject(toError(x.status, x.responseText))
    }
    x.send(file)
  })
}

/** Fetches a file and hands it to the browser's downloads; an error stays an error of the page. */
export async function download(path: string, fallbackName: string, always = false): Promise<void> {
  await save(await send('GET', path, null, {}), fallbackName, always ? fallbackName : '')
}
/** The same for an answer that is made from a file of the user. */
export async function downloadPost(path: string, body: Blob, name: string): Promise<void> {
  const headers = { 'Content-Type': body.type || 'application/octet-stream' }
  await save(await send('POST', path, body, { headers }), name, name)
}
async function save(res: Response, fallbackName: string, fixed = ''): Promise<void> {
  const disposition = res.headers.get('Content-Disposition') ?? ''
  const star = /filename\*=UTF-8''([^;]+)/i.exec(disposition)
  const plain = /filename="?([^";]+)"?/i.exec(disposition)
  const name = fixed || (star?.[1] ? decodeURIComponent(star[1]) : (plain?.[1] ?? fallbackName))
  const url = URL.createObjectURL(await res.blob())
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
