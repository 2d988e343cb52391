// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alone, api, as, choose, roleThat, settled, total, visit } from '../lib.mjs'

const role = await roleThat('asset', 'create')
const numbers = (page) => page.locator('tbody [data-column=asset_no]').allInnerTexts()

test('a filter chosen in the form is in the address, shown as a tag, and filters', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const all = await total(b.page)
  const device = (await api(b.page, 'GET', 'asset?sort=-id&limit=1&page=1')).items[0]
  const state = (await api(b.page, 'GET', 'meta')).kinds.asset.fields.find((f) => f.name === 'state')
  const other = state.options.find((o) => o.value !== 'in_use')
  await api(b.page, 'PATCH', `asset/${device.id}`, { rev: device.rev, state: other.value })
  const chosen = { field: 'state', label: other.label, n: (await api(b.page, 'GET', `asset?f=state.eq.${other.value}&limit=1&page=1`)).total }
  assert.ok(chosen.n > 0 && chosen.n < all)
  await choose(b.page, b.page.locator(`[data-filter=${chosen.field}] .el-select`), chosen.label)
  await b.page.keyboard.press('Escape')
  await b.page.click('[data-search]')
  await b.page.waitForURL(new RegExp(`f=${chosen.field}\\.eq\\.`))
  await b.page.waitForFunction((n) => document.querySelector('#main [data-total]')?.textContent.includes(String(n)), chosen.n)
  assert.equal(await total(b.page), chosen.n)
  assert.match(await b.page.locator('[data-tags]').innerText(), new RegExp(chosen.label))

  const shared = await b.context.newPage() // the address says it all
  await shared.goto(b.page.url())
  await shared.waitForSelector('[data-total]')
  await settled(shared)
  assert.equal(await total(shared), chosen.n)

  await b.page.click('[data-clear]')
  await b.page.waitForFunction((n) => document.querySelector('#main [data-total]')?.textContent.includes(String(n)), all)
  await b.close()
})

test('a search that finds nothing says so and offers the way back', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset?q=%E4%B8%8D%E5%AD%98%E5%9C%A8%E7%9A%84%E8%AE%BE%E5%A4%87')
  await b.page.locator('.box.nothing').getByRole('button').click()
  await b.page.waitForSelector('[data-total]')
  await b.close()
})

test('sorting by a heading orders as the server does, both ways', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  for (const sort of ['asset_no', '-asset_no']) {
    await b.page.locator('th[data-column=asset_no] button').click()
    await b.page.waitForURL(new RegExp(`sort=${sort}(&|$)`))
    await settled(b.page)
    const want = await api(b.page, 'GET', `asset?sort=${sort}&limit=20&page=1`)
    assert.deepEqual(await numbers(b.page), want.items.map((r) => r.asset_no))
  }
  await b.close()
})

test('the pager turns, jumps and changes the size without losing the filter', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset?limit=10&sort=asset_no')
  const n = await total(b.page)
  assert.ok(n > 20, 'more than two pages')
  const first = await numbers(b.page)
  assert.equal(first.length, 10)
  await b.page.locator('.pager button').last().click()
  await b.page.waitForURL(/page=2/)
  await settled(b.page)
  const second = await numbers(b.page)
  assert.equal(second.filter((x) => first.includes(x)).length, 0)
  await b.page.locator('.jump input').fill('1')
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL((u) => !u.searchParams.has('page'))
  await settled(b.page)
  assert.deepEqual(await numbers(b.page), first)
  await b.page.locator('.pager select').selectOption('50')
  await b.page.waitForURL(/limit=50/)
  await settled(b.page)
  assert.equal((await numbers(b.page)).length, Math.min(50, n))
  assert.equal(await total(b.page), n)
  await b.close()
})

test('chosen columns are remembered', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  const field = meta.fields.find((f) => !f.list && f.type === 'text')
  await b.page.click('[data-tool=columns]')
  await b.page.locator('.chooser').getByLabel(field.label, { exact: true }).check()
  await b.page.locator(`th[data-column=${field.name}]`).waitFor()
  await b.page.reload()
  await b.page.locator(`th[data-column=${field.name}]`).waitFor()
  await b.close()
})

test('the export hands over a file of the current filter', async () => {
  const b = await as(await roleThat('asset', 'export'))
  await visit(b.page, '/k/asset?f=state.eq.in_use')
  const [file] = await Promise.all([b.page.waitForEvent('download'), b.page.click('[data-tool=export]')])
  assert.match(file.suggestedFilename(), /\.xlsx$/)
  await b.close()
})

test('a change made on one page shows on another by itself, over one stream for both', async () => {
  const b = await as(role)
  let streams = 0
  b.context.on('request', (r) => (streams += r.url().endsWith('/api/v1/events') ? 1 : 0))
  const other = await b.context.newPage()
  await visit(other, '/k/asset?sort=asset_no')
  const record = (await api(b.page, 'GET', 'asset?sort=asset_no&limit=1&page=1')).items[0]
  const name = `${record.name} 改`
  const cell = other.locator(`[data-row="${record.id}"]`).getByRole('link', { name, exact: true })
  await api(b.page, 'PATCH', `asset/${record.id}`, { rev: record.rev, name })
  await cell.waitFor()
  assert.equal(streams, 0, 'the second page did not open a stream of its own')
  const now = await api(b.page, 'GET', `asset/${record.id}`)
  await api(b.page, 'PATCH', `asset/${record.id}`, { rev: now.rev, name: record.name })
  await b.close()
})

test('tabs keep what was typed; refreshing starts anew; closing others leaves one', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  await b.page.locator('.filters input[type=search]').first().fill('写了一半')
  await b.page.locator('.side a[href="/k/site"]').click()
  await b.page.locator('[data-tab="/k/site"].on').waitFor()
  await b.page.locator('[data-tab="/k/asset"] a').click()
  const word = b.page.locator('#main .filters input[type=search]')
  await word.waitFor()
  assert.equal(await word.inputValue(), '写了一半')
  await b.page.click('[data-tabs]')
  await b.page.getByRole('menuitem').nth(0).click()
  await b.page.waitForFunction(() => document.querySelector('#main .filters input[type=search]')?.value === '')
  await b.page.click('[data-tabs]')
  await b.page.getByRole('menuitem').nth(2).click()
  await b.page.waitForFunction(() => document.querySelectorAll('[data-tab]').length === 2) // home stays
  await b.page.locator('[data-tab="/k/asset"] button').click()
  await b.page.waitForURL((u) => u.pathname === '/')
  await b.close()
})

test('the tree beside the list filters by a site, by its name, and lets go again', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const all = await total(b.page)
  const site = (await api(b.page, 'GET', 'site?limit=1&page=1')).items[0]
  const n = (await api(b.page, 'GET', `asset?f=site_id.eq.${site.id}&limit=1&page=1`)).total
  await b.page.click('[data-tool=tree]')
  const word = b.page.locator('[data-tree-word] input, input[data-tree-word]')
  await word.fill(site.name)
  const branch = b.page.locator(`[data-branch="site/${site.id}"]`)
  await branch.click()
  await b.page.waitForURL(new RegExp(`site_id\\.eq\\.${site.id}(&|$)`))
  await settled(b.page)
  if (n) assert.equal(await total(b.page), n)
  assert.equal(await branch.getAttribute('aria-pressed'), 'true')
  await branch.click()
  await b.page.waitForURL((u) => !u.searchParams.has('f'))
  await settled(b.page)
  assert.equal(await total(b.page), all)
  await b.close()
})

test('an action on several rows names them and tells what became of each', async () => {
  const b = await as(role)
  const made = []
  for (const i of [1, 2]) made.push(await api(b.page, 'POST', 'site', { name: `批量站点 ${i}`, type: (await api(b.page, 'GET', 'meta')).kinds.site.fields.find((f) => f.name === 'type').options[0].value }))
  await visit(b.page, '/k/site?q=%E6%89%B9%E9%87%8F%E7%AB%99%E7%82%B9')
  assert.equal(await b.page.locator('[data-tool=retire]').isEnabled(), false, 'nothing is ticked')
  await b.page.locator('thead .tick input').check()
  await b.page.click('[data-tool=retire]')
  const dialog = b.page.getByRole('dialog')
  assert.match(await dialog.innerText(), /批量站点 1.*批量站点 2|批量站点 2.*批量站点 1/)
  await api(b.page, 'PATCH', `site/${made[0].id}`, { rev: made[0].rev, address: '刚被改过' }) // so that one fails
  await dialog.locator('[data-submit]').click()
  await dialog.locator('[data-report]').waitFor()
  assert.equal(await dialog.locator(`[data-report-row="${made[0].id}"]`).getAttribute('data-ok'), 'false')
  assert.equal(await dialog.locator(`[data-report-row="${made[1].id}"]`).getAttribute('data-ok'), 'true')
  await dialog.getByRole('button', { name: '关闭' }).last().click()
  await b.page.locator(`[data-row="${made[1].id}"]`).waitFor({ state: 'detached' })
  assert.equal(await b.page.locator(`[data-row="${made[0].id}"]`).count(), 1)
  await b.close()
})

test('a stream that says reload, because too much was missed, makes the list look again', async () => {
  const b = await alone(role)
  await b.context.route('**/api/v1/events', (r) =>
    r.fulfill({ contentType: 'text/event-stream', body: 'retry: 300\nid: 9\nevent: reload\ndata: {}\n\n' }))
  const lists = []
  b.page.on('request', (r) => /\/api\/v1\/asset\?/.test(r.url()) && lists.push(r.url()))
  await visit(b.page, '/k/asset')
  const end = Date.now() + 15_000
  while (lists.length < 2 && Date.now() < end) await b.page.waitForRequest(/\/api\/v1\/asset\?/, { timeout: 15_000 }).catch(() => undefined)
  assert.ok(lists.length >= 2, 'the list is asked for again')
  await b.close()
})

test('a short record opens in a drawer, with what happened; its page is one click away', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset_class')
  await b.page.locator('tbody [data-column] a').first().click()
  const drawer = b.page.locator('.el-drawer').filter({ has: b.page.locator('.fields') })
  await drawer.waitFor()
  assert.equal(new URL(b.page.url()).pathname, '/k/asset_class')
  await drawer.locator('.timeline').waitFor()
  await drawer.locator('.whole').click()
  await b.page.waitForURL(/\/k\/asset_class\/\d+$/)
  await b.close()
})

test('over 10,000 records: the count says so, the pager goes on, and a list behind a figure counts them all', async () => {
  const b = await as(await roleThat('site', 'import'))
  const rows = Array.from({ length: 10_050 }, (_, i) => `多点${i},office`)
  const done = await b.page.evaluate(async (text) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    return (await fetch('/api/v1/site/import?name=many.csv', { method: 'POST', headers: { 'X-CSRF-Token': csrf }, body: text })).json()
  }, ['名称,类型', ...rows].join('\n'))
  assert.equal(done.new, rows.length, JSON.stringify(done).slice(0, 300))
  await visit(b.page, '/k/site?q=%E5%A4%9A%E7%82%B9&sort=name')
  const shown = () => b.page.locator('#main [data-total]').innerText()
  assert.match(await shown(), /10000\+/)
  const button = (name) => b.page.locator('.pager').getByRole('button', { name, exact: true })
  assert.equal(await b.page.locator('.pager').getByText('…').count() > 0, true)
  await b.page.locator('.jump input').fill('501') // behind the place where the server stopped counting
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL(/page=501/)
  await settled(b.page)
  assert.equal(await b.page.locator('tbody tr[data-row]').count(), 20)
  assert.equal(await button('第 501 页').getAttribute('aria-current'), 'page')
  await button('下一页').click()
  await b.page.waitForURL(/page=502/)
  await settled(b.page)
  await b.page.locator('.jump input').fill('9999') // behind the end: the last page
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL(/page=503/)
  await settled(b.page)
  assert.equal(await b.page.locator('tbody tr[data-row]').count(), 10)
  assert.equal(await button('下一页').isDisabled(), true)
  await visit(b.page, '/k/site?q=%E5%A4%9A%E7%82%B9&exact=1')
  assert.match(await shown(), /共 10050 条/)
  await b.close()
})

test('codes are said in words, in lists and as choices of a form; a day says its weekday', async () => {
  const b = await as('b_pm')
  await visit(b.page, '/k/user?f=login.eq.b_dispatcher')
  assert.equal(await b.page.locator('tbody [data-column=roles]').innerText(), '调度')
  await visit(b.page, '/k/notice_rule')
  const words = await b.page.locator('#main tbody').innerText()
  assert.match(words, /工单 · 处理人/) // work_order_id.engineer_id
  for (const name of ['source_kind', 'source_action', 'to_role', 'to_field'])
    assert.doesNotMatch((await b.page.locator(`tbody [data-column=${name}]`).allInnerTexts()).join(' '), /[a-z]_[a-z]/, name)
  await b.page.click('[data-tool=create]')
  const form = b.page.getByRole('dialog')
  await choose(b.page, form.locator('[data-field=to_role] .el-select'), '项目经理')
  assert.match(await form.locator('[data-field=to_role]').innerText(), /项目经理/)
  await b.page.keyboard.press('Escape')
  await visit(b.page, '/k/calendar_day?f=on_date.eq.2026-10-10')
  assert.match(await b.page.locator('tbody [data-column=on_date]').innerText(), /^2026-10-10 周六/)
  await b.close()
})

test('work with a deadline shows state, deadline and who has it beside its name, on the phone as well', async () => {
  const b = await as('b_pm')
  const device = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0]
  await api(b.page, 'POST', 'work_order', { title: '清单列序', asset_id: device.id, line: device.line })
  await visit(b.page, '/k/work_order')
  const heads = await b.page.locator('thead [data-column]').evaluateAll((all) => all.map((x) => x.dataset.column))
  assert.deepEqual(heads.slice(0, 4), ['no', 'title', 'state', 'deadline_at'])
  assert.ok(heads.indexOf('engineer_id') < heads.indexOf('channel'))
  await b.page.setViewportSize({ width: 390, height: 844 })
  await visit(b.page, '/k/work_order')
  const card = b.page.locator('.cards .item').first()
  assert.match(await card.innerText(), /最近截止/)
  assert.equal(await card.locator('a').count(), 1) // the card is one target
  await b.close()
})

test('a sheet of orders asks what it is for, and is made with the answer only', async () => {
  const b = await as('a_supervisor')
  await visit(b.page, '/k/work_order')
  await b.page.click('[data-tool=export]')
  const dialog = b.page.getByRole('dialog').last()
  await dialog.getByRole('textbox').fill('x')
  await dialog.getByRole('button', { name: '导出' }).click()
  await dialog.getByText('请写 2 至 200 字').waitFor()
  await dialog.getByRole('textbox').fill('月度核对')
  const [file] = await Promise.all([b.page.waitForEvent('download'), dialog.getByRole('button', { name: '导出' }).click()])
  assert.match(file.suggestedFilename(), /\.xlsx$/)
  await b.close()
})
