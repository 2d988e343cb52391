// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, fillDialog, roleThat, settled, total, visit } from '../lib.mjs'

const role = await roleThat('asset', 'create')
const serial = Date.now().toString(36).toUpperCase()

test('the server\'s refusal stands at its field, what was typed stays, and then it saves', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const before = await total(b.page)
  const taken = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0].asset_no
  await b.page.click('[data-tool=create]')
  const dialog = await fillDialog(b.page, { asset_no: taken, name: `测试设备 ${serial}` })
  await dialog.locator('[data-save]').click()
  await dialog.locator('[data-field=asset_no] .el-form-item__error').waitFor()
  assert.equal(await dialog.locator('[data-field=name] input').inputValue(), `测试设备 ${serial}`)
  await dialog.locator('[data-field=asset_no] input').fill(`T-${serial}`)
  await dialog.locator('[data-save]').click()
  await dialog.waitFor({ state: 'hidden' })
  await b.page.waitForFunction((n) => document.querySelector('#main [data-total]')?.textContent.includes(String(n)), before + 1)
  await b.close()
})

test('a required field left blank is named before anything is sent', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  await b.page.click('[data-tool=create]')
  const dialog = b.page.getByRole('dialog')
  await dialog.locator('[data-field=name] input').waitFor()
  await dialog.locator('[data-save]').click()
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  for (const f of meta.fields.filter((x) => x.required && !x.readonly && !x.initial && x.type === 'text')) {
    await dialog.locator(`[data-field=${f.name}] .el-form-item__error`).waitFor()
  }
  await dialog.locator('[data-field=name] .el-form-item__error').waitFor()
  await b.close()
})

test('what was not saved is kept as a draft and offered again', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  await b.page.click('[data-tool=create]')
  await b.page.locator('[data-field=name] input').fill('未保存的设备')
  await b.page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await b.page.reload()
  await settled(b.page)
  await b.page.click('[data-tool=create]')
  const name = b.page.locator('[data-field=name] input')
  await name.waitFor()
  assert.equal(await name.inputValue(), '未保存的设备')
  await b.page.getByRole('button', { name: '放弃草稿' }).click()
  assert.equal(await name.inputValue(), '')
  await b.close()
})

test('a change shows on the record\'s own page with before and after', async () => {
  const b = await as(role)
  const record = (await api(b.page, 'GET', 'site?limit=1&page=1')).items[0]
  await visit(b.page, `/k/site/${record.id}`)
  await b.page.click('[data-edit]')
  await b.page.locator('[data-field=name] input').fill(`改名站点 ${serial}`)
  await b.page.click('[data-save]')
  await b.page.locator('h1', { hasText: `改名站点 ${serial}` }).waitFor()
  const line = b.page.locator('.timeline li', { hasText: '修改' }).first()
  await line.getByRole('button').click()
  const changes = await line.locator('.changes').innerText()
  assert.ok(changes.includes(record.name) && changes.includes(`改名站点 ${serial}`), changes)
  await b.close()
})

test('a busy record\'s timeline begins with the newest step and leads back to the first', async () => {
  const b = await as(role)
  const found = (await api(b.page, 'GET', 'site?limit=2&page=1')).items[1]
  let { rev } = await api(b.page, 'GET', `site/${found.id}`)
  for (let i = 1; i <= 110; i++) ({ rev } = await api(b.page, 'PATCH', `site/${found.id}`, { rev, address: `第 ${i} 次` }))
  await visit(b.page, `/k/site/${found.id}`)
  const steps = b.page.locator('.timeline li')
  await steps.first().getByRole('button').click()
  assert.match(await steps.first().locator('.changes').innerText(), /第 110 次/)
  assert.equal(await steps.count(), 100)
  await b.page.click('.timeline [data-older]')
  await b.page.locator('.timeline [data-older]').waitFor({ state: 'detached' })
  assert.ok(await steps.count() > 110)
  // news does not take away what was opened of the past
  await api(b.page, 'PATCH', `site/${found.id}`, { rev, address: '又一次' })
  await steps.first().getByRole('button', { name: '项变化' }).waitFor()
  await b.page.waitForFunction(() => document.querySelectorAll('.timeline li').length > 111)
  await b.close()
})

test('two people change one record: the second is told and loses nothing', async () => {
  const b = await as(role)
  const record = (await api(b.page, 'GET', `asset?q=${encodeURIComponent(`T-${serial}`)}&limit=1&page=1`)).items[0]
  await visit(b.page, `/k/asset/${record.id}`)
  await b.page.click('[data-edit]')
  await b.page.locator('[data-field=model] input').fill('第二人写的型号')
  const now = await api(b.page, 'GET', `asset/${record.id}`)
  await api(b.page, 'PATCH', `asset/${record.id}`, { rev: now.rev, name: `先改的名 ${serial}` })
  await b.page.click('[data-save]')
  const dialog = b.page.getByRole('dialog')
  const told = await dialog.locator('[data-stale-field=name]').innerText()
  assert.match(told, new RegExp(`→ 先改的名 ${serial}`), 'what the other changed, from what to what')
  assert.equal(await dialog.locator('[data-stale-field=model]').count(), 0)
  await dialog.getByRole('button', { name: '载入最新版本' }).click()
  await b.page.waitForFunction((n) => document.querySelector('[data-field=name] input')?.value === n, `先改的名 ${serial}`)
  assert.equal(await b.page.locator('[data-field=model] input').inputValue(), '第二人写的型号')
  await b.page.click('[data-save]')
  await dialog.waitFor({ state: 'hidden' })
  const after = await api(b.page, 'GET', `asset/${record.id}`)
  assert.equal(after.model, '第二人写的型号')
  assert.equal(after.name, `先改的名 ${serial}`)
  await b.close()
})

test('a sheet is checked first, wrong rows are named, good rows are imported', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const before = await total(b.page)
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  const label = (name) => meta.fields.find((f) => f.name === name).label
  const sample = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0]
  const lineWord = meta.fields.find((f) => f.name === 'line').options.find((o) => o.value === sample.line).label
  const csv = [
    [label('asset_no'), label('name'), label('class_id'), label('line'), label('site_id'), '没有这一列'].join(','),
    [`I-${serial}-1`, '导入设备一', sample.class_id_label, lineWord, sample.site_id_label, 'x'].join(','),
    [`I-${serial}-2`, '导入设备二', '没有这个类别', lineWord, sample.site_id_label, 'x'].join(',')
  ].join('\n')
  await b.page.click('[data-tool=import]')
  await b.page.locator('input[data-import]').setInputFiles({ name: 'ledger.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  const dialog = b.page.getByRole('dialog')
  await dialog.locator('[data-import-new]').waitFor()
  assert.equal(await dialog.locator('[data-import-new]').innerText(), '1')
  assert.equal(await dialog.locator('[data-import-wrong]').innerText(), '1')
  assert.match(await dialog.innerText(), /没有这一列/)
  const [wrong] = await Promise.all([b.page.waitForEvent('download'), dialog.locator('[data-wrong-rows]').click()])
  assert.match(wrong.suggestedFilename(), /错误行\.xlsx$/)
  assert.equal(await total(b.page), before, 'checking writes nothing')
  await dialog.locator('[data-import-go]').click()
  await dialog.waitFor({ state: 'hidden' })
  await b.page.waitForFunction((n) => document.querySelector('#main [data-total]')?.textContent.includes(String(n)), before + 1)
  await b.close()
})

test('a heading that nobody knows is assigned to a field, and the template is handed out', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const sample = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0]
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  const label = (name) => meta.fields.find((f) => f.name === name).label
  const csv = `${label('asset_no')},${label('name')},机身代号\n${sample.asset_no},${sample.name},代号七`
  await b.page.click('[data-tool=import]')
  const dialog = b.page.getByRole('dialog')
  const [template] = await Promise.all([b.page.waitForEvent('download'), dialog.locator('[data-template]').click()])
  assert.match(template.suggestedFilename(), /导入模板\.xlsx$/)
  await b.page.locator('input[data-import]').setInputFiles({ name: 'map.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await dialog.locator('[data-assign="机身代号"]').selectOption('model')
  await dialog.locator('details:has(.changes) summary').click()
  assert.match(await dialog.locator('.changes').innerText(), /代号七/)
  await dialog.locator('[data-import-go]').click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal((await api(b.page, 'GET', `asset/${sample.id}`)).model, '代号七')
  await b.close()
})

test('a column that took the wrong field, or whose names nobody registered, is left out by hand', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  const label = (name) => meta.fields.find((f) => f.name === name).label
  const sample = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0]
  const csv = [['asset_no', 'name', 'class_id', 'org_unit_id'].map(label).join(','), `L-${serial}-1,甲,${sample.class_id_label},没有登记的科室${serial}`].join('\n')
  await b.page.click('[data-tool=import]')
  await b.page.locator('input[data-import]').setInputFiles({ name: 'units.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  const dialog = b.page.getByRole('dialog')
  await dialog.locator('[data-wrong-rows]').waitFor()
  assert.match(await dialog.innerText(), /没有登记的科室.*没有新建的权限/)
  await dialog.locator('[data-import-taken] summary').click()
  await dialog.locator(`[data-assign="${label('org_unit_id')}"]`).selectOption('')
  await dialog.locator('[data-wrong-rows]').waitFor({ state: 'detached' })
  assert.equal(await dialog.locator('[data-import-new]').innerText(), '1')
  await dialog.locator('[data-import-go]').click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal((await api(b.page, 'GET', `asset?f=asset_no.eq.L-${serial}-1`)).items[0].org_unit_id, null)
  await b.close()
})

test('the whole file of a camera comes out of one sheet: point, place and network', async () => {
  const b = await as('b_pm')
  await visit(b.page, '/k/camera')
  const class_id = (await api(b.page, 'GET', 'asset_class?f=code.eq.camera')).items[0].id
  const asset = await api(b.page, 'POST', 'asset', { asset_no: `F-${serial}`, name: '一机一档', class_id })
  const csv = `设备编号,点位编号,经度,纬度,VLAN,没有这一列\nF-${serial},P-${serial},116.35,39.9,120,x`
  await b.page.click('[data-tool=import]')
  await b.page.locator('input[data-import]').setInputFiles({ name: 'file.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  const dialog = b.page.getByRole('dialog')
  await dialog.locator('[data-import-part=asset_network]').waitFor()
  assert.equal(await dialog.locator('[data-import-part=asset_power]').count(), 0, 'the sheet says nothing of power')
  assert.deepEqual(await dialog.locator('.sites [data-assign]').evaluateAll((all) => all.map((s) => s.dataset.assign)), ['没有这一列'])
  await dialog.locator('[data-import-go]').click()
  await dialog.waitFor({ state: 'hidden' })
  const part = async (kind) => (await api(b.page, 'GET', `${kind}?f=asset_id.eq.${asset.id}`)).items[0]
  assert.equal((await part('camera')).point_no, `P-${serial}`)
  assert.equal((await part('asset_place')).lng, 116.35)
  assert.equal((await part('asset_network')).vlan, 120)
  await b.close()
})

test('places that no ledger knows are listed apart; nothing is written before the user says what becomes of them', async () => {
  const b = await as(role)
  await visit(b.page, '/k/asset')
  const before = await total(b.page)
  const meta = (await api(b.page, 'GET', 'meta')).kinds.asset
  const label = (name) => meta.fields.find((f) => f.name === name).label
  const sample = (await api(b.page, 'GET', 'asset?limit=1&page=1')).items[0]
  const csv = [['asset_no', 'name', 'class_id', 'site_id'].map(label).join(','),
    `N-${serial}-1,甲,${sample.class_id_label},新地点${serial}`, `N-${serial}-2,乙,${sample.class_id_label},新地点${serial}`, '合计,2'].join('\n')
  await b.page.click('[data-tool=import]')
  await b.page.locator('input[data-import]').setInputFiles({ name: 'sites.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  const dialog = b.page.getByRole('dialog')
  await dialog.locator('[data-import-new]').waitFor()
  assert.equal(await dialog.locator('[data-import-wrong]').innerText(), '0', 'a new place is no mistake')
  assert.match(await dialog.locator('.sites').last().innerText(), new RegExp(`新地点${serial}`))
  assert.match(await dialog.locator('[data-import-read]').innerText(), /1 行不是数据.*4 合计/)
  assert.ok(await dialog.locator('[data-import-go]').isDisabled())
  await dialog.locator('[data-sites=leave]').check()
  await dialog.locator('[data-wrong-rows]').waitFor()
  assert.equal(await dialog.locator('[data-import-wrong]').innerText(), '2')
  await dialog.locator('[data-sites=create]').check()
  await dialog.locator('[data-wrong-rows]').waitFor({ state: 'detached' })
  await dialog.locator('[data-import-go]').click()
  await dialog.waitFor({ state: 'hidden' })
  await b.page.waitForFunction((n) => document.querySelector('#main [data-total]')?.textContent.includes(String(n)), before + 2)
  await b.close()
})

test('labels of the filtered list are one press away for who may take the ledger out', async () => {
  const b = await as('b_pm')
  await visit(b.page, '/k/asset')
  const [sheet] = await Promise.all([b.page.waitForEvent('download'), b.page.click('[data-tool=labels]')])
  assert.match(sheet.suggestedFilename(), /二维码标签\.pdf$/)
  await b.close()
})

test('a long form keeps its buttons in sight on a low screen; the last field is reached by scrolling inside', async () => {
  const b = await as('b_pm', { width: 1366, height: 640 })
  await visit(b.page, '/k/asset')
  await b.page.click('[data-tool=create]')
  const dialog = b.page.getByRole('dialog')
  const save = await dialog.locator('[data-submit], .el-dialog__footer .el-button--primary').last().boundingBox()
  assert.ok(save.y + save.height <= 640, `the button ends at ${save.y + save.height}`)
  const last = dialog.locator('[data-field]').last()
  await last.scrollIntoViewIfNeeded()
  assert.ok((await last.boundingBox()).y < save.y)
  await b.close()
})

test('the form that cancels an order names it, and its way back does not say "cancel", too', async () => {
  const b = await as('b_dispatcher')
  const order = await api(b.page, 'POST', 'work_order', { title: '要取消的', line: 'office_it' })
  await visit(b.page, `/work_order/${order.id}`)
  await b.page.locator('#main [data-action=cancel]').click()
  const dialog = b.page.getByRole('dialog')
  await dialog.getByText(`取消 · ${order.no}`).waitFor()
  assert.deepEqual(await dialog.locator('.el-dialog__footer .el-button').allInnerTexts(), ['返回', '取消'])
  await b.close()
})

test('on the phone a hint stands below its date, not behind it', async () => {
  const b = await as('b_pm', { width: 390, height: 844 })
  await visit(b.page, '/k/duty_shift')
  await b.page.click('[data-tool=create]')
  const item = b.page.getByRole('dialog').locator('[data-field=on_date], [data-field=from_on]').first()
  await item.waitFor()
  // By the layout, not by the picture: the dialog still grows while it opens.
  const [low, high, hint] = await item.evaluate((x) => {
    const box = x.querySelector('.el-date-editor')
    return [box.offsetHeight, box.offsetTop + box.offsetHeight, x.querySelector('.help').offsetTop]
  })
  assert.ok(low >= 44 && hint >= high, `${low} ${high} ${hint}`)
  await b.close()
})
