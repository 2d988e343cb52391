// SPDX-License-Identifier: Apache-2.0
// What each role finds first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, count, PHONE, total, visit } from '../lib.mjs'

const shown = async (page, id) => count(await page.locator(`[data-figure=${id}] [data-value]`).innerText())

test('administrators find what waits for them and the way to everything else', async () => {
  const sys = await as('sys_admin')
  await visit(sys.page, '/')
  const active = await shown(sys.page, 'accounts_active')
  assert.ok(active >= 10)
  assert.ok((await sys.page.locator('#main .grid a').count()) >= 5)
  await sys.page.click('[data-figure=accounts_active]')
  await sys.page.waitForSelector('[data-total]')
  assert.equal(await total(sys.page), active)
  await sys.close()
  const auditor = await as('x_auditor')
  await visit(auditor.page, '/')
  await auditor.page.getByText('哈希链校验').first().waitFor()
  await auditor.page.locator('#main .grid').getByText('操作日志').waitFor()
  await auditor.close()
})

test('an engineer finds his own orders first, not those of others', async () => {
  const desk = await as('b_dispatcher')
  const me = (await api(desk.page, 'GET', 'user?f=login.eq.b_field&limit=1')).items[0]
  const make = async (title) => api(desk.page, 'POST', 'work_order', { title, line: 'community_video' })
  const mine = await make('归我的故障')
  await make('没人领的故障')
  await api(desk.page, 'POST', `work_order/${mine.id}/dispatch`, { rev: mine.rev, engineer_id: me.id })
  await desk.close()
  const b = await as('b_field')
  await visit(b.page, '/')
  const card = b.page.locator('#main section.card').filter({ hasText: '我手上的工单' })
  await card.getByText('归我的故障').waitFor()
  assert.equal(await card.getByText('没人领的故障').count(), 0)
  const n = await shown(b.page, 'orders_mine')
  assert.equal(n, 1)
  assert.deepEqual((await b.page.locator('[data-duty]').evaluateAll((all) => all.map((x) => x.dataset.duty))).slice(0, 3), ['orders_mine_late', 'orders_mine', 'orders_unassigned'])
  await card.getByRole('link', { name: '查看全部' }).click()
  await b.page.waitForURL(/engineer_id\.eq\./)
  assert.equal(await total(b.page), n)
  await b.close()
})

test('from the page of a device the next press reports it: the call form or the report has the device', async () => {
  const desk = await as('b_dispatcher')
  const device = (await api(desk.page, 'GET', 'asset?f=state.eq.in_use&limit=1&page=1')).items[0]
  await visit(desk.page, `/asset/${device.id}`)
  await desk.page.click('[data-call]')
  await desk.page.waitForFunction((name) => [...document.querySelectorAll('.call input')].some((x) => x.value.includes(name)), device.name)
  assert.equal(new URL(desk.page.url()).search, '') // a reload does not bring it back
  await desk.close()
  const field = await as('b_field')
  await visit(field.page, `/asset/${device.id}`)
  await field.page.click('[data-report]')
  await field.page.waitForFunction((name) => [...document.querySelectorAll('#main input')].some((x) => x.value.includes(name)), device.name)
  await field.close()
})

test('on the phone what is pressed on a record is as high as a thumb', async () => {
  const b = await as('b_dispatcher', PHONE)
  const order = await api(b.page, 'POST', 'work_order', { title: '回电', line: 'office_it', reporter_name: '报修人', reporter_phone: '10000001234' })
  await visit(b.page, `/work_order/${order.id}`)
  assert.equal(await b.page.locator('#main a[href^="tel:"]').getAttribute('href'), 'tel:10000001234')
  await b.page.goto(new URL('/work_order/999999', b.page.url()).href)
  const back = b.page.locator('#main .box a')
  assert.ok((await back.boundingBox()).height >= 40)
  await back.click()
  await b.page.waitForURL((u) => u.pathname === '/')
  await b.close()
})

test('who reports again finds the place of last time by its name, though he may not look it up', async () => {
  const b = await as('a_clerk')
  const desk = await as('b_dispatcher')
  const device = (await api(desk.page, 'GET', 'asset?f=site_id.null.0&limit=1&page=1')).items[0]
  await desk.close()
  await api(b.page, 'POST', 'work_order', { title: '又坏了', asset_id: device.id, line: device.line })
  await visit(b.page, '/order/report')
  await b.page.waitForFunction((name) => document.querySelector('#main').innerText.includes(name), device.site_id_label)
  assert.doesNotMatch(await b.page.locator('#main').innerText(), /#\d/)
  await b.close()
})

test('a deadline in a list says its weekday and what is left of it', async () => {
  const b = await as('b_dispatcher')
  await api(b.page, 'POST', 'work_order', { title: '有期限的', line: 'community_video' })
  await visit(b.page, '/k/work_order?q=有期限的')
  assert.match(await b.page.locator('tbody [data-column=deadline_at]').first().innerText(), /\d月\d+日\(周.*\) \d\d:\d\d\s*还剩/)
  await b.close()
})

test('on the phone each number of the report is as high as a thumb; a notice is read in the list without being cut', async () => {
  const b = await as('a_supervisor', PHONE)
  await visit(b.page, '/report/monthly')
  await b.page.locator('a[data-figure]').first().waitFor()
  for (const box of await b.page.locator('a[data-figure]').evaluateAll((all) => all.map((x) => x.getBoundingClientRect().height))) assert.ok(box >= 44, `${box} px`)
  await b.close()
  const desk = await as('b_pm')
  await visit(desk.page, '/k/notice')
  const meta = (await api(desk.page, 'GET', 'meta')).kinds.notice
  const label = meta.fields.find((f) => f.name === meta.label_field)
  assert.ok(label.max > 80)
  const cut = await desk.page.locator(`tbody [data-column=${label.name}]`).evaluateAll((all) => all.filter((x) => getComputedStyle(x).whiteSpace === 'nowrap').length)
  assert.equal(cut, 0)
  assert.ok((await desk.page.locator('tbody tr').count()) > 0, 'there are notices to read')
  await desk.close()
})
