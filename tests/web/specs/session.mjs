// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { account, alone, as, fresh, logins, settled, signIn, url, visit } from '../lib.mjs'

const ROLE = Object.keys(logins)[0]

test('a wrong password is refused with one text and the account name stays', async () => {
  const b = await fresh()
  await b.page.goto(`${url}/login`)
  const texts = []
  for (const login of [account(ROLE).login, 'nobody-at-all']) {
    await b.page.fill('#login-account', login)
    await b.page.fill('#login-password', 'wrong-Password-1')
    await b.page.keyboard.press('Enter')
    texts.push(await b.page.locator('[role=alert]').innerText())
    assert.equal(await b.page.inputValue('#login-account'), login)
    assert.equal(await b.page.inputValue('#login-password'), '')
  }
  assert.equal(texts[0], texts[1], 'an unknown account answers like a wrong password')
  await b.close()
})

test('the right password leads to the page that was asked for', async () => {
  const b = await fresh()
  await b.page.goto(`${url}/me?x=1`)
  await b.page.waitForURL(/\/login\?to=/)
  await b.page.fill('#login-account', account(ROLE).login)
  await b.page.fill('#login-password', account(ROLE).password)
  await b.page.keyboard.press('Enter')
  await b.page.waitForURL(`${url}/me?x=1`)
  await b.close()
})

test('after logging out the pages ask for the password again', async () => {
  const b = await alone(ROLE)
  await b.page.click('[data-user]')
  await b.page.locator('[data-logout]').click()
  await b.page.waitForURL(/\/login/)
  await b.page.goto(`${url}/me`)
  await b.page.waitForURL(/\/login/)
  await b.close()
})

test('a session that ended elsewhere leads to the login page and back', async () => {
  const b = await alone(ROLE)
  await visit(b.page, '/me')
  await b.context.clearCookies()
  await b.page.locator('.side a').first().click() // the next call finds the session gone
  await b.page.waitForURL(/\/login/)
  await b.page.fill('#login-account', account(ROLE).login)
  await b.page.fill('#login-password', account(ROLE).password)
  await b.page.keyboard.press('Enter')
  await b.page.waitForSelector('#main h1')
  assert.equal(new URL(b.page.url()).pathname, '/')
  await b.close()
})

test('own sessions are listed and another one can be ended', async () => {
  const one = await alone(ROLE)
  const two = await alone(ROLE)
  await visit(one.page, '/me')
  await settled(one.page)
  const rows = one.page.locator('.session')
  await rows.first().waitFor()
  const before = await rows.count()
  assert.ok(before >= 2)
  await rows.getByRole('button').last().click()
  await one.page.locator('.el-message-box .el-button--danger').click()
  await one.page.waitForFunction((n) => document.querySelectorAll('.session').length === n - 1, before)
  await one.close()
  await two.close()
})

test('the pages speak English when asked and remember it', async () => {
  const b = await as(ROLE)
  await b.page.getByRole('button', { name: 'English' }).click()
  await b.page.getByRole('link', { name: 'Home' }).first().waitFor()
  await b.page.reload()
  await b.page.getByRole('link', { name: 'Home' }).first().waitFor()
  await b.close()
})

test('a password that must be changed is changed before anything else', async () => {
  const role = 'auditor' // this one is new
  const b = await fresh()
  await b.page.goto(`${url}/login`)
  const { login, password } = account(role)
  await b.page.fill('#login-account', login)
  await b.page.fill('#login-password', password)
  await b.page.keyboard.press('Enter')
  await b.page.fill('input[name=new]', 'short')
  await b.page.fill('input[name=again]', 'short')
  await b.page.click('[data-change]')
  await b.page.locator('.el-form-item__error').waitFor()
  await b.page.fill('input[name=new]', password + 'x')
  await b.page.fill('input[name=again]', password + 'x')
  await b.page.click('[data-change]')
  await b.page.waitForSelector('#main h1')
  await b.close()
  logins[role] = { login, password: password + 'x' }
  const again = await fresh()
  await signIn(again.page, role)
  await again.close()
})
