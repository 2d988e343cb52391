// SPDX-License-Identifier: Apache-2.0
// Files of a record: small pictures, who and when and where, the hash, the copy with its words, the original.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { api, as, axe, settled, visit } from '../lib.mjs'

/** A real PNG of random dots: its bytes do not pack, so that its size is what we ask for. */
function png(width, height) {
  const crcTable = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0 })
  const crc = (b) => { let c = 0xffffffff; for (const x of b) c = crcTable[(c ^ x) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0 }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const rows = Buffer.concat(Array.from({ length: height }, () => Buffer.concat([Buffer.from([0]), randomBytes(width * 3)])))
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
/** A device of the ledger to hang photos on. */
const device = async (page) => (await api(page, 'GET', 'asset?sort=-asset_no&limit=1&page=1')).items[0]

test('a large photo is cut off in the middle, goes on where it stopped, and stands with who, when and its hash', async () => {
  const b = await as('b_dispatcher')
  const page = b.page
  const record = await device(page)
  await visit(page, `/k/asset/${record.id}`)
  const bytes = png(1000, 1000) // about 3 MB: three pieces
  const sha = createHash('sha256').update(bytes).digest('hex')
  const offsets = []
  let cuts = 0
  await page.route('**/api/v1/file/upload/*', async (route) => {
    const at = Number(route.request().headers()['upload-offset'])
    if (at > 0 && cuts === 0) {
      cuts++
      return route.abort('connectionreset')
    }
    offsets.push(at)
    return route.continue()
  })
  await page.locator('[data-edit]').click()
  const item = page.locator('[data-field=photos]')
  const before = await item.locator('img').count()
  await item.locator('input[data-files]').setInputFiles({ name: '现场.png', mimeType: 'image/png', buffer: bytes })
  await item.locator('img').nth(before).waitFor()
  assert.equal(cuts, 1)
  assert.equal(offsets[0], 0)
  assert.equal(offsets.filter((x) => x === 0).length, 1, 'what had arrived was not sent again')
  await page.locator('[data-save]').click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await settled(page)

  const stored = (await api(page, 'GET', `asset/${record.id}`)).photos.at(-1)
  assert.equal(stored.sha256, sha)
  const small = page.locator(`[data-file="${stored.id}"] img`).first()
  await small.waitFor()
  assert.match(await small.getAttribute('src'), /\/thumb\?/)
  await page.waitForFunction((id) => { const i = document.querySelector(`[data-file="${id}"] img`); return i.complete && i.naturalWidth > 0 && i.naturalWidth <= 320 }, stored.id)
  await page.locator(`[data-file="${stored.id}"] button`).first().click()
  await page.locator('[data-facts]').waitFor()
  assert.equal(await page.locator('[data-fact=hash] dd').innerText(), sha)
  assert.match(await page.locator('[data-fact=pixels] dd').innerText(), /1000 × 1000/)
  assert.match(await page.locator('[data-fact=by] dd').innerText(), /b_dispatcher/)
  assert.equal(await page.locator('[data-original]').count(), 0, 'the original is not the dispatcher\'s')
  const [copy] = await Promise.all([page.waitForEvent('download'), page.click('[data-marked]')])
  assert.match(copy.suggestedFilename(), /marked/)
  await page.waitForTimeout(400) // the dialog's opening is an animation
  assert.deepEqual(await axe(page), [])
  await b.close()

  const s = await as('a_supervisor')
  await visit(s.page, `/k/asset/${record.id}`)
  await s.page.locator(`[data-file="${stored.id}"] button`).first().click()
  const [original] = await Promise.all([s.page.waitForEvent('download'), s.page.click('[data-original]')])
  const chunks = []
  for await (const c of await original.createReadStream()) chunks.push(c)
  assert.equal(createHash('sha256').update(Buffer.concat(chunks)).digest('hex'), sha, 'the original is bit by bit what was sent')
  await s.close()
})

test('a file that is no picture is refused with its reason and the form goes on', async () => {
  const b = await as('b_dispatcher')
  const page = b.page
  const record = await device(page)
  await visit(page, `/k/asset/${record.id}`)
  await page.locator('[data-edit]').click()
  await page.locator('[data-field=photos] input[data-files]').setInputFiles({ name: '假.png', mimeType: 'image/png', buffer: Buffer.from([0x4d, 0x5a, 0, 1, 2, 255, 254, 0]) })
  await page.locator('.el-message--error').waitFor()
  assert.match(await page.locator('.el-message--error').innerText(), /假\.png 没有上传成功/)
  assert.equal(await page.locator('[data-field=photos] [role=status]').count(), 0, 'nothing goes on')
  assert.equal(await page.locator('[data-save]').isEnabled(), true)
  await b.close()
})
