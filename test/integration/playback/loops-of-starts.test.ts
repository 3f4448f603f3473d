import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import type { OpenPlayer } from '../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../src/playback/player/backends/none.ts'
import { startStage, type Stage } from './engine-harness.ts'

/** Endless: a station hands out more whenever it is asked. */
const playStation = (stage: Stage): Promise<void> => stage.play('station', 0, {})

const errorsOf = (stage: Stage): string[] =>
  stage.heard.flatMap(({ event }) => (event.type === 'error' ? [String(event.facts['code'])] : []))

/** Until the next entry waits for its turn. */
async function untilKeptWaiting(stage: Stage): Promise<void> {
  for (let n = 0; n < 60 && stage.state.phase !== 'buffering'; n++) await stage.pass(500, 100)
  assert.equal(stage.state.phase, 'buffering')
}

/** Player `none`, but each item ends, or fails, the moment it has begun: as a backend that cannot play it may. */
function instant(
  how: 'ended' | 'failed' | 'by turns',
): (clock: Parameters<typeof createNonePlayer>[0]) => OpenPlayer {
  return (clock) => async (onEvent, signal) => {
    let n = 0
    const player = await createNonePlayer(clock)((event) => {
      onEvent(event)
      if (event.type !== 'started') return
      const { id } = event
      const fails = how === 'failed' || (how === 'by turns' && n++ % 2 === 0)
      queueMicrotask(() => {
        void player.stop()
        if (fails)
          onEvent({ type: 'failed', id, error: new AppError('player/unplayable', 'cannot be decoded') })
        else onEvent({ type: 'ended', id })
      })
    }, signal)
    return Object.assign(player, { preloads: false })
  }
}

test('without a length that is one, an entry has a second at least, and a station of them ends in words', async (t) => {
  const stage = await startStage(t, { lengths: 'zero' })
  await playStation(stage)
  stage.calls()
  await stage.pass(10_000, 100)
  assert.ok(stage.calls().length < 60, 'calls of ten seconds')
  for (let minute = 0; minute < 10 && stage.state.phase !== 'idle'; minute++) await stage.pass(60_000)
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(errorsOf(stage), ['playback/too-short'])
  assert.match(stage.sink.text(), /10 entries in a row/)
  stage.calls()
  await stage.pass(3_600_000, 60_000)
  assert.deepEqual(stage.calls(), [], 'nothing more is asked for')
  assert.deepEqual(stage.control.violations(), [])
})

for (const lengths of ['negative', 'missing'] as const) {
  test(`a length that is ${lengths} is not known: the entry plays until somebody wants another`, async (t) => {
    const stage = await startStage(t, { lengths })
    await playStation(stage)
    const { title } = stage
    stage.calls()
    await stage.pass(600_000, 10_000)
    assert.deepEqual([stage.state.phase, stage.title], ['playing', title])
    assert.equal(stage.state.entity?.durationMs, undefined)
    const calls = stage.calls()
    assert.ok(calls.length < 5, calls.join())
    await stage.done(stage.engine.next(stage.signal))
    assert.notEqual(stage.title, title)
    assert.deepEqual(stage.control.violations(), [])
  })
}

for (const how of ['ended', 'failed', 'by turns'] as const) {
  test(`entries that are over the moment they begin (${how}) do not become a loop, whatever the player`, async (t) => {
    const stage = await startStage(t, {}, instant(how))
    await playStation(stage)
    stage.calls()
    await stage.pass(600_000, 1_000)
    assert.equal(stage.state.phase, 'idle')
    assert.ok(stage.calls().length < 60, 'calls until it was given up')
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('ten times next in a row is answered at once, and what plays then plays on', async (t) => {
  const stage = await startStage(t)
  await playStation(stage)
  const atMs = stage.clock.monotonicMs()
  for (let n = 0; n < 10; n++) await stage.done(stage.engine.next(stage.signal))
  const tookMs = stage.clock.monotonicMs() - atMs
  assert.ok(tookMs < 1_000, `${String(tookMs)} ms`)
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  const { title } = stage
  await stage.pass((stage.state.entity?.durationMs ?? 0) + 1_000)
  assert.notEqual(stage.title, title)
  assert.equal(stage.state.phase, 'playing')
  assert.deepEqual(errorsOf(stage), [])
})

test('who asks for something while the next entry is kept waiting gets it at once, and pause and stop end the wait', async (t) => {
  const stage = await startStage(t, { lengths: 'zero' })
  await playStation(stage)
  await untilKeptWaiting(stage)
  stage.control.change({ lengths: 'true' })
  await stage.play('album', 0)
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  const { title } = stage
  await stage.pass(15_000)
  assert.equal(stage.title, title, 'the wait starts nothing any more')

  stage.control.change({ lengths: 'zero' })
  await playStation(stage)
  await untilKeptWaiting(stage)
  await stage.done(stage.engine.pause())
  await stage.pass(60_000)
  assert.equal(stage.state.phase, 'paused')
  await stage.done(stage.engine.stop())
  await stage.pass(60_000)
  assert.equal(stage.state.phase, 'idle')
})
