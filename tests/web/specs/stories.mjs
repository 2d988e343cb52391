// SPDX-License-Identifier: Apache-2.0
// People's days, one test for each: the clerk reports and follows, the supervisor decides on pauses, the approver on repairs. Presses
// are counted, pages looked at by axe at the desk and on the phone.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { api, as, axe, choose, DESK, PHONE, PHOTO, settled, visit } from '../lib.mjs'

/** Presses as a person makes them, counted. */
function hand(page) {
  const h = {
    presses: 0,
    async press(selector) {
      h.presses++
      await page.locator(selector).first().click()
    }
  }
  return h
}
const photo = (page) => page.evaluate(async (bytes) => {
  const { csrf } = await (await fetch('/api/v1/session')).json()
  const res = await fetch('/api/v1/file?name=photo.png', { method: 'PUT', headers: { 'X-CSRF-Token': csrf }, body: new Uint8Array(bytes) })
  if (!res.ok) throw new Error(await res.text())
  return (await res.json()).id
}, [...PHOTO.buffer])
const sideways = (page) => page.evaluate(() => document.querySelector('#main').scrollWidth > document.querySelector('#main').clientWidth)
async function sound(page) {
  // A dialog opens and closes with an animation: half-transparent text has no contrast.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished)))
  assert.deepEqual(await axe(page), [])
  assert.equal(await sideways(page), false, 'nothing sticks out')
}
/** The page as it stands, at the desk and on the phone. */
async function everywhere(page) {
  for (const size of [DESK, PHONE]) {
    await page.setViewportSize(size)
    await settled(page)
    await sound(page)
  }
}
const open = new Map()
/** The page of a role that only calls; one for the whole file. */
async function by(role) {
  if (!open.has(role)) open.set(role, await as(role))
  return open.get(role).page
}
after(async () => {
  for (const b of open.values()) await b.close()
})
let devices = 0
/** An order on a device of its own in the hands of the field engineer, taken on. */
async function accepted(title) {
  const desk = await by('b_dispatcher')
  const field = await by('b_field')
  const me = (await api(field, 'GET', 'session')).user.id
  const asset = (await api(desk, 'GET', 'asset?f=line.eq.community_video&sort=-asset_no&limit=20&page=1')).items[devices++]
  let o = await api(desk, 'POST', 'work_order', { title, channel: 'phone', line: asset.line, grade: 'general', type: 'incident', asset_id: asset.id })
  o = await api(desk, 'POST', `work_order/${o.id}/dispatch`, { rev: o.rev, engineer_id: me })
  return { order: await api(field, 'POST', `work_order/${o.id}/accept`, { rev: o.rev, plan: '半小时内到现场' }), field, asset }
}
async function paused(title) {
  const x = await accepted(title)
  const pause = await api(x.field, 'POST', 'sla_pause', {
    work_order_id: x.order.id, code: 'customer', reason: '机房锁门，值班员十点回来', call_record: '19:02 电话无人接听', contact_told: true, evidence: [await photo(x.field)]
  })
  return { ...x, pause }
}

test('the supervisor accepts a pause with two presses and rejects one with its reason, proof in sight', async () => {
  const good = await paused('暂停故事：进不去机房')
  const bad = await paused('暂停故事：证据不足')
  const b = await as('a_supervisor')
  const page = b.page
  const pause_list = /\/api\/v1\/sla_pause\?/
  await page.route(pause_list, async (route) => { // a day passes for one of them
    const res = await route.fetch()
    const body = await res.json()
    for (const r of body.items) r.long_pending = r.id === bad.pause.id
    await route.fulfill({ response: res, json: body })
  })
  await visit(page, '/order/pauses')
  const card = (p) => `[data-pause="${p.id}"]`
  await page.locator(`${card(good.pause)} img`).waitFor()
  assert.match(await page.locator(`${card(good.pause)} img`).getAttribute('src'), /\/thumb\?/, 'small pictures, not originals')
  assert.match(await page.locator('#main').innerText(), /暂停故事：进不去机房/)
  assert.equal(await page.locator('[data-pause]').first().getAttribute('data-pause'), String(bad.pause.id), 'who waits for more than a day stands first')
  assert.match(await page.locator('[data-long]').innerText(), new RegExp(bad.order.no), 'and by name')
  await page.unroute(pause_list)
  await everywhere(page)
  const h = hand(page)
  await h.press(`${card(good.pause)} [data-action=accept]`)
  await h.press('[role=dialog] [data-submit]')
  await page.locator(card(good.pause)).waitFor({ state: 'detached' })
  assert.equal(h.presses, 2)
  await h.press(`${card(bad.pause)} [data-action=reject]`)
  await page.locator('[role=dialog] [data-field=decision_note] textarea').fill('照片看不出门牌')
  await h.press('[role=dialog] [data-submit]')
  await page.locator(card(bad.pause)).waitFor({ state: 'detached' })
  assert.equal(h.presses, 4)
  assert.equal((await api(page, 'GET', `sla_pause/${good.pause.id}`)).state, 'accepted')
  const rejected = await api(page, 'GET', `sla_pause/${bad.pause.id}`)
  assert.deepEqual([rejected.state, rejected.decision_note], ['rejected', '照片看不出门牌'])

  await visit(page, `/work_order/${bad.order.id}`)
  await page.locator(`${card(bad.pause)} [data-decision]`).waitFor()
  assert.match(await page.locator(`${card(bad.pause)} [data-decision]`).innerText(), /a_supervisor.*照片看不出门牌/)
  await everywhere(page)
  await b.close()
})

test('who set a pause does not find the decision on it', async () => {
  const { pause, order, field } = await paused('暂停故事：自己不能确认')
  await visit(field, `/work_order/${order.id}`)
  await field.locator(`[data-pause="${pause.id}"]`).waitFor()
  assert.equal(await field.locator(`[data-pause="${pause.id}"] [data-action=accept]`).count(), 0)
})

test('the approver approves a repair in three presses from his home, with photo, cost and the past of the device', async () => {
  const { order, field, asset } = await accepted('送修故事：交换机烧毁')
  const desk = await by('b_dispatcher')
  const old = await api(desk, 'GET', `asset/${asset.id}`)
  const day = (years) => new Date(Date.now() - years * 365.25 * 86400000).toISOString().slice(0, 10)
  await api(desk, 'PATCH', `asset/${asset.id}`, { rev: old.rev, in_use_on: day(6.5), warranty_until_on: day(3) })
  await api(field, 'POST', `work_order/${order.id}/verdict`, {
    rev: order.rev, judgement: '电源板击穿，现场无法修复', conclusion: 'repairable', data_handling: 'no_storage', evidence: [await photo(field)], vendor: '原厂维修站', quote_fen: 48000
  })
  const b = await as('a_approver', PHONE)
  const page = b.page
  const repair = (await api(page, 'GET', `repair_request?f=work_order_id.eq.${order.id}&limit=1&page=1`)).items[0]
  const card = `[data-repair="${repair.id}"]`
  await visit(page, '/')
  const h = hand(page)
  await h.press('[data-duty=repairs_waiting]')
  await page.locator(`${card} img`).waitFor()
  await page.locator(`${card} [data-age]`).waitFor()
  const words = await page.locator(card).innerText()
  assert.match(words, /480\.00 元/)
  assert.match(words, /已使用 6\.5 年[\s\S]*质保已于/)
  assert.match(words, /此前故障、工单与换件 \d+ 次/)
  assert.match(words, new RegExp(asset.name))
  await sound(page)
  await h.press(`${card} [data-action=approve]`)
  await h.press('[role=dialog] [data-submit]')
  await page.locator(card).waitFor({ state: 'detached' })
  assert.equal(h.presses, 3)
  assert.equal((await api(page, 'GET', `repair_request/${repair.id}`)).state, 'approved')
  await b.close()
})

test('the clerk reports with three presses, follows it like a parcel and confirms it', async () => {
  const b = await as('a_clerk', PHONE)
  const page = b.page
  await visit(page, '/')
  const h = hand(page)
  await h.press('[data-report]')
  await page.locator('[data-phrase]').first().waitFor()
  await sound(page)
  await h.press('[data-phrase]')
  await page.locator('input[data-files]').setInputFiles(PHOTO)
  await page.locator('form img').first().waitFor()
  await sound(page)
  await h.press('[data-send]')
  await page.locator('[data-steps]').waitFor()
  assert.equal(h.presses, 3)
  const id = Number(page.url().match(/work_order\/(\d+)/)[1])
  assert.equal((await api(page, 'GET', `work_order/${id}`)).before_photos.length, 1)
  const here = () => page.locator('[data-steps] [aria-current=step]').innerText()
  assert.match(await here(), /待受理/)
  assert.match(await page.locator('[data-next]').innerText(), /等待/)

  const field = await by('b_resident')
  const me = (await api(field, 'GET', 'session')).user.id
  const desk = await by('b_dispatcher')
  let o = await api(desk, 'GET', `work_order/${id}`)
  o = await api(desk, 'POST', `work_order/${id}/register`, { rev: o.rev })
  o = await api(desk, 'POST', `work_order/${id}/dispatch`, { rev: o.rev, engineer_id: me })
  await page.waitForFunction(() => /已派单/.test(document.querySelector('[data-steps] [aria-current=step]')?.textContent ?? '')) // by itself
  o = await api(field, 'POST', `work_order/${id}/accept`, { rev: o.rev, plan: '马上到' })
  o = await api(field, 'POST', `work_order/${id}/arrive`, { rev: o.rev, presence: '就在同一楼层' })
  await api(field, 'POST', `work_order/${id}/restore`, { rev: o.rev, result: '重启后恢复', after_photos: [await photo(field)] })
  await page.locator('[data-action=confirm]').waitFor()
  await settled(page)
  await sound(page)
  assert.equal(await page.locator('[data-action=dispatch], [data-action=restore]').count(), 0, 'only what is his to do')
  await h.press('[data-action=confirm]')
  await page.locator('[role=dialog] [data-field=rating] input').fill('5')
  await h.press('[role=dialog] [data-submit]')
  await page.waitForFunction(() => /已确认/.test(document.querySelector('[data-steps] [aria-current=step]')?.textContent ?? ''))
  assert.equal((await api(page, 'GET', `work_order/${id}`)).rating, 5)
  assert.equal(await page.locator('[data-pauses], [data-edit]').count(), 0)
  await b.close()
})

test('the project manager sees today\'s risks; each number opens the list that makes it', async () => {
  const b = await as('b_pm')
  const page = b.page
  await visit(page, '/')
  await page.locator('[data-duty]').first().waitFor()
  assert.match(await page.locator('.duty').innerText(), /今日风险/)
  for (const name of ['orders_late', 'orders_soon', 'pauses_pending', 'repairs_waiting']) {
    await visit(page, '/')
    const card = page.locator(`[data-duty=${name}]`)
    await card.waitFor()
    const value = (await card.locator('[data-value]').innerText()).replace(/\D/g, '')
    await card.click()
    await page.waitForURL(/\/k\//)
    await settled(page)
    await page.locator('#main [data-total], #main .box').first().waitFor()
    const listed = page.locator('#main [data-total]')
    assert.equal((await listed.count()) ? (await listed.first().innerText()).replace(/\D/g, '') : '0', value, name)
  }
  await b.close()
})

test('the order on the desk: minutes, device with what feeds it, who did what where, and the paper', async () => {
  const { order, field } = await accepted('工作区：全貌')
  await api(field, 'POST', `work_order/${order.id}/arrive`, { rev: order.rev, presence: '门卫签到' })
  const b = await as('b_dispatcher')
  const page = b.page
  await visit(page, `/work_order/${order.id}`)
  await page.locator('[data-step=arrive]').waitFor()
  assert.match(await page.locator('[data-step=arrive]').innerText(), /到场\s*b_field[\s\S]*文字说明/)
  assert.match(await page.locator('[data-next]').innerText(), /当前由 b_field 处理/, 'sending somebody else is no step forward')
  assert.ok((await page.locator('[data-clock]').count()) > 0)
  const paper = await page.request.get(new URL(await page.locator('[data-print]').getAttribute('href'), page.url()).href)
  assert.equal(paper.status(), 200)
  assert.equal((await paper.body()).subarray(0, 5).toString(), '%PDF-')
  await page.click('[data-view=journal]')
  await page.locator('.timeline li').first().waitFor()
  await page.click('[data-action=help]')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await everywhere(page)
  await b.close()
})

test('a person sets his e-mail and quiet hours himself', async () => {
  const b = await as('b_resident', PHONE)
  const page = b.page
  await visit(page, '/me')
  await page.click('[data-notice-setting]')
  await page.locator('[role=dialog] [data-field=email] input').fill('resident@example.org')
  await page.locator('[role=dialog] [data-field=quiet_from] input').fill('21:30')
  await page.locator('[role=dialog] [data-save]').click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.locator('#notices', { hasText: 'resident@example.org' }).waitFor()
  const me = (await api(page, 'GET', 'session')).user.id
  const kept = (await api(page, 'GET', `notice_setting?f=account_id.eq.${me}&limit=1&page=1`)).items[0]
  assert.deepEqual([kept.email, kept.quiet_from], ['resident@example.org', '21:30'])
  await b.close()
})

test('the dispatcher joins two orders, takes them apart again and hands one over', async () => {
  const { order: main, asset } = await accepted('调度故事：主单')
  const b = await as('b_dispatcher')
  const page = b.page
  const child = await api(page, 'POST', 'work_order', { title: '调度故事：重复', channel: 'phone', line: asset.line, grade: 'general', type: 'incident', parent_id: main.id })
  await visit(page, `/work_order/${main.id}`)
  await page.locator(`a[href="/work_order/${child.id}"]`).first().click()
  await page.locator(`a[href="/work_order/${main.id}"]`).first().waitFor() // it names its main order
  await page.locator('[data-action=split]').click()
  await page.locator('[role=dialog] [data-field=reason] textarea').fill('不是同一台设备')
  await page.locator('[role=dialog] [data-submit]').click()
  await page.waitForFunction(() => /待派单/.test(document.querySelector('#main [data-state]')?.textContent ?? ''))
  assert.equal((await api(page, 'GET', `work_order/${child.id}`)).parent_id, null)
  assert.ok((await api(page, 'GET', `sla_clock?f=work_order_id.eq.${child.id}&limit=1&page=1`)).total > 0, 'it has clocks of its own now')

  await visit(page, `/work_order/${main.id}`)
  await page.locator('[data-action=hand_over]').click()
  const dialog = page.getByRole('dialog')
  await choose(page, dialog.locator('[data-field=engineer_id] .el-select'), 'b_resident')
  await dialog.locator('[data-field=reason] textarea, [data-field=reason] input').first().fill('换班')
  await dialog.locator('[data-submit]').click()
  await page.waitForFunction(() => /当前由 b_resident 处理/.test(document.querySelector('[data-next]')?.textContent ?? ''))
  await page.locator('[data-step=hand_over]').waitFor()
  await b.close()
})

test('the resident takes a desk ticket from the pool and ends it: twelve presses, few words, each page sound at desk and phone', async () => {
  const clerk = await by('a_clerk')
  const desk = await by('b_dispatcher')
  let o = await api(clerk, 'POST', 'work_order', { title: '驻场故事：打印机卡纸', line: 'office_it' })
  o = await api(desk, 'POST', `work_order/${o.id}/register`, { rev: o.rev })
  const b = await as('b_resident')
  const page = b.page
  await visit(page, '/')
  await page.locator('[data-duty=orders_unassigned]').waitFor() // what waits for somebody is on his home
  await everywhere(page)
  await page.setViewportSize(DESK)
  const h = hand(page)
  let typed = 0
  /** One step of the order: its button, what it demands, its button in the form. */
  async function step(action, texts, photos = []) {
    await h.press(`#main [data-action=${action}]`)
    const dialog = page.getByRole('dialog').last()
    await dialog.locator('[data-submit]').waitFor()
    await sound(page)
    for (const [name, text] of Object.entries(texts)) {
      await dialog.locator(`[data-field=${name}]`).locator('input, textarea').first().fill(text)
      typed += [...text].length
    }
    for (const name of photos) {
      await dialog.locator(`[data-field=${name}] input[data-files]`).setInputFiles(PHOTO)
      await dialog.locator(`[data-field=${name}] img`).first().waitFor()
    }
    h.presses++
    await dialog.locator('[data-submit]').click()
    await dialog.waitFor({ state: 'hidden' })
    await settled(page)
  }
  await h.press('[data-duty=orders_unassigned]')
  await h.press(`#main a[href="/work_order/${o.id}"]`)
  await page.locator('[data-next]').waitFor()
  await step('accept', { plan: '马上上楼' })
  await step('arrive', { presence: '同一层楼' })
  await step('restore', { result: '取出卡纸' }, ['after_photos'])
  await step('resolve', { cause: '纸张受潮' })
  const done = await api(page, 'GET', `work_order/${o.id}`)
  assert.equal(done.state, 'resolved')
  assert.ok(h.presses <= 12, `${h.presses} presses`)
  assert.ok(typed <= 20, `${typed} characters`)
  assert.ok(!done.can.includes('confirm'), 'the one who asked confirms it')
  const clocks = (await api(page, 'GET', `sla_clock?f=work_order_id.eq.${o.id}&limit=9&page=1`)).items
  assert.deepEqual(clocks.map((c) => [c.rule_code, c.state]).sort(), [['S-01', 'met'], ['S-04', 'met']])
  await everywhere(page)
  console.log(`# a desk ticket: ${h.presses} presses, ${typed} characters`)
  await b.close()
})
