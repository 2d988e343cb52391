// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, axe, visit } from '../lib.mjs'

test('a dispatched order rings the engineer\'s bell by itself, opens from it, and is read then', async () => {
  const desk = await as('b_dispatcher')
  const field = await as('b_field')
  const engineer = (await api(field.page, 'GET', 'session')).user.id
  const meta = (await api(desk.page, 'GET', 'meta')).kinds.work_order
  const asset = (await api(desk.page, 'GET', 'asset?f=line.eq.community_video&limit=1&page=1')).items[0]
  const input = { title: '端到端：铃声', channel: 'phone', line: 'community_video', asset_id: asset.id }
  for (const f of meta.fields) if (f.required && !f.readonly && f.type === 'enum') input[f.name] ??= f.initial ?? f.options[0].value
  let order = await api(desk.page, 'POST', 'work_order', input)
  if (order.can.includes('register')) order = await api(desk.page, 'POST', `work_order/${order.id}/register`, { rev: order.rev })
  await api(desk.page, 'POST', `work_order/${order.id}/dispatch`, { rev: order.rev, engineer_id: engineer })
  await desk.close()

  await field.page.locator('[data-bell-count]').waitFor() // no reload: the stream brings it
  await field.page.click('[data-bell]')
  const line = field.page.locator('[data-notice]').first()
  await line.waitFor()
  await field.page.waitForTimeout(400) // the list fades in
  assert.deepEqual((await axe(field.page)).filter((x) => !x.startsWith('region')), [])
  const id = await line.getAttribute('data-notice')
  await line.locator('.text').click()
  await field.page.waitForURL(new RegExp(`/work_order/${order.id}$`))
  // What must be acknowledged stays on the bell; anything else is read by being opened.
  await field.page.waitForFunction(async (n) => {
    const notice = await (await fetch(`/api/v1/notice/${n}`)).json()
    return notice.ack_due_at ? notice.state === 'new' : notice.state === 'read'
  }, id)
  await field.close()
})

test('a secret is written and never shown: the form says that it is set and a save keeps it', async () => {
  const s = await as('sec_admin')
  const allowed = (await api(s.page, 'GET', 'setting?f=name.eq.outbound_addresses')).items[0]
  await api(s.page, 'PATCH', `setting/${allowed.id}`, { rev: allowed.rev, value: '127.0.0.0/8' })
  await s.close()
  const b = await as('sys_admin')
  const page = b.page
  const meta = (await api(page, 'GET', 'meta')).kinds.notice_channel
  const made = await api(page, 'POST', 'notice_channel', {
    name: '端到端渠道', type: 'smtp', url: 'smtps://127.0.0.1:465', sender: 'a@example.cn', secret: 'Kept-Secret-77'
  })
  await visit(page, `/k/notice_channel/${made.id}`)
  await page.locator('[data-edit]').first().click()
  const item = page.locator('[data-field=secret]')
  await item.locator('[data-secret-set]').waitFor()
  assert.equal(await item.locator('input').count(), 0)
  assert.equal((await page.content()).includes('Kept-Secret-77'), false)
  await page.locator(`[data-field=${meta.label_field}] input`).fill('改名渠道')
  await page.locator('[data-save]').click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  const after = await api(page, 'GET', `notice_channel/${made.id}`)
  assert.deepEqual([after[meta.label_field], after.secret], ['改名渠道', { set: true }])
  await b.close()
})
