// SPDX-License-Identifier: Apache-2.0
// Child rows, on the exemplary kind that has no page of its own: typed in, moved, taken away, told by the timeline.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, choose, fillDialog, roleThat, settled, visit } from '../lib.mjs'

const role = 'b_pm'
const title = `季度巡访 ${Date.now().toString(36)}`
const cell = (box, row, name) => box.locator(`[data-child="${row}"] [data-cell=${name}]`)
let id = 0

test('a visit is written with two needs, one of them named when it is blank', async () => {
  const admin = await as(await roleThat('org_unit', 'create'))
  const unit = await api(admin.page, 'POST', 'org_unit', { name: `客户单位 ${title}`, type: 'section' })
  await admin.close()
  const b = await as(role)
  await visit(b.page, '/k/customer_visit')
  await b.page.click('[data-tool=create]')
  const dialog = b.page.getByRole('dialog').last()
  await dialog.locator('[data-field=title] input').fill(title)
  await choose(b.page, dialog.locator('[data-field=org_unit_id] .el-select'), unit.name)
  await dialog.locator('[data-field=visited_on] input').fill('2026-05-08')
  await dialog.locator('[data-field=visited_on] input').press('Enter')
  const rows = dialog.locator('[data-field=needs]')
  await rows.locator('[data-add-row]').click()
  await rows.locator('[data-add-row]').click()
  await cell(rows, 0, 'content').locator('input').fill('会议室话筒有杂音')
  await dialog.locator('[data-save]').click()
  await cell(rows, 1, 'content').locator('[role=alert]').waitFor()
  await cell(rows, 1, 'content').locator('input').fill('打印机卡纸')
  await dialog.locator('[data-save]').click()
  await dialog.waitFor({ state: 'hidden' })
  const made = (await api(b.page, 'GET', `customer_visit?q=${encodeURIComponent(title)}`)).items[0]
  id = made.id
  const whole = await api(b.page, 'GET', `customer_visit/${id}`)
  assert.deepEqual(whole.needs.map((n) => n.content), ['会议室话筒有杂音', '打印机卡纸'])
  assert.equal(whole.org_unit_id, unit.id)
  await b.close()
})

test('needs are changed, moved and taken away; the record and its timeline say so', async () => {
  const b = await as(role)
  await visit(b.page, `/k/customer_visit/${id}`)
  await b.page.locator('#main td', { hasText: '会议室话筒有杂音' }).waitFor()
  await b.page.click('[data-edit]')
  const dialog = b.page.getByRole('dialog').last()
  const rows = dialog.locator('[data-field=needs]')
  await cell(rows, 1, 'content').locator('input').fill('打印机换硒鼓')
  await rows.locator('[data-add-row]').click()
  await cell(rows, 2, 'content').locator('input').fill('增设网口')
  await rows.locator('[data-child="2"] .tool').first().click() // up
  await rows.locator('[data-child="0"] [data-remove-row]').click()
  assert.equal(await rows.locator('[data-child]').count(), 2)
  await dialog.locator('[data-save]').click()
  await dialog.waitFor({ state: 'hidden' })
  await b.page.locator('#main td', { hasText: '打印机换硒鼓' }).waitFor()
  const whole = await api(b.page, 'GET', `customer_visit/${id}`)
  assert.deepEqual(whole.needs.map((n) => n.content), ['增设网口', '打印机换硒鼓'])
  const line = b.page.locator('.timeline li', { hasText: '修改' }).first()
  await line.getByRole('button').click()
  const changes = await line.locator('.changes').innerText()
  for (const word of ['会议室话筒有杂音', '打印机卡纸', '打印机换硒鼓', '增设网口']) assert.ok(changes.includes(word), changes)
  await b.close()
})

test('the visit is submitted by its visitor and confirmed by somebody else', async () => {
  const b = await as(role)
  await visit(b.page, `/k/customer_visit/${id}`)
  await b.page.locator('#main [data-action=submit]').click()
  await b.page.waitForFunction(() => !document.querySelector('#main [data-action=submit]') || document.querySelector('[role=dialog] [data-submit]'))
  if (await b.page.locator('[role=dialog] [data-submit]').count()) await b.page.locator('[role=dialog] [data-submit]').click()
  await b.page.waitForFunction(() => !document.querySelector('#main [data-action=submit]'))
  assert.equal(await b.page.locator('#main [data-action=confirm]').count(), 0)
  assert.equal(await b.page.locator('[data-edit]').count(), 0, 'a submitted visit is locked')
  await b.close()
  const a = await as('a_supervisor')
  await visit(a.page, `/k/customer_visit/${id}`)
  await a.page.locator('#main [data-action=confirm]').click()
  const dialog = await fillDialog(a.page, { rating: '基本满意' })
  await dialog.locator('[data-submit]').click()
  await dialog.waitFor({ state: 'hidden' })
  await settled(a.page)
  const done = await api(a.page, 'GET', `customer_visit/${id}`)
  assert.equal(done.state, 'confirmed')
  assert.equal(done.rating, 'fair')
  assert.equal(done.signature.length, 1)
  await a.close()
})
