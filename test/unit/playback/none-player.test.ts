import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import type { Player, PlayerItem } from '../../../src/playback/player.ts'
import { createNonePlayer } from '../../../src/playback/players/none.ts'
import { ManualClock } from '../../support/manual-clock.ts'

interface Room {
  readonly clock: ManualClock
  readonly player: Player
  readonly events: string[]
}

function startPlayer(t: TestContext): Room {
  const clock = new ManualClock()
  const events: string[] = []
  const player = createNonePlayer(clock, ({ type, id }) => events.push(`${type} ${id}`))
  t.after(async () => {
    await player.close()
    await setImmediate()
    assert.equal(clock.sleeping, 0)
  })
  return { clock, player, events }
}

function item(id: string, durationMs: number | undefined, positionMs = 0): PlayerItem {
  return { id, durationMs, stream: undefined, positionMs }
}

test('an item plays for its duration', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000))
  await clock.advance(59_999)
  assert.deepEqual(events, ['started 1'])
  assert.equal(player.positionMs(), 59_999)
  await clock.advance(1)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('an item begins where it is told to', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000, 50_000))
  await clock.advance(10_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('a pause holds the item, and a resume goes on from there', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000))
  await clock.advance(20_000)
  await player.pause()
  await clock.advance(3_600_000)
  assert.equal(player.positionMs(), 20_000)
  await player.resume()
  await clock.advance(39_999)
  assert.deepEqual(events, ['started 1'])
  await clock.advance(1)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('an item of unknown duration plays until it is stopped', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', undefined))
  await clock.advance(24 * 3_600_000)
  assert.equal(player.positionMs(), 24 * 3_600_000)
  await player.stop()
  assert.equal(player.positionMs(), 0)
  assert.deepEqual(events, ['started 1'])
})

test('an item that is replaced does not end', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000))
  await player.play(item('2', 90_000))
  await clock.advance(90_000)
  assert.deepEqual(events, ['started 1', 'started 2', 'ended 2'])
})

test('a seek moves the end, while it plays and while it is paused', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000))
  await player.seek(50_000)
  await clock.advance(5_000)
  await player.pause()
  await player.seek(10_000)
  await clock.advance(5_000)
  assert.equal(player.positionMs(), 10_000)
  await player.resume()
  await clock.advance(50_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('a seek beyond either end stays inside', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 60_000))
  await player.seek(-5_000)
  assert.equal(player.positionMs(), 0)
  await player.seek(999_000)
  assert.equal(player.positionMs(), 60_000)
  await clock.advance(0)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('commands with nothing on do nothing', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.pause()
  await player.resume()
  await player.seek(1_000)
  await player.stop()
  await player.setVolume(10)
  await player.setMuted(true)
  await clock.advance(1_000)
  assert.equal(player.positionMs(), 0)
  assert.deepEqual(events, [])
})

test('what has ended cannot be resumed', async (t) => {
  const { clock, player, events } = startPlayer(t)
  await player.play(item('1', 1_000))
  await clock.advance(1_000)
  await player.resume()
  await clock.advance(10_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})
