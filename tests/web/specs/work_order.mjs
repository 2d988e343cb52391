// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, doAction, DESK, PHONE, settled, visit } from '../lib.mjs'

/** A new order in the hands of the field engineer. */
async function dispatched(title) {
  const desk = await as('b_dispatcher')
  const field = await as('b_field', PHONE)
  const engineer = (await api(field.page, 'GET', 'session')).user.id
  const meta = (await api(desk.page, 'GET', 'meta')).kinds.work_order
  const asset = (await api(desk.page, 'GET', 'asset?f=line.eq.community_video&limit=1&page=1')).items[0]
  const input = { title, channel: 'phone', line: 'community_video', asset_id: asset.id }
  for (const f of meta.fields) {
    if (f.required && !f.readonly && f.type === 'enum') input[f.name] ??= f.initial ?? f.options[0].value
  }
  let order = await api(desk.page, 'POST', 'work_order', input)
  if (order.can.includes('register')) order = await api(desk.page, 'POST', `work_order/${order.id}/register`, { rev: order.rev })
  order = await api(desk.page, 'POST', `work_order/${order.id}/dispatch`, { rev: order.rev, engineer_id: engineer })
  await desk.close()
  return { order, field }
}
const state = (page) => page.locator('#main [data-state]').first().innerText()

test('accept, arrive, restore with a photo on the phone, confirmed by the supervisor at the desk', async () => {
  const { order, field } = await dispatched('端到端：枪机无画面')
  const page = field.page
  await visit(page, '/bench')
  await page.locator(`a[href="/work_order/${order.id}"]`).first().click()
  await page.waitForSelector('[data-next]')
  await settled(page)
  assert.match(await page.locator('[data-next]').innerText(), /接单/)
  const left = await page.locator('[data-left]').innerText()
  assert.match(left, /\d+月\d+日\(周.(·[班休])?\) \d\d:\d\d · (还剩|已超) /, 'the deadline is said twice')

  for (const action of ['accept', 'arrive', 'restore']) {
    const before = await state(page)
    await doAction(page, action)
    await page.waitForFunction((w) => document.querySelector('#main [data-state]')?.textContent.trim() !== w.trim(), before)
  }
  const done = await api(page, 'GET', `work_order/${order.id}`)
  assert.equal(done.state, 'restored')
  assert.ok(done.after_photos.length > 0)
  assert.ok(!done.can.includes('confirm'), 'the engineer does not confirm his own work')
  assert.equal(await page.locator('#main [data-action=confirm]').count(), 0)
  await page.locator('#main .grid img').first().waitFor()
  await page.waitForFunction(() => [...document.querySelectorAll('#main .grid img')].every((i) => i.complete && i.naturalWidth > 0))
  await field.close()

  const desk = await as('a_supervisor', DESK)
  await visit(desk.page, `/work_order/${order.id}`)
  await doAction(desk.page, 'confirm')
  await desk.page.waitForFunction(() => /已确认/.test(document.querySelector('#main [data-state]')?.textContent ?? ''))
  await desk.page.click('[data-view=journal]')
  await desk.page.locator('.timeline li').first().waitFor()
  const words = await desk.page.locator('.timeline').innerText()
  for (const w of ['派单', '接单', '到场', '恢复', '确认']) assert.match(words, new RegExp(w))
  await desk.close()
})

test('a clock opens its minutes, and they add up', async () => {
  const { order, field } = await dispatched('端到端：分钟账')
  await visit(field.page, `/work_order/${order.id}`)
  const clock = field.page.locator('[data-clock]').first()
  await clock.waitFor()
  await clock.locator('[data-ledger]').click()
  const table = clock.locator('table')
  await table.waitFor()
  const minutes = await table.locator('tbody tr.counted td.num').allInnerTexts()
  const sum = minutes.reduce((n, x) => n + Number(x), 0)
  assert.match(await table.locator('tfoot').innerText(), new RegExp(`(^|\\D)${sum}(\\D|$)`))
  await field.close()
})

test('on the phone every button of the order is big enough for a thumb', async () => {
  const { order, field } = await dispatched('端到端：大按钮')
  await visit(field.page, `/work_order/${order.id}`)
  await field.page.locator('[data-action=accept]').waitFor()
  const small = await field.page.evaluate(() =>
    [...document.querySelectorAll('#main .el-button, .bottom a, .head button')]
      .map((e) => ({ text: e.textContent.trim(), h: e.getBoundingClientRect().height }))
      .filter((x) => x.h > 0 && x.h < 44))
  assert.deepEqual(small, [])
  await field.close()
})

test('the phone offers the camera for a photo', async () => {
  const { order, field } = await dispatched('端到端：拍照')
  let now = await api(field.page, 'GET', `work_order/${order.id}`)
  now = await api(field.page, 'POST', `work_order/${order.id}/accept`, { rev: now.rev, plan: '已告知，马上到场' })
  await visit(field.page, `/work_order/${order.id}`)
  await field.page.locator('[data-action=restore]').click()
  const camera = field.page.locator('input[capture]')
  await camera.waitFor({ state: 'attached' })
  assert.equal(await camera.getAttribute('capture'), 'environment')
  assert.equal(await camera.getAttribute('accept'), 'image/*')
  await field.close()
})
