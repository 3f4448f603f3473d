import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import type { Player, PlayerEvent, PlayerItem } from '../../../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../../../src/playback/player/backends/none.ts'
import { ManualClock } from '../../../../support/clocks/manual-clock.ts'

interface Room {
  readonly clock: ManualClock
  readonly player: Player
  readonly events: string[]
  readonly positions: number[]
}

async function startPlayer(t: TestContext, onEvent?: (event: PlayerEvent) => void): Promise<Room> {
  const clock = new ManualClock()
  const events: string[] = []
  const positions: number[] = []
  const player = await createNonePlayer(clock)((event) => {
    if (event.type === 'gone') assert.fail('it cannot die')
    else if (event.type === 'position') positions.push(event.positionMs)
    else events.push(`${event.type} ${event.id}`)
    onEvent?.(event)
  }, t.signal)
  t.after(async () => {
    await player.close()
    await setImmediate()
    assert.equal(clock.sleeping, 0)
  })
  return { clock, player, events, positions }
}

function item(id: string, durationMs: number | undefined, positionMs = 0): PlayerItem {
  return { id, durationMs, stream: undefined, positionMs }
}

test('an item plays for its duration', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await clock.advance(59_999)
  assert.deepEqual(events, ['started 1'])
  await clock.advance(1)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('an item begins where it is told to', async (t) => {
  const { clock, player, events, positions } = await startPlayer(t)
  await player.load(item('1', 60_000, 50_000), false)
  assert.deepEqual(positions, [50_000])
  await clock.advance(10_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('an item that is loaded paused starts when it is played', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), true)
  await clock.advance(60_000)
  assert.deepEqual(events, [])
  await player.play()
  assert.deepEqual(events, ['started 1'])
  await clock.advance(60_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('a pause holds the item, and it plays on from there', async (t) => {
  const { clock, player, events, positions } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await clock.advance(20_000)
  await player.pause()
  await clock.advance(3_600_000)
  await player.play()
  assert.deepEqual(positions, [0, 20_000, 20_000])
  await clock.advance(39_999)
  assert.deepEqual(events, ['started 1'])
  await clock.advance(1)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('what is preloaded follows at once', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.preload(item('2', 30_000))
  await clock.advance(60_000)
  assert.deepEqual(events, ['started 1', 'ended 1', 'started 2'])
  await clock.advance(30_000)
  assert.deepEqual(events.slice(3), ['ended 2'])
})

test('the last word on what follows counts', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.preload(item('2', 30_000))
  await player.preload(item('3', 30_000))
  await clock.advance(60_000)
  await player.preload(item('4', 30_000))
  await player.preload(undefined)
  await clock.advance(60_000)
  assert.deepEqual(events, ['started 1', 'ended 1', 'started 3', 'ended 3'])
})

test('a load and a stop drop what is preloaded', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.preload(item('2', 30_000))
  await player.load(item('3', 60_000), false)
  await clock.advance(60_000)
  await player.load(item('4', 60_000), false)
  await player.preload(item('5', 30_000))
  await player.stop()
  await clock.advance(60_000)
  assert.deepEqual(events, ['started 1', 'started 3', 'ended 3', 'started 4'])
})

test('who hears of the end may pause what follows', async (t) => {
  const { clock, player, events } = await startPlayer(t, (event) => {
    if (event.type === 'ended') void player.pause()
  })
  await player.load(item('1', 60_000), false)
  await player.preload(item('2', 30_000))
  await clock.advance(120_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
  await player.play()
  assert.deepEqual(events, ['started 1', 'ended 1', 'started 2'])
})

test('an item of unknown duration plays until it is stopped', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', undefined), false)
  await clock.advance(24 * 3_600_000)
  await player.stop()
  assert.deepEqual(events, ['started 1'])
})

test('an item that is replaced does not end', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.load(item('2', 90_000), false)
  await clock.advance(90_000)
  assert.deepEqual(events, ['started 1', 'started 2', 'ended 2'])
})

test('a seek moves the end, while it plays and while it is paused', async (t) => {
  const { clock, player, events, positions } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.seek(50_000)
  await clock.advance(5_000)
  await player.pause()
  await player.seek(10_000)
  await clock.advance(5_000)
  assert.deepEqual(positions, [0, 50_000, 55_000, 10_000])
  await player.play()
  await clock.advance(50_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('a seek beyond either end stays inside', async (t) => {
  const { clock, player, events, positions } = await startPlayer(t)
  await player.load(item('1', 60_000), false)
  await player.seek(-5_000)
  await player.seek(999_000)
  assert.deepEqual(positions, [0, 0, 60_000])
  await clock.advance(0)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('commands with nothing on do nothing', async (t) => {
  const { clock, player, events, positions } = await startPlayer(t)
  await player.pause()
  await player.play()
  await player.seek(1_000)
  await player.stop()
  await player.setVolume(10)
  await player.setMuted(true)
  await clock.advance(1_000)
  assert.deepEqual([...events, ...positions], [])
})

test('what has ended cannot be played on', async (t) => {
  const { clock, player, events } = await startPlayer(t)
  await player.load(item('1', 1_000), false)
  await clock.advance(1_000)
  await player.play()
  await clock.advance(10_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})
