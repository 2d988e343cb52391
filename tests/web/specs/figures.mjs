// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, count, settled, visit } from '../lib.mjs'

/** Opens each number of a page in turn and compares it with the list behind it. */
async function everyNumberIsItsList(page, path) {
  await visit(page, path)
  await page.locator('[data-figure]').first().waitFor()
  const figures = await page.locator('a[data-figure]').evaluateAll((all) =>
    all.map((a) => ({ id: a.dataset.figure, href: a.getAttribute('href'), value: a.querySelector('[data-value]').textContent })))
  assert.ok(figures.length > 0, 'there are numbers to open')
  for (const f of figures) {
    await visit(page, f.href)
    await page.locator('#main [data-total], #main .box').first().waitFor()
    const shown = await page.locator('#main [data-total]').count()
    const n = shown ? count(await page.locator('#main [data-total]').innerText()) : 0
    assert.equal(n, count(f.value), `${f.id} at ${f.href}`)
  }
}

test('every number on the home page equals the total of the list that it opens', async () => {
  const b = await as('a_supervisor')
  await everyNumberIsItsList(b.page, '/')
  await b.close()
})

test('every number of the monthly report equals the total of the list that it opens', async () => {
  const b = await as('a_supervisor')
  await everyNumberIsItsList(b.page, '/report/monthly')
  await b.close()
})

test('the report is handed over as a file', async () => {
  const b = await as('a_supervisor')
  await visit(b.page, '/report/monthly')
  await settled(b.page)
  for (const format of ['pdf', 'xlsx', 'json']) {
    const [file] = await Promise.all([b.page.waitForEvent('download'), b.page.click(`[data-format=${format}]`)])
    assert.match(file.suggestedFilename(), new RegExp(`${format}$`))
  }
  await b.close()
})

test('a month without its number shows a dash, never 100 %', async () => {
  const b = await as('a_supervisor')
  await visit(b.page, '/report/monthly?month=2020-01')
  await b.page.locator('[data-figure]').first().waitFor()
  const words = await b.page.locator('#main table').innerText()
  assert.match(words, /—/)
  assert.doesNotMatch(words, /100\s*%/)
  await b.close()
})
