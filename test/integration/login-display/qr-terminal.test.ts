import assert from 'node:assert/strict'
import { test } from 'node:test'

import { terminalQr, type Blocks } from '../../../src/login-display/terminal-qr.ts'
import { readQr, withoutQrReader } from '../../support/screen/qr-reader.ts'
import { darkGround, lightGround, terminalPicture } from '../../support/screen/terminal-picture.ts'

const skip = withoutQrReader
const url = 'https://amazon.com/us/code?cbl-code=BEYHYS'

for (const [name, ground] of [
  ['dark', darkGround],
  ['light', lightGround],
] as const) {
  for (const blocks of ['half', 'full'] satisfies Blocks[]) {
    test(
      `the QR code in ${blocks} blocks reads on a ${name} terminal as the exact URL`,
      { skip },
      async (t) => {
        const qr = terminalQr(url, blocks)
        assert.ok(qr, 'qr')
        assert.equal(await readQr(t, terminalPicture(qr.text, ground)), url)
      },
    )
  }
}

test('it also reads where the terminal is exactly as wide as the code', { skip }, async (t) => {
  const qr = terminalQr(url, 'half')
  assert.ok(qr, 'qr')
  for (const ground of [darkGround, lightGround]) {
    assert.equal(await readQr(t, terminalPicture(qr.text, ground, qr.columns)), url)
  }
})

test(
  'the picture is honest: uncoloured blocks on a light ground are inverted and do not read',
  { skip },
  async (t) => {
    const qr = terminalQr(url, 'half')
    assert.ok(qr, 'qr')
    const uncoloured = qr.text.replaceAll(/\u001b\[[0-9;]*m/g, '')
    assert.equal(await readQr(t, terminalPicture(uncoloured, darkGround)), url)
    assert.equal(await readQr(t, terminalPicture(uncoloured, lightGround)), undefined)
  },
)

test('URLs of other lengths and alphabets read, up to 74 columns', { skip }, async (t) => {
  const links = [
    'https://amazon.co.jp/jp/code?cbl-code=ABC-123',
    'http://127.0.0.1:38211/us/code?cbl-code=94238',
    `https://www.amazon.com/music/settings?ref=${'a1B2'.repeat(30)}`,
    'https://amazon.de/geräte?c=ß',
  ]
  for (const link of links) {
    const qr = terminalQr(link, 'half')
    assert.ok(qr && qr.columns <= 74, link)
    assert.equal(await readQr(t, terminalPicture(qr.text, lightGround)), link)
  }
})

test('columns and rows are those of the text, and each line ends in the reset', () => {
  for (const blocks of ['half', 'full'] satisfies Blocks[]) {
    const qr = terminalQr(url, blocks)
    assert.ok(qr, 'qr')
    const lines = qr.text.split('\n')
    assert.equal(lines.pop(), '')
    assert.equal(lines.length, qr.rows)
    for (const line of lines) {
      assert.ok(line.endsWith('\u001b[0m'), line)
      assert.equal(Array.from(line.replaceAll(/\u001b\[[0-9;]*m/g, '')).length, qr.columns)
    }
  }
  assert.equal(terminalQr(url, 'half')?.columns, 37)
  assert.equal(terminalQr(url, 'half')?.rows, 19)
})

test('a text too long for any QR code gives none', () => {
  assert.equal(terminalQr('x'.repeat(4000), 'half'), undefined)
})
