import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'

test('a pause is reported as a stop and a resume as a start, with what was played and where', async (t) => {
  const stage = await startStage(t)
  await stage.play('podcastShow')
  await stage.pass(20_000)
  await stage.engine.pause()
  await stage.pass(600_000)
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(15_000)
  await stage.done(stage.engine.stop())
  await stage.quiet()
  const told = stage.control.reports().map(({ event: { type, fields, terminationReason } }) => ({
    type,
    played: fields['durationSeconds'],
    position: fields['entityProgressSeconds'],
    delay: fields['initialPlaybackDelayMilliseconds'],
    reason: terminationReason,
  }))
  assert.deepEqual(told, [
    { type: 'start', played: 0, position: 0, delay: 0, reason: null },
    { type: 'stop', played: 20, position: 20, delay: 0, reason: 'userStop' },
    { type: 'start', played: 0, position: 20, delay: 0, reason: null },
    { type: 'stop', played: 15, position: 35, delay: 0, reason: 'userStop' },
  ])
  assert.deepEqual(stage.events(), [
    'track_changed',
    'playback_started',
    'playback_paused',
    'playback_started',
    'playback_stopped',
  ])
})

test('pause and resume said twice do nothing the second time', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  stage.events()
  await stage.engine.pause()
  await stage.engine.pause()
  await stage.engine.resume(stage.signal)
  await stage.engine.resume(stage.signal)
  await stage.quiet()
  assert.deepEqual(stage.events(), ['playback_paused', 'playback_started'])
  assert.equal(stage.reported().length, 3)
})

test('a paused entity does not move on', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.engine.pause()
  const { entity, positionMs } = stage.state
  await stage.pass(3_600_000, 60_000)
  assert.equal(stage.state.entity, entity)
  assert.equal(stage.state.positionMs, positionMs)
  assert.equal(stage.state.phase, 'paused')
})

test('a seek moves the position and the end, and is no stop', async (t) => {
  const stage = await startStage(t)
  await stage.play('podcastShow')
  await stage.pass(10_000)
  await stage.engine.seek({ positionMs: 100_000 })
  assert.equal(stage.state.positionMs, 100_000)
  await stage.engine.seek({ offsetMs: -30_000 })
  assert.equal(stage.state.positionMs, 70_000)
  await stage.engine.seek({ offsetMs: -999_000 })
  assert.equal(stage.state.positionMs, 0)
  await stage.engine.seek({ positionMs: 1e9 })
  assert.equal(stage.state.positionMs, stage.state.entity?.durationMs)
  assert.equal(stage.reported().length, 1)
  const first = stage.title
  await stage.pass(1_000)
  assert.notEqual(stage.title, first)
})

test('a seek the service forbids is refused in its words, without a call', async (t) => {
  const stage = await startStage(t, { tier: 'PRIME' })
  await stage.play()
  await stage.quiet()
  stage.calls()
  await assert.rejects(stage.engine.seek({ positionMs: 10_000 }), {
    code: 'playback/forbidden',
    facts: {
      action: 'scrubForward',
      reason: 'NEED_AMAZON_MUSIC_UNLIMITED_CATALOG_ACCESS',
      remainingSkips: null,
    },
  })
  assert.deepEqual(stage.calls(), [])
})

test("volume and mute are the player's, whether something plays or not", async (t) => {
  const stage = await startStage(t)
  await stage.engine.setVolume(12)
  await stage.engine.setMuted(true)
  assert.deepEqual([stage.state.volume, stage.state.muted], [12, true])
  assert.deepEqual(stage.calls(), [])
})

test('commands that need something to play say so when nothing does', async (t) => {
  const stage = await startStage(t)
  const { engine, signal } = stage
  const nothing = { code: 'playback/nothing' }
  await assert.rejects(engine.pause(), nothing)
  await assert.rejects(engine.next(signal), nothing)
  await assert.rejects(engine.previous(signal), nothing)
  await assert.rejects(engine.seek({ positionMs: 0 }), nothing)
  await assert.rejects(engine.setShuffle(true, signal), nothing)
  await assert.rejects(engine.setRepeat('all', signal), nothing)
  await assert.rejects(engine.enqueue({ id: 'x' }, 'next', signal), nothing)
  await assert.rejects(engine.resume(signal), nothing)
  await assert.rejects(engine.restore(undefined, signal), nothing)
  await engine.stop()
  assert.deepEqual(stage.calls(), [])
  assert.deepEqual(stage.events(), [])
})
