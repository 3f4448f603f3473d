import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pngQr } from '../../../src/login-display/png-qr.ts'
import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'

const url = 'https://amazon.com/us/code?cbl-code=BEYHYS'

test('the PNG reads as the exact URL', { skip: withoutQrReader }, async (t) => {
  assert.equal(await readQr(t, await pngQr(url)), url)
})

test('it is a PNG of 444 pixels square and small enough for any broker', async () => {
  const png = await pngQr(url)
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  assert.equal(png.readUInt32BE(16), 444)
  assert.equal(png.readUInt32BE(20), 444)
  assert.ok(png.length < 8_000, `png.length < 8_000: ${png.length}`)
})

test('a text too long for any QR code is refused', async () => {
  await assert.rejects(pngQr('x'.repeat(4000)), /too big/)
})
