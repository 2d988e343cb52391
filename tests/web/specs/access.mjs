// SPDX-License-Identifier: Apache-2.0
// Every page, at the desk and on the phone: nothing for axe to report, nothing sticking out sideways.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api, as, axe, DESK, fresh, PHONE, roleThat, settled, url, visit } from '../lib.mjs'

/** Every page made by hand, and of `n` kinds the list and one record. */
async function pagesOf(page, n) {
  const { kinds, user } = await api(page, 'GET', 'meta')
  const out = ['/', '/bench', '/me', '/nowhere']
  if (user.permissions.includes('report.read')) out.push('/report/monthly')
  for (const kind of Object.keys(kinds).slice(0, n)) {
    out.push(`/k/${kind}`)
    const first = (await api(page, 'GET', `${kind}?limit=1&page=1`)).items[0]
    if (first) out.push(kind === 'work_order' ? `/work_order/${first.id}` : `/k/${kind}/${first.id}`)
  }
  return out
}
const sideways = (page) => page.evaluate(() => {
  const main = document.querySelector('#main')
  return document.documentElement.scrollWidth > innerWidth || (main !== null && main.scrollWidth > main.clientWidth)
})

for (const [where, size] of [['at the desk', DESK], ['on the phone', PHONE]]) {
  test(`the login page is accessible ${where}`, async () => {
    const b = await fresh(size)
    await b.page.goto(`${url}/login`)
    await b.page.waitForSelector('#login-account')
    assert.deepEqual(await axe(b.page), [])
    assert.equal(await sideways(b.page), false)
    await b.close()
  })
  // All kinds are drawn by the same kit: a dozen are looked at on the desk, a few on the phone.
  for (const [role, n] of size === DESK ? [['b_pm', 12], ['sys_admin', 4]] : [['b_dispatcher', 5]]) {
    test(`the pages of ${role} are accessible ${where} and fit`, async () => {
      const b = await as(role, size)
      const found = {}
      for (const path of await pagesOf(b.page, n)) {
        await visit(b.page, path)
        const list = await axe(b.page)
        if (await sideways(b.page)) list.push('scrolls sideways')
        if (list.length) found[path] = list
      }
      assert.deepEqual(found, {})
      await b.close()
    })
  }
  test(`forms and the import dialog are accessible ${where}`, async () => {
    const b = await as(await roleThat('asset', 'create'), size)
    await visit(b.page, '/k/asset')
    const found = {}
    for (const tool of ['create', 'import']) {
      await b.page.click(`[data-tool=${tool}]`)
      await b.page.getByRole('dialog').waitFor()
      await b.page.waitForTimeout(400) // the dialog's opening is an animation: half-transparent text has no contrast
      const list = await axe(b.page)
      if (list.length) found[tool] = list
      await b.page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
      await b.page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
    assert.deepEqual(found, {})
    await b.close()
  })
}

test('the dark look is as readable', async () => {
  const b = await as('b_dispatcher')
  await b.page.evaluate(() => localStorage.setItem('sw.dark', 'true'))
  const found = {}
  for (const path of await pagesOf(b.page, 3)) {
    await visit(b.page, path)
    const list = await axe(b.page)
    if (list.length) found[path] = list
  }
  assert.deepEqual(found, {})
  await b.close()
})

test('a record can be reached, opened and edited with the keyboard alone', async () => {
  const b = await as(await roleThat('asset', 'create'))
  await visit(b.page, '/k/asset?limit=10')
  await b.page.locator('tbody a').first().focus()
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL(/\/asset\/\d+/)
  await settled(b.page)
  await b.page.locator('[data-edit]').focus()
  await b.page.keyboard.press('Enter')
  await b.page.locator('[data-field=name] input').waitFor()
  await b.page.keyboard.press('Escape')
  await b.page.getByRole('dialog').waitFor({ state: 'hidden' })
  await b.close()
})
