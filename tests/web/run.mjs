// SPDX-License-Identifier: Apache-2.0
// Runs the specs one after another in one process: node run.mjs [name…]
import { readdirSync } from 'node:fs'

const wanted = process.argv.slice(2)
for (const file of readdirSync(new URL('specs', import.meta.url)).sort()) {
  if (file.endsWith('.mjs') && (!wanted.length || wanted.some((w) => file.startsWith(w)))) await import(`./specs/${file}`)
}
