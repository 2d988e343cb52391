// SPDX-License-Identifier: Apache-2.0
// The desk around the pages: tabs, menu search, looks, watermark, screen lock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { account, alone, as, axe, fresh, settled, signIn, visit } from '../lib.mjs'

const ROLE = 'b_dispatcher'
const tabs = (page) => page.locator('[data-tab]').evaluateAll((all) => all.map((x) => x.dataset.tab))
async function onTab(page, path, command) {
  await page.locator(`[data-tab="${path}"]`).click({ button: 'right' })
  await page.locator(`[data-command=${command}]`).click()
}

test('a right click on a tab closes what is left of it, right of it, the others, all', async () => {
  const b = await as(ROLE)
  const open = async () => {
    for (const kind of ['asset', 'site', 'alarm', 'outage']) await visit(b.page, `/k/${kind}`)
  }
  await open()
  assert.deepEqual(await tabs(b.page), ['/', '/k/asset', '/k/site', '/k/alarm', '/k/outage'])
  await onTab(b.page, '/k/site', 'right')
  await b.page.waitForURL(/\/k\/site$/)
  assert.deepEqual(await tabs(b.page), ['/', '/k/asset', '/k/site'])
  await open()
  await onTab(b.page, '/k/alarm', 'left')
  assert.deepEqual(await tabs(b.page), ['/', '/k/alarm', '/k/outage'])
  await onTab(b.page, '/k/alarm', 'others')
  await b.page.waitForFunction(() => document.querySelectorAll('[data-tab]').length === 2)
  assert.deepEqual(await tabs(b.page), ['/', '/k/alarm'])
  await onTab(b.page, '/k/alarm', 'all')
  await b.page.waitForFunction(() => document.querySelectorAll('[data-tab]').length === 1)
  await b.close()
})

test('the menu is searched with the keyboard alone', async () => {
  const b = await as(ROLE)
  await b.page.keyboard.press('Control+k')
  await b.page.locator('[data-menu-word]').waitFor()
  await b.page.keyboard.type('站点')
  await b.page.locator('[data-hit=site].on').waitFor()
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL(/\/k\/site$/)
  await b.close()
})

test('looks are chosen and remembered: dark, large, colour-weak, grey', async () => {
  const b = await as(ROLE)
  await b.page.click('[data-looks]')
  for (const look of ['dark', 'large', 'weak', 'grey']) await b.page.locator(`.el-drawer [data-look=${look}]`).click()
  const has = () => b.page.evaluate(() => ['dark', 'large', 'weak', 'grey'].filter((c) => document.documentElement.classList.contains(c)))
  assert.deepEqual(await has(), ['dark', 'large', 'weak', 'grey'])
  await b.page.reload()
  await b.page.waitForSelector('#main h1')
  assert.deepEqual(await has(), ['dark', 'large', 'weak', 'grey'])
  assert.equal(await b.page.evaluate(() => getComputedStyle(document.body).fontSize), '16px')
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('the watermark is drawn over the page, can be switched off, and lets clicks through', async () => {
  const b = await as(ROLE)
  const ink = () => b.page.evaluate(() => {
    const c = document.querySelector('canvas.mark')
    return c ? c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length : 0
  })
  assert.ok((await ink()) > 1000, 'the name is written')
  await b.page.click('[data-looks]') // through the mark
  await b.page.locator('.el-drawer [data-look=watermark]').click()
  await b.page.waitForFunction(() => !document.querySelector('canvas.mark'))
  await b.close()
})

test('locking ends the session; the password brings the desk back with what was typed', async () => {
  const b = await alone(ROLE)
  await visit(b.page, '/k/asset')
  await b.page.locator('.filters input[type=search]').first().fill('写了一半')
  await b.page.click('[data-user]')
  await b.page.locator('[data-lock]').click()
  await b.page.locator('#unlock-password').waitFor()
  assert.equal(await b.page.evaluate(async () => (await fetch('/api/v1/session')).status), 401, 'nobody at this desk is signed in')
  assert.equal(await b.page.evaluate(() => document.querySelector('.desk').inert), true)
  await b.page.locator('[data-lock]').waitFor({ state: 'hidden' }) // the menu fades out
  assert.deepEqual(await axe(b.page), [])
  await b.page.fill('#unlock-password', 'wrong-Password-1')
  await b.page.keyboard.press('Enter')
  await b.page.locator('.lock [role=alert]').waitFor()
  await b.page.fill('#unlock-password', account(ROLE).password)
  await b.page.keyboard.press('Enter')
  await b.page.locator('.lock').waitFor({ state: 'detached' })
  await settled(b.page)
  assert.equal(await b.page.locator('.filters input[type=search]').first().inputValue(), '写了一半')
  await b.page.click('[data-search]') // and it works again
  await b.page.locator('.box.nothing').waitFor()
  await b.close()
})

test('the first visit, from the login page to the overview, loads at most 300 KB', async () => {
  const b = await fresh()
  const cdp = await b.context.newCDPSession(b.page)
  await cdp.send('Network.enable')
  const kinds = new Map()
  let bytes = 0
  cdp.on('Network.responseReceived', (e) => kinds.set(e.requestId, e.type))
  cdp.on('Network.loadingFinished', (e) => {
    if (['Document', 'Script', 'Stylesheet', 'Image', 'Font'].includes(kinds.get(e.requestId))) bytes += e.encodedDataLength
  })
  await signIn(b.page, ROLE)
  await settled(b.page)
  console.log(`# first load ${Math.round(bytes / 1024)} KB`)
  assert.ok(bytes > 20 * 1024, 'something was loaded')
  assert.ok(bytes <= 300 * 1024, `${Math.round(bytes / 1024)} KB`)
  await b.close()
})

test('a long menu opens where the reader is; what he opens or shuts himself is kept', async () => {
  const b = await as('b_pm')
  await b.page.evaluate(() => localStorage.removeItem('sw.menu.closed'))
  await visit(b.page, '/k/calendar_day')
  const open = (key) => b.page.locator(`[aria-controls=menu-${key}]`).getAttribute('aria-expanded')
  assert.deepEqual([await open('order'), await open('ledger'), await open('system')], ['true', 'false', 'true'])
  const side = await b.page.locator('.side').evaluate((x) => x.scrollHeight)
  assert.ok(side < 1500, `${side} px of menu`)
  await b.page.click('[aria-controls=menu-ledger]')
  await visit(b.page, '/')
  assert.deepEqual([await open('ledger'), await open('system')], ['true', 'true'])
  const icons = await b.page.locator('#menu-order .icon').evaluateAll((all) => new Set(all.map((x) => x.innerHTML)).size)
  assert.equal(icons, await b.page.locator('#menu-order a').count()) // one picture for each place
  await b.close()
})
