import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import {
  startTestStreams,
  type Course,
  type TestStreams,
} from '../../../src/player-conformance/test-streams.ts'
import type { PlayerEvent } from '../../../src/playback/player/player.ts'
import {
  itemOf,
  openCommand,
  program,
  referencePlayer,
  streamAt,
  type CommandStage,
} from '../../support/command-player.ts'

async function streamsFor(t: TestContext): Promise<TestStreams> {
  const streams = await startTestStreams()
  t.after(() => streams[Symbol.asyncDispose]())
  return streams
}

const tone = (seconds: number): Course => ({ kind: 'whole', seconds })

type OfType<T extends PlayerEvent['type']> = Extract<PlayerEvent, { readonly type: T }>

/** Takes the next event that tells of something else than the position. */
async function next({ events }: CommandStage): Promise<Exclude<PlayerEvent, { readonly type: 'position' }>> {
  return (await events.next('an event', ({ type }) => type !== 'position')) as Exclude<
    PlayerEvent,
    { readonly type: 'position' }
  >
}

async function position(stage: CommandStage, isIt: (ms: number) => boolean): Promise<number> {
  const found = await stage.events.next(
    'that position',
    (event) => event.type === 'position' && isIt(event.positionMs),
  )
  return (found as OfType<'position'>).positionMs
}

test('the reference player plays one item after the other, with their headers', async (t) => {
  const streams = await streamsFor(t)
  const [first, second] = [streams.add(tone(2)), streams.add(tone(1))]
  const stage = await openCommand(t, referencePlayer)
  const { player } = stage
  assert.equal(player.preloads, true)
  assert.equal(player.decrypts, false)
  await Promise.all([player.setVolume(33.3), player.setMuted(false)])
  const stream = streamAt(first.url, { 'x-key': 'of the stream' })
  await player.load(itemOf('1', '', { stream, durationMs: 2_000 }), false)
  await player.preload(itemOf('2', second.url, { durationMs: 1_000 }))
  for (const [type, id] of [
    ['started', '1'],
    ['ended', '1'],
    ['started', '2'],
    ['ended', '2'],
  ]) {
    assert.deepEqual(await next(stage), { type, id })
  }
  assert.ok(first.requests.length > 0, `first.requests.length > 0: ${first.requests.length}`)
  for (const headers of first.requests) assert.equal(headers['x-key'], 'of the stream')
})

test('pause, seek and play move the position, and a stop is not an end', async (t) => {
  const streams = await streamsFor(t)
  const stage = await openCommand(t, referencePlayer)
  const { player } = stage
  await player.load(itemOf('1', streams.add(tone(60)).url, { positionMs: 5_000 }), true)
  assert.equal(stage.events.left.length, 0, 'loaded paused makes no sound')
  await player.play()
  assert.equal((await next(stage)).type, 'started')
  await position(stage, (ms) => ms >= 5_000 && ms < 8_000)
  await player.pause()
  await player.seek(30_000.4)
  await position(stage, (ms) => ms === 30_000)
  await player.play()
  await position(stage, (ms) => ms > 30_000)
  await player.stop()
  const after = await openedAgain(stage)
  assert.deepEqual(
    after.filter(({ type }) => type !== 'position'),
    [],
  )
})

/** What is told until the next command is answered. */
async function openedAgain(
  stage: CommandStage & { readonly player: { setMuted(muted: boolean): Promise<void> } },
): Promise<readonly PlayerEvent[]> {
  await stage.player.setMuted(true)
  return stage.events.left
}

for (const [what, course, code] of [
  ['an expired address', { kind: 'status', status: 403 }, 'player/expired'],
  ['an address of nothing', { kind: 'status', status: 404 }, 'player/unplayable'],
  ['a server in trouble', { kind: 'status', status: 500 }, 'player/network'],
  ['no sound', { kind: 'garbage' }, 'player/unplayable'],
  ['a protected stream', { kind: 'protected' }, 'player/protected'],
  ['a connection that breaks', { kind: 'cut', seconds: 8, sent: 1 }, 'player/network'],
] as const) {
  test(`${what} fails with ${code}, and what follows plays`, async (t) => {
    const streams = await streamsFor(t)
    const stage = await openCommand(t, referencePlayer)
    await stage.player.load(itemOf('bad', streams.add(course).url), false)
    const failed = await stage.events.next('failed', ({ type }) => type === 'failed')
    assert.ok(
      failed.type === 'failed' && failed.id === 'bad',
      `failed.type === 'failed' && failed.id === 'bad'`,
    )
    assert.equal(failed.error.code, code)
    await stage.player.load(itemOf('good', streams.add(tone(5)).url), false)
    await stage.events.next('started', (event) => event.type === 'started' && event.id === 'good')
  })
}

test('a preloaded item that cannot be played fails when its turn comes', async (t) => {
  const streams = await streamsFor(t)
  const stage = await openCommand(t, referencePlayer)
  await stage.player.load(itemOf('1', streams.add(tone(1)).url), false)
  await stage.player.preload(itemOf('2', streams.add({ kind: 'status', status: 403 }).url))
  assert.deepEqual(await next(stage), { type: 'started', id: '1' })
  assert.deepEqual(await next(stage), { type: 'ended', id: '1' })
  const failed = await next(stage)
  assert.ok(failed.type === 'failed' && failed.id === '2', `failed.type === 'failed' && failed.id === '2'`)
  assert.equal(failed.error.code, 'player/expired')
})

/** What a program tells after `load` of 1 and `preload` of 2, and what the engine hears of it. */
const tales: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an end that comes too early is a break, and what is preloaded does not count',
    `tell('started', '1'); tell('ended', '1', { position_ms: 3000, duration_ms: null }); tell('started', '2')`,
    ['started 1', 'failed 1 player/network: The stream ended at 3.0 s of 10.0 s'],
  ],
  [
    'an end near the end is one',
    `tell('started', '1'); tell('ended', '1', { position_ms: 8600 }); tell('started', '2')`,
    ['started 1', 'ended 1', 'started 2'],
  ],
  [
    "the program's word on the duration counts more than the service's",
    `tell('started', '1'); tell('ended', '1', { position_ms: 3000, duration_ms: 3000 })`,
    ['started 1', 'ended 1'],
  ],
  [
    'a second start is not passed on',
    `tell('started', '1'); tell('rebuffered', '1'); tell('started', '1')`,
    ['started 1', 'rebuffered 1'],
  ],
  [
    'events of items that it does not have, and events of a later day, are left aside',
    `tell('started', '9'); tell('failed', '0', { code: 'x', message: '' }); say({ event: 'later', item: 7 }); tell('started', '1')`,
    ['started 1'],
  ],
  [
    'a preloaded item that fails before its turn fails in its turn',
    `tell('started', '1'); tell('failed', '2', { code: 'device', message: 'no card' }); tell('position', '1', { position_ms: 9000 }); tell('ended', '1', { position_ms: 10000 })`,
    ['started 1', 'position 1', 'ended 1', 'failed 2 player/device: The player says: no card'],
  ],
  [
    'after a failure nothing of what was preloaded counts',
    `tell('started', '1'); tell('failed', '1', { code: 'strange', message: 'hm' }); tell('started', '2')`,
    ['started 1', 'failed 1 player/failed: The player says: hm'],
  ],
  [
    'a preloaded item that starts before the end of the one before ends the program',
    `tell('started', '2')`,
    ['gone player/failed: The player breaks the protocol: started of a preloaded item before its turn'],
  ],
]

for (const [what, tale, expected] of tales) {
  test(what, async (t) => {
    const stage = await openCommand(
      t,
      program(`
        const tell = (event, item, more) => say({ event, item, ...more })
        hear = (c) => { ok(c); if (c.command === 'preload') { ${tale} } }
      `),
    )
    const { player, events } = stage
    const seen: string[] = []
    await player.load(itemOf('1', 'http://localhost/1', { durationMs: 10_000 }), false)
    await player.preload(itemOf('2', 'http://localhost/2')).catch(() => undefined)
    for (let nth = 0; nth < expected.length; nth++) {
      seen.push(inShort(await events.next(`after ${seen.join(', ')}`)))
    }
    assert.deepEqual(seen, expected)
    // Answered after all that was told.
    await player.setMuted(true).catch(() => undefined)
    assert.deepEqual(events.left, [])
  })
}

function inShort(event: PlayerEvent): string {
  const id = 'id' in event ? ` ${event.id}` : ''
  const error = 'error' in event ? ` ${event.error.code}: ${event.error.message}` : ''
  return `${event.type}${id}${error}`
}

test('an early end is stopped before anything else is loaded', async (t) => {
  const stage = await openCommand(
    t,
    program(`
      const heard = []
      hear = (c) => {
        ok(c)
        heard.push(c.command)
        if (heard.length === 1) {
          say({ event: 'started', item: '1' })
          say({ event: 'ended', item: '1', position_ms: 1, duration_ms: 60000 })
        }
        if (c.command === 'pause') say({ event: 'failed', item: '2', code: 'failed', message: heard.join() })
      }`),
  )
  const { player, events } = stage
  await player.load(itemOf('1', 'http://localhost/1'), false)
  await events.next('failed', ({ type }) => type === 'failed')
  await player.load(itemOf('2', 'http://localhost/2'), false)
  await player.pause()
  const failed = await events.next('failed', ({ type }) => type === 'failed')
  assert.ok(failed.type === 'failed', `failed.type === 'failed'`)
  assert.equal(failed.error.message, 'The player says: load,stop,load,pause')
})

test('a refused load changes nothing: what plays plays on', async (t) => {
  const stage = await openCommand(
    t,
    program(`
      hear = (c) => {
        if (c.item?.id !== '2') return ok(c)
        say({ reply: c.id, ok: false, code: 'unplayable', message: 'no' })
        say({ event: 'position', item: '1', position_ms: 5 })
        say({ event: 'started', item: '2' })
        say({ event: 'position', item: '1', position_ms: 6 })
      }`),
  )
  await stage.player.load(itemOf('1', 'http://localhost/1'), false)
  await assert.rejects(
    stage.player.load(itemOf('2', 'http://localhost/2'), false),
    (error) => error instanceof AppError && error.code === 'player/unplayable',
  )
  await stage.events.next('6', (event) => event.type === 'position' && event.positionMs === 6)
  assert.deepEqual(stage.events.left, [{ type: 'position', id: '1', positionMs: 5 }])
})

test('nothing of a replaced item counts once the new one is taken', async (t) => {
  const stage = await openCommand(
    t,
    program(`
      hear = (c) => {
        ok(c)
        if (c.item?.id !== '2') return
        say({ event: 'ended', item: '1', position_ms: 5 })
        say({ event: 'started', item: '2' })
      }`),
  )
  await stage.player.load(itemOf('1', 'http://localhost/1'), false)
  await stage.player.load(itemOf('2', 'http://localhost/2'), false)
  assert.deepEqual(await stage.events.next('the first event'), { type: 'started', id: '2' })
})

test('a program that does not preload is not asked to', async (t) => {
  const stage = await openCommand(
    t,
    program(
      "hear = (c) => (c.command === 'preload' ? process.exit(5) : ok(c))",
      "say({ event: 'hello', protocol: 1, name: 'n', version: '1', preloads: false, decrypts: true })",
    ),
  )
  const { player } = stage
  assert.deepEqual([player.preloads, player.decrypts], [false, true])
  await player.preload(itemOf('1', 'http://localhost/1'))
  await player.play()
  assert.deepEqual(stage.events.left, [])
})

test('volumes are held to their scale, and an item without an address of the web is refused', async (t) => {
  const stage = await openCommand(
    t,
    program(`
      const volumes = []
      hear = (c) => {
        ok(c)
        if (c.command === 'volume') volumes.push(c.percent)
        if (c.command === 'load') say({ event: 'failed', item: '1', code: 'failed', message: volumes.join() })
      }`),
  )
  const { player } = stage
  for (const percent of [999, -1, 12.5]) await player.setVolume(percent)
  for (const item of [itemOf('0', '', { stream: undefined }), itemOf('0', 'file:///etc/hostname')]) {
    await assert.rejects(
      player.load(item, false),
      (error) => error instanceof AppError && error.code === 'player/unplayable',
    )
  }
  await player.load(itemOf('1', 'http://localhost/1'), false)
  const failed = await next(stage)
  assert.ok(failed.type === 'failed', `failed.type === 'failed'`)
  assert.equal(failed.error.message, 'The player says: 100,0,12.5')
})
