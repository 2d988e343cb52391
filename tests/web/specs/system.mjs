// SPDX-License-Identifier: Apache-2.0
// The administrators' pages: rights, who is online, health, journal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alone, api, as, axe, DESK, PHONE, settled, visit } from '../lib.mjs'

const right = async (page, role, permission) =>
  (await api(page, 'GET', `role_permission?f=role.eq.${role}&f=permission.eq.${permission}`)).items[0] ?? null

test('a cell of the rights matrix is changed, saved, journalled; a right kept for administrators is refused at its cell', async () => {
  const b = await as('sec_admin')
  const page = b.page
  assert.equal(await right(page, 'b_storekeeper', 'site.update'), null)
  await visit(page, '/system/rights')
  await page.locator('[data-cell="b_storekeeper/site.update"]').selectOption('all')
  await page.locator('[data-cell="b_storekeeper/role.update"]').selectOption('all')
  await page.click('[data-save-rights]')
  await page.locator('td .tone-danger[role=alert]').waitFor()
  assert.equal(await page.locator('td .tone-danger[role=alert]').count(), 1)
  const made = await right(page, 'b_storekeeper', 'site.update')
  assert.equal(made.scope, 'all')
  assert.equal(await right(page, 'b_storekeeper', 'role.update'), null)
  // and back again: a row that exists is changed, not made anew
  await page.getByRole('button', { name: '放弃修改' }).click()
  await page.locator('[data-cell="b_storekeeper/site.update"]').selectOption('none')
  await page.click('[data-save-rights]')
  await page.locator('[data-save-rights]').waitFor({ state: 'detached' })
  assert.deepEqual([(await right(page, 'b_storekeeper', 'site.update')).id, (await right(page, 'b_storekeeper', 'site.update')).scope], [made.id, 'none'])
  const line = await api(page, 'GET', `role_permission/${made.id}/journal`)
  assert.deepEqual(line.items.map((i) => i.action), ['create', 'update'])
  assert.deepEqual(await axe(page), [])
  await b.close()
})

test('the system administrator ends a session, and that desk is signed out', async () => {
  const victim = await alone('a_clerk')
  const b = await as('sys_admin')
  await visit(b.page, '/monitor/online')
  const row = b.page.locator('[data-session=a_clerk]').first()
  await row.locator('[data-end]').click()
  await b.page.locator('.el-message-box .el-button--danger').click()
  await row.waitFor({ state: 'detached' })
  await victim.page.locator('.side a').last().click()
  await victim.page.waitForURL(/\/login/)
  assert.deepEqual(await axe(b.page), [])
  await victim.close()
  await b.close()
})

test('the health page says what the gauges say', async () => {
  const b = await as('sys_admin')
  await visit(b.page, '/monitor/health')
  await b.page.locator('[data-well]').waitFor()
  assert.match(await b.page.locator('[data-well]').innerText(), /正常/)
  const devices = await b.page.evaluate(async () => /shouwang_assets_in_use (\d+)/.exec(await (await fetch('/metrics')).text())[1])
  assert.ok(Number(devices) > 0)
  assert.match(await b.page.locator('[data-gauge=shouwang_assets_in_use]').innerText(), new RegExp(`在用设备\\s+${devices}`))
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('the auditor reads what was refused and what changed from what to what, and verifies the chain', async () => {
  const pm = await as('b_pm')
  const site = (await api(pm.page, 'GET', 'site?limit=1&page=1')).items[0]
  await api(pm.page, 'PATCH', `site/${site.id}`, { rev: site.rev, address: '审计测试路 9 号' })
  await assert.rejects(api(pm.page, 'GET', 'journal'))
  await pm.close()

  const b = await as('x_auditor')
  const page = b.page
  await visit(page, '/log/journal')
  await page.locator('[data-audit-word]').fill('审计测试路')
  await page.click('[data-search]')
  await page.waitForURL(/q=/)
  await page.waitForFunction(() => document.querySelectorAll('[data-audit]').length === 1)
  await page.locator('td.changes button').click()
  assert.match(await page.locator('td.changes').innerText(), /— → 审计测试路 9 号/)
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-tool=export]')])
  assert.match(file.suggestedFilename(), /\.xlsx$/)

  await page.click('[data-reset]')
  await page.locator('[data-audit-login] input, input[data-audit-login]').fill('b_pm')
  await page.locator('.cell .el-select').click()
  await page.locator('.el-select-dropdown__item').filter({ hasText: '被拒绝' }).click()
  await page.click('[data-search]')
  await page.waitForURL(/result\.ne\.ok/)
  await settled(page)
  assert.ok((await page.locator('[data-audit]').count()) > 0)
  assert.equal(await page.locator('[data-audit] .tag-success').count(), 0, 'only refusals are left')

  await page.click('[data-chain]')
  await page.locator('[data-chain-result]').waitFor()
  assert.equal(await page.locator('[data-chain-result]').getAttribute('data-ok'), 'true')
  await page.locator('.el-select-dropdown__item').first().waitFor({ state: 'hidden' })
  assert.deepEqual(await axe(page), [])
  await b.close()
})

test('sign-ins have a page of their own', async () => {
  const b = await as('x_auditor', PHONE)
  await visit(b.page, '/log/logins')
  await b.page.locator('[data-audit]').first().waitFor()
  const words = new Set(await b.page.locator('[data-audit] td:nth-child(4)').allInnerTexts())
  assert.ok([...words].every((w) => ['登录', '退出'].includes(w.trim())), [...words].join())
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('who may not read the journal is told so and finds no such entry in the menu', async () => {
  const b = await as('b_dispatcher', DESK)
  assert.equal(await b.page.locator('.side a[href^="/log/"], .side a[href^="/system/rights"], .side a[href^="/monitor/"]').count(), 0)
  await visit(b.page, '/log/journal')
  await b.page.locator('.box.denied').waitFor()
  await b.close()
})
