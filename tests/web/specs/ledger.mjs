// SPDX-License-Identifier: Apache-2.0
// The pages of the ledger, on the simulated street under its contract.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESK, PHONE, api, as, axe, count, settled, url, visit } from '../lib.mjs'

const SHOTS = process.env.SW_SHOTS // a folder for pictures of the pages
async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: false })
}
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)

/** The total of the list behind a link. */
async function totalAt(page, href) {
  await visit(page, href)
  await page.locator('#main [data-total], #main .box').first().waitFor()
  return (await page.locator('#main [data-total]').count()) ? count(await page.locator('#main [data-total]').first().innerText()) : 0
}
const linksOf = (page, selector) =>
  page.locator(selector).evaluateAll((all) => all.map((a) => ({ href: a.getAttribute('href'), value: (a.querySelector('[data-value]') ?? a).textContent })))

test('every number of the census and of the blind spots opens exactly its list', async () => {
  const b = await as('b_pm')
  for (const [path, selector] of [['/ledger/census', 'a[data-census]'], ['/ledger/census', 'a[data-figure]'], ['/ledger/blind', 'a[data-figure]']]) {
    await visit(b.page, path)
    await b.page.locator(selector).first().waitFor()
    const links = await linksOf(b.page, selector)
    assert.ok(links.length >= 5, `${path} has numbers`)
    // zeros of the census are all alike: two of them will do
    const zeros = links.filter((l) => count(l.value) === 0).slice(0, 2)
    for (const l of [...links.filter((x) => count(x.value) > 0), ...zeros]) assert.equal(await totalAt(b.page, l.href), count(l.value), l.href)
  }
  await b.close()
})

test('the census says which communities are outside the video service', async () => {
  const b = await as('a_supervisor')
  await visit(b.page, '/ledger/census')
  await b.page.locator('.units li').first().waitFor()
  const words = await b.page.locator('.units li').allInnerTexts()
  assert.equal(words.length, 19)
  assert.equal(words.filter((w) => w.includes('不在视频服务范围')).length, 3)
  await shot(b.page, 'census-1440')
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('a device page tells what feeds it and what is lost when it dies', async () => {
  const b = await as('b_dispatcher')
  const at = async (no) => (await api(b.page, 'GET', `asset?f=asset_no.eq.${no}`)).items[0].id
  await visit(b.page, `/asset/${await at('XT-E01')}`)
  await b.page.locator('[data-blast=dark]').waitFor()
  // the box feeds the switch and the recorder; the switch 18 cameras; the recorder hangs on the switch, too
  assert.equal(count(await b.page.locator('[data-blast=dark]').innerText()), 20)
  assert.equal(count(await b.page.locator('[data-blast=cameras_dark]').innerText()), 18)
  for (const k of ['dark', 'cameras_dark', 'power', 'recording']) {
    await b.page.locator(`[data-blast=${k}]`).click()
    assert.equal(await b.page.locator('[data-hit]').count(), count(await b.page.locator(`[data-blast=${k}]`).innerText()), k)
  }
  await shot(b.page, 'device-box-1440')
  await visit(b.page, `/k/asset/${await at('SX-E01')}`) // the generic address leads here, too
  await b.page.locator('[data-part=feeds] li').first().waitFor()
  const feeds = await b.page.locator('[data-part=feeds]').innerText()
  for (const word of ['东区视频交换机', '核心交换机', '东区录像机', '东区一号设备箱', 'G1/0/1']) assert.ok(feeds.includes(word), word)
  await b.page.locator('[data-part=file] details').first().waitFor()
  assert.equal(await b.page.locator('[data-part=file] details').count(), 4)
  await shot(b.page, 'device-camera-1440')
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('a part of the camera file is filled in from the device page', async () => {
  const b = await as('b_pm')
  const id = (await api(b.page, 'GET', 'asset?f=asset_no.eq.SX-E18')).items[0].id // has no place
  await visit(b.page, `/asset/${id}`)
  const group = b.page.locator('[data-part=file] details', { hasText: '安装位置' })
  await group.locator('summary').click()
  await group.locator('button').click()
  const dialog = b.page.getByRole('dialog').last()
  await dialog.locator('[data-field=lng] input').fill('110.021')
  await dialog.locator('[data-field=lat] input').fill('41.508')
  await dialog.locator('[data-save]').click()
  await dialog.waitFor({ state: 'hidden' })
  await b.page.getByText('110.021').first().waitFor()
  const places = await api(b.page, 'GET', `asset_place?f=asset_id.eq.${id}`)
  assert.equal(places.total, 1)
  await b.close()
})

test('the device page works at 390 px', async () => {
  const b = await as('b_field', PHONE)
  const id = (await api(b.page, 'GET', 'asset?f=asset_no.eq.JK-E00')).items[0].id
  await visit(b.page, `/asset/${id}`)
  await b.page.locator('[data-blast=dark]').waitFor()
  assert.ok(await fits(b.page), 'no sideways scrolling')
  await shot(b.page, 'device-390')
  assert.deepEqual(await axe(b.page), [])
  await b.close()
})

test('a duplicate that is none is listed no more', async () => {
  const b = await as('b_pm')
  await visit(b.page, '/ledger/duplicates')
  const group = b.page.locator('[data-group]', { hasText: 'SNSXE010148' })
  await group.waitFor()
  await shot(b.page, 'duplicates-1440')
  assert.equal(await group.locator('li').count(), 2)
  await group.locator('[data-dismiss]').click()
  await b.page.locator('.el-message-box input').fill('备用机抄错了序列号')
  await b.page.locator('.el-message-box__btns .el-button--primary').click()
  await group.waitFor({ state: 'detached' })
  assert.equal((await api(b.page, 'GET', 'duplicate_group?f=value.eq.SNSXE010148')).total, 0)
  assert.equal((await api(b.page, 'GET', 'not_duplicate')).total, 1)
  await b.close()
})

/** The points that the marks on the screen stand for. */
const marked = (page) => page.locator('[data-map] [data-points]').evaluateAll((all) => all.reduce((n, m) => n + Number(m.dataset.points), 0))

for (const [name, size] of [['1440', DESK], ['390', PHONE]])
  test(`the map shows every point, clustered, and asks nobody outside (${name})`, async () => {
    const b = await as('b_dispatcher', size)
    const foreign = []
    b.page.on('request', (r) => { if (!r.url().startsWith(url) && !r.url().startsWith('blob:')) foreign.push(r.url()) })
    await visit(b.page, '/map')
    await b.page.locator('[data-map] [data-points]').first().waitFor()
    await b.page.locator('[data-map] path.ground-community').first().waitFor({ state: 'attached' })
    const all = (await api(b.page, 'GET', 'map_point')).total
    assert.equal(await marked(b.page), all)
    assert.ok((await b.page.locator('[data-map] [data-points]').count()) < all, 'near points are one mark')
    assert.ok(await fits(b.page), 'no sideways scrolling')
    await shot(b.page, `map-${name}`)
    assert.deepEqual(foreign, [])
    // the chips are filters, and their numbers those of the points
    const chip = b.page.locator('[data-health=unknown]')
    const n = count(await chip.locator('strong').innerText())
    await chip.click()
    await b.page.waitForFunction((want) => [...document.querySelectorAll('[data-map] [data-points]')].reduce((s, m) => s + Number(m.dataset.points), 0) === want, n)
    assert.equal((await api(b.page, 'GET', 'map_point?f=health.eq.unknown')).total, n)
    assert.deepEqual(await axe(b.page), [])
    await b.close()
  })

test('a point opens its device', async () => {
  const b = await as('b_dispatcher')
  const id = (await api(b.page, 'GET', 'asset?f=asset_no.eq.SX-W01')).items[0].id
  await visit(b.page, `/map?asset=${id}`)
  const card = b.page.locator('[data-device]')
  await card.waitFor()
  assert.match(await card.innerText(), /西区东口摄像机/)
  await shot(b.page, 'map-device-1440')
  await card.locator('a.go').click()
  await b.page.waitForURL(`**/asset/${id}`)
  await settled(b.page)
  await b.close()
})

test('the ledger of the simulated street is the ledger of the map at 766 points', async () => {
  // as many as the contract has, on one ground: the page stays usable and counts all of them
  const b = await as('b_pm')
  const camera = (await api(b.page, 'GET', 'asset_class?f=code.eq.camera')).items[0].id
  const before = (await api(b.page, 'GET', 'map_point')).total
  const made = await b.page.evaluate(async ([camera]) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const send = async (kind, body) => (await fetch(`/api/v1/${kind}`, { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json()
    const one = async (i) => {
      const a = await send('asset', { asset_no: `N${i}`, name: `点位${i}`, class_id: camera })
      await send('asset_place', { asset_id: a.id, lng: 110.001 + (i % 37) * 0.0006, lat: 41.501 + Math.floor(i / 37) * 0.0005 })
    }
    for (let i = 0; i < 744; i += 8) await Promise.all([...Array(8).keys()].map((k) => one(i + k)))
    return 744
  }, [camera])
  await visit(b.page, '/map')
  await b.page.waitForFunction((want) => [...document.querySelectorAll('[data-map] [data-points]')].reduce((s, m) => s + Number(m.dataset.points), 0) === want, before + made)
  const marks = await b.page.locator('[data-map] [data-points]').count()
  assert.ok(marks < 300, `${marks} marks for ${before + made} points`)
  await shot(b.page, 'map-766-1440')
  const many = b.page.locator('[data-map] .many').first()
  const inside = Number(await many.getAttribute('data-points'))
  await many.click() // a cluster opens into nearer marks
  await b.page.waitForFunction((n) => [...document.querySelectorAll('[data-map] [data-points]')].every((m) => Number(m.dataset.points) < n) || document.querySelectorAll('[data-device]').length, inside)
  await b.close()
})

test('where the ground lies elsewhere, the communities are drawn from their own points; no mark covers another', async () => {
  const b = await as('b_pm')
  const far = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { type: 'community', name: '别处' }, geometry: { type: 'Polygon', coordinates: [[[1, 1], [1.01, 1], [1.01, 1.01], [1, 1]]] } }] }
  await b.page.route('**/api/v1/map/ground', (r) => r.fulfill({ json: far }))
  await visit(b.page, '/map')
  await b.page.locator('[data-map] [data-points]').first().waitFor()
  await b.page.locator('path.ground-community').first().waitFor({ state: 'attached' })
  const names = await b.page.locator('.place-name').allInnerTexts()
  assert.ok(names.length && !names.includes('别处'), names.join())
  const { items: points, total } = await api(b.page, 'GET', 'map_point?limit=500')
  for (const name of names) assert.ok(points.filter((p) => p.org_unit_id_label === name).length >= 3, name)
  const boxes = await Promise.all((await b.page.locator('[data-map] [data-points]').all()).map((m) => m.boundingBox()))
  const covered = boxes.filter((a) => boxes.some((o) => o !== a && Math.abs(a.x + a.width / 2 - o.x - o.width / 2) < 24 && Math.abs(a.y + a.height / 2 - o.y - o.height / 2) < 16))
  assert.equal(covered.length, 0)
  assert.equal(await marked(b.page), total)
  await b.close()
})
