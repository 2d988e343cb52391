// SPDX-License-Identifier: Apache-2.0
// What the specs share. SW_URL and SW_LOGINS ({"b_field":{"login","password"},…}) name a running
// server; tests/e2e/browser.py starts one and sets them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after } from 'node:test'
import { chromium } from 'playwright-core'

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const url = process.env.SW_URL
assert.ok(url && process.env.SW_LOGINS, 'SW_URL and SW_LOGINS name a running server: see tests/e2e/browser.py')
export const logins = JSON.parse(process.env.SW_LOGINS)
const browser = await chromium.launch({ executablePath: process.env.SW_CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
after(async () => {
  await browser.close()
})

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** A browser of its own. Script errors and breaches of the content policy fail the spec. */
export async function fresh(viewport = DESK) {
  const context = await browser.newContext({ viewport, locale: 'zh-CN', hasTouch: viewport.width < 500, acceptDownloads: true })
  context.setDefaultTimeout(20_000)
  const faults = []
  const watch = (page) => {
    page.on('pageerror', (e) => faults.push(String(e)))
    page.on('console', (m) => {
      if (m.type() === 'error' && /Content Security Policy|Refused to/.test(m.text())) faults.push(m.text())
    })
  }
  context.on('page', watch)
  const page = await context.newPage()
  return {
    context, page, faults,
    async close() {
      await context.close()
      assert.deepEqual(faults, [], 'no script error and no breach of the content policy')
    }
  }
}
export function account(role) {
  const found = logins[role]
  assert.ok(found, `SW_LOGINS has no ${role}`)
  return found
}
export async function signIn(page, role) {
  const { login, password } = account(role)
  await page.goto(`${url}/login`)
  await page.fill('#login-account', login)
  await page.fill('#login-password', password)
  await page.keyboard.press('Enter')
  await page.waitForSelector('#main h1')
}
const cookies = new Map()
/** Signed in, by the session that the spec file has for this role. */
export async function as(role, viewport = DESK) {
  const b = await fresh(viewport)
  if (cookies.has(role)) {
    await b.context.addCookies(cookies.get(role))
    await b.page.goto(url)
    await b.page.waitForSelector('#main h1')
  } else {
    await signIn(b.page, role)
    cookies.set(role, await b.context.cookies())
  }
  return b
}
/** Signed in with a session of its own, to be locked or ended. */
export async function alone(role, viewport = DESK) {
  const b = await fresh(viewport)
  await signIn(b.page, role)
  return b
}
/** A call of the API with the page's own session. */
export function api(page, method, path, body) {
  return page.evaluate(async ([m, p, b]) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const res = await fetch(`/api/v1/${p}`, {
      method: m, headers: { 'X-CSRF-Token': csrf, ...(b ? { 'Content-Type': 'application/json' } : {}) }, body: b ? JSON.stringify(b) : undefined
    })
    const text = await res.text()
    if (!res.ok) throw new Error(`${m} ${p}: ${res.status} ${text}`)
    return text ? JSON.parse(text) : null
  }, [method, path, body])
}
/** Opens an address and waits until its page stands. */
export async function visit(page, path) {
  await page.goto(url + path)
  await page.waitForSelector('#main h1', { state: 'attached' })
  await settled(page)
}
/** No skeleton is shown and no list is waiting. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('#main .el-skeleton, #main [aria-busy=true]'))
}
export const count = (text) => Number(String(text).replace(/[^\d]/g, ''))
export const total = async (page) => count(await page.locator('#main [data-total]').first().innerText())

/** A small picture, as a camera would hand it over. */
export const PHOTO = {
  name: 'photo.png', mimeType: 'image/png',
  buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
}
/** Fills every text, number, choice and file of the open dialog that is still blank. */
export async function fillDialog(page, texts = {}) {
  const dialog = page.getByRole('dialog').last()
  await dialog.waitFor()
  for (const item of await dialog.locator('[data-field]').all()) {
    const name = await item.getAttribute('data-field')
    const required = /is-required/.test((await item.getAttribute('class')) ?? '')
    const files = item.locator('input[data-files]')
    if (await files.count()) {
      await files.setInputFiles(PHOTO)
      await item.locator('img').waitFor()
    } else if (await item.locator('.el-select').count()) {
      const chosen = (await item.locator('.el-select__selected-item:not(.is-transparent):not(.el-select__input-wrapper)').count()) > 0
      const key = texts[name]
      if (!chosen && (required || key)) await choose(page, item.locator('.el-select'), key)
    } else {
      const box = item.locator('input:not([type=file]):not([type=checkbox]), textarea').first()
      if (!(await box.count()) || !(await box.isEnabled())) continue
      const digits = (await box.getAttribute('inputmode')) === 'decimal'
      if (texts[name] !== undefined) await box.fill(texts[name])
      else if (required && !(await box.inputValue())) await box.fill(digits ? '5' : '端到端测试填写')
      else if (!digits && !(await box.inputValue()) && !(await item.locator('.el-date-editor').count()) && texts['*']) await box.fill(texts['*'])
    }
  }
  return dialog
}
/** Picks an option by its text, or the first. */
export async function choose(page, select, text) {
  await select.click()
  const list = await select.locator('input').first().getAttribute('aria-controls')
  const options = page.locator(`[id="${list}"] .el-select-dropdown__item`)
  const wanted = text ? options.filter({ hasText: text }).first() : options.first()
  await wanted.click()
}
/** Presses an action, fills its form and sends it. */
export async function doAction(page, action) {
  await page.locator(`#main [data-action=${action}]`).click()
  const dialog = await fillDialog(page, { '*': '端到端测试填写' })
  await dialog.locator('[data-submit]').click()
  await dialog.waitFor({ state: 'hidden' })
  await settled(page)
}
/** `more`: rules that are not usual, by name. */
export async function axe(page, more = []) {
  // Through the debugger, not as a script element: the page's policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const found = await page.evaluate((names) => window.axe.run(document, { resultTypes: ['violations'], rules: Object.fromEntries(names.map((n) => [n, { enabled: true }])) }), more)
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim() ?? v.help})`))
}
/** The first role whose user may do `what` with `kind`. */
export async function roleThat(kind, what) {
  for (const role of Object.keys(logins)) {
    const b = await as(role)
    const meta = await api(b.page, 'GET', 'meta')
    await b.close()
    if (meta.kinds[kind]?.can.includes(what)) return role
  }
  assert.fail(`no account may ${what} ${kind}`)
}
