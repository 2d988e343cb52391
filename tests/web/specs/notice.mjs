// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, axe } from '../lib.mjs'

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
