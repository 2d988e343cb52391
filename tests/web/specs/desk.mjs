// SPDX-License-Identifier: Apache-2.0
// The dispatcher's desk: from the ringing telephone to the engineer's order with the keyboard alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, axe, DESK, PHONE, PHOTO, settled, visit } from '../lib.mjs'

/** Keys as a person strikes them, counted. */
function keyboard(page) {
  const k = {
    strokes: 0,
    async press(key) {
      k.strokes++
      await page.keyboard.press(key)
    },
    async type(text) {
      for (const c of text) await k.press(c)
    }
  }
  return k
}
const focused = (page, what) => page.waitForFunction((w) => document.activeElement?.closest(w) !== null, what)
const camera = async (page, n = 0) => (await api(page, 'GET', 'asset?f=line.eq.community_video&f=state.eq.in_use&sort=asset_no&limit=9&page=1')).items[n]
const newest = async (page) => (await api(page, 'GET', 'work_order?sort=-id&limit=1&page=1')).items[0]
const sideways = (page) => page.evaluate(() => document.querySelector('#main').scrollWidth > document.querySelector('#main').clientWidth)

async function atDesk(size = DESK) {
  const b = await as('b_dispatcher', size)
  await visit(b.page, '/desk')
  await b.page.locator('[data-engineer]').first().waitFor()
  return b
}
/** A caller who reported this device before. */
async function reportedBefore(page, asset, phone) {
  const o = await api(page, 'POST', 'work_order', { title: '早先的报修', channel: 'phone', line: asset.line, grade: 'general', type: 'incident', asset_id: asset.id, reporter_phone: phone, reporter_name: '传达室' })
  await api(page, 'POST', `work_order/${o.id}/cancel`, { rev: o.rev, result: '测试准备' })
}

test('a caller who is known: number, Enter, Enter, a digit, Enter, and the engineer has his order', async () => {
  const b = await atDesk()
  const page = b.page
  const asset = await camera(page)
  await reportedBefore(page, asset, '02100001234')
  await visit(page, '/desk')
  await focused(page, '[data-call=phone], input[data-call=phone]')
  const k = keyboard(page)
  const began = Date.now()
  await k.type('02100001234')
  await page.locator('[data-known]').waitFor()
  await k.press('Enter')
  await focused(page, '[data-call=asset]')
  await page.locator('[data-call=asset] [role=option]').first().waitFor()
  await k.press('Enter')
  await page.locator('.word').nth(2).waitFor()
  await k.press('1')
  await focused(page, '[data-engineers]')
  const suggested = Number(await page.locator('[data-engineer][aria-selected=true]').getAttribute('data-engineer'))
  await k.press('Enter')
  await page.locator('[data-last]').waitFor()
  const order = await newest(page)
  assert.equal(order.state, 'dispatched')
  assert.equal(order.engineer_id, suggested, 'the order went to the suggested engineer')
  assert.equal(order.asset_id, asset.id)
  assert.equal(order.site_id, asset.site_id)
  assert.equal(order.reporter_phone, '02100001234')
  assert.equal(order.reporter_name, '传达室')
  assert.ok(order.title.length >= 2)
  assert.equal(k.strokes, 15, 'eleven digits and four keys')
  console.log(`# known caller: ${k.strokes} strokes, ${((Date.now() - began) / 1000).toFixed(1)} s by machine`)
  await focused(page, '[data-call=phone], input[data-call=phone]')
  assert.equal(await page.locator('[data-call=phone] input, input[data-call=phone]').inputValue(), '', 'ready for the next call')
  await page.locator(`[data-queue] [data-order="${order.id}"]`).waitFor()
  await b.close()
})

test('a caller nobody knows: name, part of the device number, own words; the second engineer by digit', async () => {
  const b = await atDesk()
  const page = b.page
  const asset = await camera(page, 1)
  const k = keyboard(page)
  await k.press('F2')
  await k.type('57719')
  await k.press('Enter')
  await focused(page, '[data-call=name]')
  await k.type('Gate')
  await k.press('Enter')
  await k.type(asset.asset_no)
  await page.locator('[data-call=asset] [role=option]', { hasText: asset.asset_no }).first().waitFor()
  await k.press('Enter')
  await page.keyboard.insertText('球机不转') // an input method commits whole words
  await k.press('Enter')
  await focused(page, '[data-engineers]')
  await page.locator('[data-engineer]').nth(1).waitFor()
  const second = Number(await page.locator('[data-engineer]').nth(1).getAttribute('data-engineer'))
  await k.press('2')
  await k.press('F10')
  assert.equal(await page.locator('[data-emergency] input').isChecked(), true)
  await k.press('Control+Enter')
  await page.locator('[data-last]').waitFor()
  const order = await newest(page)
  assert.deepEqual([order.state, order.engineer_id, order.asset_id, order.title, order.reporter_name, order.emergency], ['dispatched', second, asset.id, '球机不转', 'Gate', true])
  await b.close()
})

test('a second report of the same device is shown while it is typed and joined with one key', async () => {
  const b = await atDesk()
  const page = b.page
  const asset = await camera(page, 2)
  const main = await api(page, 'POST', 'work_order', { title: '画面没有了', channel: 'phone', line: asset.line, grade: 'general', type: 'incident', asset_id: asset.id })
  const k = keyboard(page)
  await k.press('F2')
  await k.press('Enter')
  await k.type('Li')
  await k.press('Enter')
  await k.type(asset.asset_no)
  await page.locator('[data-call=asset] [role=option]', { hasText: asset.asset_no }).first().waitFor()
  await k.press('Enter')
  await page.locator(`[data-similar-order="${main.id}"]`).waitFor()
  await k.press('1')
  await k.press('F8')
  await page.locator('[data-last]').waitFor()
  const joined = await newest(page)
  assert.equal(joined.parent_id, main.id)
  assert.equal(joined.state, 'merged')
  assert.equal((await api(page, 'GET', `sla_clock?f=work_order_id.eq.${joined.id}&page=1&limit=1`)).total, 0, 'a duplicate has no clocks of its own')
  await b.close()
})

test('what was mended yesterday and is broken again is the same order, reopened with one key', async () => {
  const b = await atDesk()
  const page = b.page
  const field = await as('b_field')
  const asset = await camera(page, 5)
  const me = (await api(field.page, 'GET', 'session')).user.id
  const file = await field.page.evaluate(async (bytes) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    return (await (await fetch('/api/v1/file?name=photo.png', { method: 'PUT', headers: { 'X-CSRF-Token': csrf }, body: new Uint8Array(bytes) })).json()).id
  }, [...PHOTO.buffer])
  let o = await api(page, 'POST', 'work_order', { title: '画面没有了', channel: 'phone', line: asset.line, grade: 'general', type: 'incident', asset_id: asset.id })
  o = await api(page, 'POST', `work_order/${o.id}/dispatch`, { rev: o.rev, engineer_id: me })
  o = await api(field.page, 'POST', `work_order/${o.id}/accept`, { rev: o.rev, plan: '半小时内到' })
  o = await api(field.page, 'POST', `work_order/${o.id}/restore`, { rev: o.rev, result: '换了电源', after_photos: [file] })
  await field.close()
  const k = keyboard(page)
  await k.press('F2')
  await k.press('Enter')
  await k.type('Li')
  await k.press('Enter')
  await k.type(asset.asset_no)
  await page.locator('[data-call=asset] [role=option]', { hasText: asset.asset_no }).first().waitFor()
  await k.press('Enter')
  await page.locator(`[data-similar-order="${o.id}"]`).waitFor()
  assert.match(await page.locator('[data-similar]').innerText(), /3 天内修过[\s\S]*返修/)
  await k.press('F8')
  await page.locator('[data-last]').waitFor()
  const again = await api(page, 'GET', `work_order/${o.id}`)
  assert.deepEqual([again.state, again.reopen_count, again.engineer_id], ['accepted', 1, me])
  await b.close()
})

test('the queue is live, and an order that came by itself is sent with F4, D, Enter', async () => {
  const b = await atDesk()
  const page = b.page
  const clerk = await as('a_clerk')
  const made = await api(clerk.page, 'POST', 'work_order', { title: '网络不通', channel: 'web', line: 'office_it', grade: 'general', type: 'incident' })
  await clerk.close()
  const row = page.locator(`[data-queue] [data-order="${made.id}"]`)
  await row.waitFor() // nobody reloaded the page
  assert.match(await row.innerText(), /还剩 |已超 /)
  assert.match(await row.innerText(), /待受理/)
  await page.click('[data-filter=waiting]')
  const k = keyboard(page)
  await k.press('F4')
  await focused(page, '[data-queue]')
  for (let i = 0; i < 20 && !(await row.evaluate((e) => e.contains(document.activeElement))); i++) await k.press('ArrowDown')
  await k.press('d')
  await focused(page, '[data-target] [data-engineers]')
  await page.locator('[data-target] [data-engineer]').first().waitFor()
  const first = Number(await page.locator('[data-target] [data-engineer][aria-selected=true]').getAttribute('data-engineer'))
  await k.press('Enter')
  await page.locator('[data-target]').waitFor({ state: 'detached' })
  const order = await api(page, 'GET', `work_order/${made.id}`)
  assert.deepEqual([order.state, order.engineer_id], ['dispatched', first])
  assert.ok(order.registered_at)
  await row.waitFor({ state: 'detached' }) // it waits for nobody's dispatch any more
  await b.close()
})

test('when sending fails the order stands registered, and the next press does not register it again', async () => {
  const b = await atDesk()
  const page = b.page
  await page.click('[data-filter=all]')
  const before = Number((await api(page, 'GET', 'work_order?limit=1&page=1')).total)
  let cut = true
  await page.route('**/api/v1/work_order/*/dispatch', (route) => (cut ? route.abort('connectionreset') : route.continue()))
  await page.locator('[data-call=place] input').fill('传达室后面')
  await page.locator('[data-call=title]').fill('断网时的来电')
  await page.keyboard.press('Control+Enter')
  await page.locator('form [role=alert]').waitFor()
  cut = false
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-last]').waitFor()
  assert.equal(Number((await api(page, 'GET', 'work_order?limit=1&page=1')).total), before + 1)
  const order = await newest(page)
  assert.equal(order.state, 'dispatched')
  assert.match(order.symptom, /传达室后面/, 'words for a place that no ledger knows are kept')
  await b.close()
})

test('what feeds the device explains its silence: its order is offered for joining', async () => {
  const b = await atDesk()
  const page = b.page
  const asset = await camera(page, 3)
  const above = (await api(page, 'GET', `asset/${asset.id}/blast`)).feeds[0]
  const main = await api(page, 'POST', 'work_order', { title: '交换机断电', channel: 'phone', line: 'community_video', grade: 'general', type: 'incident', asset_id: above.id })
  await page.locator('[data-call=asset] input').fill(asset.asset_no)
  await page.locator('[data-call=asset] [role=option]', { hasText: asset.asset_no }).first().waitFor()
  await page.keyboard.press('Enter')
  const row = page.locator(`[data-similar-order="${main.id}"]`)
  await row.waitFor()
  assert.match(await row.innerText(), /上联故障/)
  await b.close()
})

test('the desk is accessible at 1440 and 390 px, also with a list open, and fits', async () => {
  const b = await atDesk()
  for (const size of [DESK, PHONE]) {
    await b.page.setViewportSize(size)
    await b.page.locator('[data-call=asset] input').fill('')
    await b.page.locator('[data-call=asset] input').fill('1')
    await b.page.locator('[data-call=asset] [role=option]').first().waitFor()
    await settled(b.page)
    assert.deepEqual(await axe(b.page), [])
    assert.equal(await sideways(b.page), false)
  }
  await b.close()
})
