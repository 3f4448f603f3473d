import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Arguments } from '../../../../src/bridge/commands/arguments.ts'
import {
  announceTakes,
  readAnnounce,
  readSleep,
  sleepTakes,
} from '../../../../src/bridge/commands/parallel-codec.ts'
import type { ParallelCommand } from '../../../../src/bridge/commands/parallel-commands.ts'

const announce = (source: Record<string, unknown>): ParallelCommand =>
  readAnnounce(new Arguments(source, 'announce', announceTakes))
const sleep = (source: Record<string, unknown>): ParallelCommand =>
  readSleep(new Arguments(source, 'sleep', sleepTakes))

test('an announcement has an address, and says nothing else it need not', () => {
  const aside = announce({ url: 'http://ha.lan:8123/api/tts/door.mp3?token=canary' })
  assert.ok(aside.type === 'announce', `aside.type === 'announce'`)
  const { url, ...rest } = aside.announcement
  assert.equal(url.reveal(), 'http://ha.lan:8123/api/tts/door.mp3?token=canary')
  assert.deepEqual(rest, {
    host: 'ha.lan:8123',
    volume: undefined,
    mode: undefined,
    maxSeconds: undefined,
    transaction: undefined,
  })
})

test('an announcement may have a volume, a mode, a length and a mark of its own', () => {
  const source = { url: 'https://a/b', volume: 80, mode: 'pause', max_seconds: 5, transaction: 'x' }
  const aside = announce(source)
  assert.ok(aside.type === 'announce', `aside.type === 'announce'`)
  const { volume, mode, maxSeconds, transaction } = aside.announcement
  assert.deepEqual([volume, mode, maxSeconds, transaction], [80, 'pause', 5, 'x'])
})

for (const [name, source] of Object.entries({
  'no address': {},
  'an empty address': { url: '' },
  'half an address': { url: '/canary.mp3' },
  'a file': { url: 'file:///etc/canary' },
  "a program's own protocol": { url: 'edl://canary.mp3' },
  'a user': { url: 'http://canary@host/a.mp3' },
  'a password': { url: 'http://:canary@host/a.mp3' },
  'an address of 2001 characters': { url: `http://host/canary${'a'.repeat(1_983)}` },
  'an address with a line feed': { url: 'http://host/canary\n.mp3' },
  'volume 0': { url: 'http://host/a', volume: 0 },
  'volume 101': { url: 'http://host/a', volume: 101 },
  'a mode there is not': { url: 'http://host/a', mode: 'stop' },
  'no time': { url: 'http://host/a', max_seconds: 0 },
  'too long a time': { url: 'http://host/a', max_seconds: 601 },
  'an unknown argument': { url: 'http://host/a', text: 'hello' },
})) {
  test(`an announcement with ${name} is refused, and the address not repeated`, () => {
    assert.throws(
      () => announce(source),
      (error: Error & { readonly code?: string }) =>
        error.code === 'command/payload' && !error.message.includes('canary'),
    )
  })
}

test('an address of 2000 characters is not too long', () => {
  const url = `http://host/${'a'.repeat(1_988)}`
  const aside = announce({ url })
  assert.equal(aside.type === 'announce' && aside.announcement.url.reveal(), url)
})

test('the sleep timer has minutes and a fade', () => {
  assert.deepEqual(sleep({ minutes: 30 }), { type: 'sleep', afterMs: 1_800_000, fadeMs: 20_000 })
  assert.deepEqual(sleep({ minutes: 1440, fade_seconds: 0 }), {
    type: 'sleep',
    afterMs: 86_400_000,
    fadeMs: 0,
  })
  assert.deepEqual(sleep({ minutes: 0 }), { type: 'sleep', afterMs: 0, fadeMs: 20_000 })
})

for (const source of [
  {},
  { minutes: -1 },
  { minutes: 1441 },
  { minutes: 1.5 },
  { minutes: '30' },
  { minutes: 5, fade_seconds: 601 },
]) {
  test(`no sleep timer with ${JSON.stringify(source)}`, () => {
    assert.throws(() => sleep(source), { code: 'command/payload' })
  })
}
