// SPDX-License-Identifier: Apache-2.0
// Opens the phone's pages without a network. Only what the build made is kept here, file by file under its
// content's name; records and photos are kept by the pages themselves, per user.
const CACHE = 'shouwang-field-' + 'VERSION'
const FILES = ['FILES']
const PAGE = '/m/'

self.addEventListener('install', (e) => {
  e.waitUntil(caches.open(CACHE).then((c) => c.addAll(FILES.map((f) => new Request(f, { cache: 'no-cache' })))))
})
self.addEventListener('activate', (e) => {
  const old = (name) => name.startsWith('shouwang-field-') && name !== CACHE
  e.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((n) => caches.delete(n)))).then(() => self.clients.claim()))
})
// A new version waits until the page says so: half an old page and half a new one is none.
self.addEventListener('message', (e) => {
  if (e.data === 'take over') self.skipWaiting()
})
self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return
  const ours = e.request.mode === 'navigate' ? url.pathname.startsWith(PAGE) : FILES.includes(url.pathname)
  if (!ours) return
  const name = e.request.mode === 'navigate' ? PAGE : url.pathname
  e.respondWith(caches.open(CACHE).then((c) => c.match(name)).then((hit) => hit ?? fetch(e.request)))
})
