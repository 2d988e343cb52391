// SPDX-License-Identifier: Apache-2.0
// The phone's service worker: the source in src/field/worker.js with the list of files that its pages may
// load, and a name for that list. All of them are taken in at once, so that a page never lacks a part of itself.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Every file that a chunk leads to, at once or later. */
function reach(bundle, start) {
  const seen = new Set()
  const todo = [start]
  while (todo.length) {
    const name = todo.pop()
    const chunk = bundle[name]
    if (!chunk || seen.has(name)) continue
    seen.add(name)
    if (chunk.type !== 'chunk') continue
    todo.push(...chunk.imports, ...chunk.dynamicImports)
    chunk.viteMetadata?.importedCss.forEach((css) => todo.push(css))
  }
  return [...seen]
}

export function offline(page) {
  let html = ''
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((c) => c.type === 'chunk' && c.isEntry && c.facadeModuleId?.endsWith(`/${page}/index.html`))
      html = String(bundle[`${page}/index.html`]?.source ?? '')
      const files = reach(bundle, entry.fileName).map((f) => '/' + f).sort()
      const version = createHash('sha256').update(html).update(files.join()).digest('hex').slice(0, 16)
      const all = [`/${page}/`, '/icon.svg', `/${page}/manifest.webmanifest`, `/${page}/icon-192.png`, ...files]
      const source = readFileSync('src/field/worker.js', 'utf8')
        .replace("'VERSION'", JSON.stringify(version)).replace("['FILES']", JSON.stringify(all))
      this.emitFile({ type: 'asset', fileName: `${page}/worker.js`, source })
    }
  }
}
