import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import type { TakeOverPolicy } from '../../../../src/playback/queue/take-over.ts'
import { startStage, type Stage } from '../engine-harness.ts'

/** The account's stream is another device's before anything plays here. */
async function startBusy(t: TestContext, takeOver: TakeOverPolicy): Promise<Stage> {
  const stage = await startStage(t, {}, createNonePlayer, { takeOver })
  stage.control.takeOver()
  return stage
}

const request = (stage: Stage): Parameters<Stage['engine']['play']>[0] => ({
  play: { id: stage.mrn('album') },
  options: { autoplay: false },
  context: 'the album',
})

const refused = { code: 'music/max-concurrency' }

test('ask: the answer and an event say that the account is busy, and play with takeover goes on with the wish', async (t) => {
  const stage = await startBusy(t, 'ask')
  const { engine, signal } = stage
  await assert.rejects(stage.done(engine.play(request(stage), signal)), refused)
  assert.deepEqual(stage.events(), ['stream_busy'])
  assert.equal(stage.state.phase, 'idle')
  await stage.done(engine.resume(signal, true))
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  assert.equal(stage.state.context, 'the album')
  assert.deepEqual(stage.control.violations(), [])
})

test('ask: a play with takeover takes the stream at once', async (t) => {
  const stage = await startBusy(t, 'ask')
  await stage.done(stage.engine.play(request(stage), stage.signal, true))
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
})

test('ask: what was taken away comes back with takeover, from the session it had', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.pass(5_000)
  stage.control.takeOver()
  await stage.pass(600_000)
  assert.equal(stage.state.phase, 'idle')
  stage.events()
  await assert.rejects(stage.done(stage.engine.resume(stage.signal)), refused)
  assert.deepEqual(stage.events(), ['stream_busy'])
  await stage.done(stage.engine.resume(stage.signal, true))
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  assert.deepEqual(stage.control.violations(), [])
})

test('ask: what is paused while another device streams goes on with takeover', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.pass(5_000)
  await stage.engine.pause()
  await stage.quiet()
  stage.control.takeOver()
  const { title } = stage
  await stage.done(stage.engine.resume(stage.signal, true))
  await stage.pass(2_000)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(stage.title, title)
  assert.deepEqual(stage.control.violations(), [])
})

test('auto: a wish takes the stream without a question', async (t) => {
  const stage = await startBusy(t, 'auto')
  await stage.done(stage.engine.play(request(stage), stage.signal))
  await stage.quiet()
  assert.equal(stage.state.phase, 'playing')
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
})

test('auto: a resume that meets another stream takes it over, and its start is told', async (t) => {
  const stage = await startStage(t, {}, createNonePlayer, { takeOver: 'auto' })
  await stage.play()
  await stage.pass(5_000)
  await stage.engine.pause()
  await stage.quiet()
  stage.control.takeOver()
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(2_000)
  assert.equal(stage.state.phase, 'playing')
  assert.match(stage.reported().at(-1) ?? '', /^start /)
  assert.deepEqual(stage.control.violations(), [])
})

test('auto: a stream that is taken away while it plays stays away: two devices do not fight for it', async (t) => {
  const stage = await startStage(t, {}, createNonePlayer, { takeOver: 'auto' })
  await stage.play()
  await stage.pass(5_000)
  stage.events()
  stage.control.takeOver()
  await stage.pass(600_000)
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(
    stage.events().filter((type) => type !== 'track_changed'),
    ['stream_taken_over', 'playback_stopped'],
  )
})

test('never: the answer says so, no event asks, and takeover is refused', async (t) => {
  const stage = await startBusy(t, 'never')
  const { engine, signal } = stage
  await assert.rejects(stage.done(engine.play(request(stage), signal)), refused)
  assert.deepEqual(stage.events(), [])
  await assert.rejects(stage.done(engine.play(request(stage), signal, true)), { code: 'playback/forbidden' })
  assert.equal(stage.state.phase, 'idle')
})

test('never: what is paused does not take the stream either', async (t) => {
  const stage = await startStage(t, {}, createNonePlayer, { takeOver: 'never' })
  await stage.play()
  await stage.engine.pause()
  await stage.quiet()
  stage.control.takeOver()
  await assert.rejects(stage.done(stage.engine.resume(stage.signal, true)), { code: 'playback/forbidden' })
  assert.equal(stage.state.phase, 'paused')
})
