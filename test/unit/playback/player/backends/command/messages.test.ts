import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../../../src/lib/errors.ts'
import {
  decodeMessage,
  type Message,
} from '../../../../../../src/playback/player/backends/command/messages.ts'

const hello = { event: 'hello', protocol: 1, name: 'acme', version: '3.1', preloads: true, decrypts: false }

const good: readonly (readonly [unknown, Message])[] = [
  [
    { ...hello, later: 1 },
    { type: 'hello', protocol: 1, name: 'acme', version: '3.1', preloads: true, decrypts: false },
  ],
  [
    { reply: 3, ok: true, code: 7 },
    { type: 'reply', id: 3, refusal: undefined },
  ],
  [
    { reply: 3, ok: false, code: 'device', message: 'no card' },
    { type: 'reply', id: 3, refusal: { code: 'player/device', message: 'no card' } },
  ],
  [
    { event: 'started', item: 'a' },
    { type: 'started', item: 'a' },
  ],
  [
    { event: 'position', item: 'a', position_ms: 0 },
    { type: 'position', item: 'a', positionMs: 0 },
  ],
  [
    { event: 'ended', item: 'a', position_ms: 9, duration_ms: null },
    { type: 'ended', item: 'a', positionMs: 9, durationMs: undefined },
  ],
  [
    { event: 'ended', item: 'a', position_ms: 9.5, duration_ms: 10 },
    { type: 'ended', item: 'a', positionMs: 9.5, durationMs: 10 },
  ],
  [{ event: 'applause', item: 7 }, { type: 'unknown' }],
]

test('every line of the protocol is understood', () => {
  for (const [line, message] of good) assert.deepEqual(decodeMessage(JSON.stringify(line)), message)
})

test('every code becomes one of ours, and one that nobody knows the general one', () => {
  for (const code of ['expired', 'network', 'unplayable', 'protected', 'device', 'failed', 'toString', '']) {
    const decoded = decodeMessage(JSON.stringify({ event: 'failed', item: 'a', code, message: '' }))
    const known = ['expired', 'network', 'unplayable', 'protected', 'device'].includes(code)
    assert.ok(decoded.type === 'failed', `decoded.type === 'failed'`)
    assert.equal(decoded.trouble.code, known ? `player/${code}` : 'player/failed')
  }
})

const bad: readonly (readonly [string, RegExp])[] = [
  ['', /the line: expected JSON/],
  ['{"event":"started","item":"a"', /the line: expected JSON/],
  ['null', /the line: expected an object, found null/],
  ['[]', /the line: expected an object, found a list/],
  ['{}', /event: expected a text/],
  ['{"event":1}', /event: expected a text/],
  ['{"event":"started"}', /item: expected a text/],
  ['{"event":"started","item":4}', /item: expected a text/],
  ['{"event":"position","item":"a"}', /position_ms: expected a number/],
  ['{"event":"position","item":"a","position_ms":"3"}', /position_ms: expected a number/],
  ['{"event":"position","item":"a","position_ms":-1}', /position_ms: expected a number/],
  ['{"event":"position","item":"a","position_ms":1e300}', /position_ms: expected a number/],
  ['{"event":"ended","item":"a"}', /position_ms: expected a number/],
  ['{"event":"ended","item":"a","position_ms":1,"duration_ms":"x"}', /duration_ms: expected a number/],
  ['{"event":"failed","item":"a","message":""}', /code: expected a text/],
  ['{"event":"failed","item":"a","code":"network"}', /message: expected a text/],
  ['{"reply":"1","ok":true}', /reply: expected a number/],
  ['{"reply":1}', /ok: expected true or false/],
  ['{"reply":1,"ok":1}', /ok: expected true or false/],
  ['{"reply":1,"ok":false,"code":"failed"}', /message: expected a text/],
  ...Object.keys(hello)
    .filter((key) => key !== 'event')
    .map((key) => [JSON.stringify({ ...hello, [key]: undefined }), new RegExp(`${key}: expected`)] as const),
]

test('everything else is refused by name, and not quoted', () => {
  for (const [line, says] of bad) {
    assert.throws(
      () => decodeMessage(line),
      (error) => error instanceof AppError && error.code === 'net/answer' && says.test(error.message),
      line,
    )
  }
})
