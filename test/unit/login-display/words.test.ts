import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pageWords, promptWords, signInWords, validity } from '../../../src/login-display/words.ts'
import { prompt } from './prompt.ts'

test('URL and user code stand in the words whether or not a QR code is shown', () => {
  for (const qrShown of [true, false]) {
    const lines = signInWords(prompt, 600_000, qrShown)
    assert.ok(lines.includes('    https://amazon.com/us/code'), JSON.stringify(lines))
    assert.ok(lines.includes('    BEYHYS'), JSON.stringify(lines))
    assert.ok(lines.includes('The code is valid for 10 minutes.'), JSON.stringify(lines))
  }
})

test('words without a QR code do not speak of one, and give the URL with the code in it', () => {
  const text = signInWords(prompt, 600_000, false).join('\n')
  assert.doesNotMatch(text, /QR|scan/i)
  assert.match(text, /https:\/\/amazon\.com\/us\/code\?cbl-code=BEYHYS/)
  assert.doesNotMatch(pageWords({ url: 'https://amazon.com/x', reason: 'r' }, false).join('\n'), /QR|scan/i)
})

test('words with a QR code tell to scan it', () => {
  assert.match(signInWords(prompt, 600_000, true).join('\n'), /scan the QR code/)
  assert.match(pageWords({ url: 'https://amazon.com/x', reason: 'r' }, true).join('\n'), /scan the QR code/)
})

test('the time a code is good for is rounded down to whole minutes', () => {
  for (const [ms, words] of [
    [600_000, 'The code is valid for 10 minutes.'],
    [599_999, 'The code is valid for 9 minutes.'],
    [119_000, 'The code is valid for 1 minute.'],
    [59_999, 'The code is valid for less than a minute.'],
    [0, 'The code has run out; a new one follows.'],
    [-5_000, 'The code has run out; a new one follows.'],
  ] as const) {
    assert.equal(validity(ms), words)
  }
})

test('at a prompt the words name the device, and the time of day until when instead of how long', () => {
  for (const qrShown of [true, false]) {
    const lines = promptWords(prompt, 'kitchen', qrShown)
    assert.match(lines[0] ?? '', /^Sign kitchen in to Amazon Music/)
    assert.ok(lines.includes('    https://amazon.com/us/code'), JSON.stringify(lines))
    assert.ok(lines.includes('    BEYHYS'), JSON.stringify(lines))
    const local = new Date(prompt.expiresAtEpochMs)
    const [hour, minute] = [local.getHours(), local.getMinutes()].map((part) => String(part).padStart(2, '0'))
    assert.ok(lines.at(-1)?.includes(`until ${hour ?? ''}:${minute ?? ''} `), lines.at(-1))
  }
  const without = promptWords(prompt, 'kitchen', false).join('\n')
  assert.doesNotMatch(without, /QR|scan/i)
  assert.match(without, /cbl-code=BEYHYS/)
})

test('control characters from the service do not reach the terminal', () => {
  const evil = '\u001b[2J\u009b31mB\rE\n'
  const lines = [
    ...signInWords({ ...prompt, userCode: evil, verificationUri: evil }, 600_000, true),
    ...pageWords({ url: evil, reason: evil }, true),
    ...promptWords(
      { ...prompt, userCode: evil, verificationUri: evil, verificationUriComplete: evil },
      evil,
      false,
    ),
  ]
  for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/)
})
