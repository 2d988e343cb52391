// SPDX-License-Identifier: Apache-2.0
// Writes NAME.gz beside every compressible file of a folder, so that the server only has to send it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const COMPRESSIBLE = new Set(['.js', '.css', '.html', '.svg', '.json', '.webmanifest', '.txt'])

function* walk(dir) {
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) yield* walk(path)
    else yield path
  }
}

const root = process.argv[2]
if (!root) throw new Error('usage: gzip.mjs FOLDER')
let raw = 0
let packed = 0
for (const path of walk(root)) {
  if (!COMPRESSIBLE.has(extname(path))) continue
  const bytes = readFileSync(path)
  const gz = gzipSync(bytes, { level: 9 })
  if (gz.length < bytes.length) writeFileSync(path + '.gz', gz)
  raw += bytes.length
  packed += gz.length
}
console.log(`${root}: ${Math.round(raw / 1024)} KB, ${Math.round(packed / 1024)} KB with gzip`)

// What a first visit loads: the page, its scripts and its styles. Most KB with gzip.
const MOST = { 'index.html': 300, 'm/index.html': 120, 'q/index.html': 120 }
for (const [page, most] of Object.entries(MOST)) {
  const html = readFileSync(join(root, page), 'utf8')
  const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((m) => m[1])
  const load = first.reduce((n, f) => n + gzipSync(readFileSync(join(root, f)), { level: 9 }).length, gzipSync(html).length)
  console.log(`${page}: ${first.length} files, ${Math.round(load / 1024)} KB with gzip`)
  if (load > most * 1024) {
    console.error(`the first load of ${page} is over ${most} KB`)
    process.exitCode = 1
  }
}
