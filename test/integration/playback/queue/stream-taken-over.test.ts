import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage, type Stage } from '../engine-harness.ts'

async function startTaken(t: Parameters<typeof startStage>[0]): Promise<Stage> {
  const stage = await startStage(t)
  await stage.play()
  await stage.pass(5_000)
  stage.events()
  stage.control.takeOver()
  return stage
}

test('a stream that another device took over is noticed at the next entity, and ends once', async (t) => {
  const stage = await startTaken(t)
  await stage.pass(600_000)
  assert.deepEqual(
    stage.events().filter((type) => type !== 'track_changed'),
    ['stream_taken_over', 'playback_stopped'],
  )
  assert.equal(stage.state.phase, 'idle')
  assert.equal(stage.life.queue.waiting, 0)
  assert.deepEqual(stage.control.violations(), [])
})

test('what was refused as a start is told with its stop, as history', async (t) => {
  const stage = await startTaken(t)
  await stage.pass(600_000)
  const reports = stage.reported()
  assert.equal(reports.length % 2, 0)
  assert.match(reports.at(-1) ?? '', /systemStop$/)
})

test('a command that meets it answers so, and playing ends once', async (t) => {
  const stage = await startTaken(t)
  await assert.rejects(stage.done(stage.engine.next(stage.signal)), { code: 'music/max-concurrency' })
  await stage.quiet()
  assert.deepEqual(stage.events(), ['stream_taken_over', 'playback_stopped'])
  await assert.rejects(stage.done(stage.engine.resume(stage.signal)), { code: 'music/max-concurrency' })
  assert.deepEqual(stage.events(), ['stream_busy'])
  assert.deepEqual(stage.control.violations(), [])
})

test('several calls that meet it at the same time end playing once', async (t) => {
  const stage = await startTaken(t)
  const commands = [1, 2, 3].map(() => stage.engine.next(stage.signal))
  await stage.done(Promise.allSettled(commands))
  await stage.quiet()
  assert.deepEqual(stage.events(), ['stream_taken_over', 'playback_stopped'])
})

test('what is resumed or skipped to while another device streams ends at once', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.engine.pause()
  await stage.quiet()
  stage.events()
  stage.control.takeOver()
  await stage.done(stage.engine.next(stage.signal))
  assert.deepEqual(stage.events(), [
    'track_changed',
    'playback_started',
    'stream_taken_over',
    'playback_stopped',
  ])
})

test('what is paused has no stream to lose', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.engine.pause()
  await stage.quiet()
  stage.events()
  stage.control.takeOver()
  await stage.pass(600_000, 10_000)
  assert.equal(stage.state.phase, 'paused')
  assert.deepEqual(stage.events(), [])
})

test('once the other device has stopped, playing goes on', async (t) => {
  const stage = await startTaken(t)
  await stage.pass(600_000)
  stage.control.releaseStream()
  stage.events()
  await stage.done(stage.engine.resume(stage.signal))
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started'])
  await stage.quiet()
  assert.deepEqual(stage.control.violations(), [])
})
