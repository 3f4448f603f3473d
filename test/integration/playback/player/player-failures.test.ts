import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import type { OpenPlayer, PlayerEvent, PlayerItem } from '../../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import { startStage, type Stage } from '../engine-harness.ts'

/** Player `none` with faults, which cannot preload: whatever `fault` makes of the nth item. */
type Fault = 'plays' | 'fails' | 'fails later' | 'refuses' | 'is slow'

async function startFaulty(t: TestContext, fault: (nth: number) => Fault): Promise<Stage> {
  let nth = 0
  return startStage(t, {}, (clock): OpenPlayer => async (onEvent, signal) => {
    const none = await createNonePlayer(clock)(onEvent, signal)
    const whole = none.load.bind(none)
    const error = new AppError('player/failed', 'cannot play that')
    const later = (ms: number, event: PlayerEvent): void => {
      void clock.sleep(ms, new AbortController().signal).then(() => onEvent(event))
    }
    const load = async (item: PlayerItem, paused: boolean): Promise<void> => {
      switch (fault(nth++)) {
        case 'plays':
          return whole(item, paused)
        case 'refuses':
          throw error
        case 'fails':
          await none.stop()
          onEvent({ type: 'failed', id: item.id, error })
          return
        case 'fails later':
          await whole({ ...item, durationMs: undefined }, paused)
          {
            later(2_000, { type: 'failed', id: item.id, error })
            return
          }
        case 'is slow':
          await none.stop()
          {
            later(1_500, { type: 'started', id: item.id })
            return
          }
      }
    }
    return Object.assign(none, { load, preloads: false, preload: () => Promise.resolve() })
  })
}

test('an entity the player cannot play is passed over, and told', async (t) => {
  const stage = await startFaulty(t, (nth) => (nth === 1 ? 'fails' : 'plays'))
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  await stage.quiet()
  assert.equal(stage.title, tracks[2])
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started', 'error', 'track_changed'])
  assert.equal(
    stage.reported().some((line) => line.startsWith(`start ${tracks[1] ?? ''}`)),
    false,
  )
  assert.deepEqual(stage.control.violations(), [])
})

for (const how of ['fails', 'fails later'] as const) {
  test(`three failures in a row end it (${how})`, async (t) => {
    const stage = await startFaulty(t, () => how)
    await stage.play()
    await stage.pass(30_000)
    assert.equal(stage.state.phase, 'idle')
    const events = stage.events()
    assert.equal(events.filter((type) => type === 'error').length, 3)
    assert.equal(events.at(-1), 'playback_stopped')
    const reasons = stage.control.reports().flatMap(({ event }) => event.terminationReason ?? [])
    assert.deepEqual(reasons, how === 'fails' ? [] : ['error', 'error', 'error'])
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('two failures, one entity that plays, and two failures again do not end it', async (t) => {
  const stage = await startFaulty(t, (nth) => (nth % 3 === 2 ? 'plays' : 'fails'))
  await stage.play('playlist')
  await stage.pass(40 * 60_000, 10_000)
  assert.deepEqual(stage.events().slice(-2), ['queue_ended', 'playback_stopped'])
  assert.equal(stage.startedIds().length, 6)
})

test('a player that refuses an entity by itself counts as one that fails', async (t) => {
  const stage = await startFaulty(t, (nth) => (nth === 1 ? 'refuses' : 'plays'))
  await stage.play()
  stage.events()
  await stage.pass((stage.state.entity?.durationMs ?? 0) + 1_000)
  assert.deepEqual(stage.events(), ['error', 'track_changed'])
  assert.equal(stage.title, stage.tracksOf('album')[2])
})

test('a command whose entity the player refuses says so, and nothing plays', async (t) => {
  const stage = await startFaulty(t, (nth) => (nth === 1 ? 'refuses' : 'plays'))
  await stage.play()
  stage.events()
  await assert.rejects(stage.done(stage.engine.next(stage.signal)), { code: 'player/failed' })
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.events(), ['playback_stopped'])
  await stage.quiet()
  assert.equal(stage.reported().length, 2)
})

test('until it sounds it is buffering, and listeners hear of it when it sounds', async (t) => {
  const stage = await startFaulty(t, () => 'is slow')
  await stage.play()
  assert.equal(stage.state.phase, 'buffering')
  assert.deepEqual(stage.events(), [])
  await stage.pass(2_000, 500)
  assert.equal(stage.state.phase, 'playing')
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
  const [start] = stage.control.reports()
  assert.equal(start?.event.fields['initialPlaybackDelayMilliseconds'], 1_500)
})

test('a sound that comes after the pause is no start', async (t) => {
  const stage = await startFaulty(t, () => 'is slow')
  await stage.play()
  await stage.engine.pause()
  await stage.pass(5_000, 500)
  assert.equal(stage.state.phase, 'paused')
  assert.deepEqual(stage.events(), ['playback_paused'])
  assert.deepEqual(stage.reported(), [])
  await stage.done(stage.engine.resume(stage.signal))
  await stage.quiet()
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
  assert.equal(stage.reported().length, 1)
})

test('a late word of an item that was replaced is not heard', async (t) => {
  const stage = await startFaulty(t, (nth) => (nth === 0 ? 'fails later' : 'plays'))
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  const { title } = stage
  stage.events()
  await stage.pass(10_000)
  assert.equal(stage.title, title)
  assert.deepEqual(stage.events(), [])
})
