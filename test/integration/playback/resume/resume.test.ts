import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test, type TestContext } from 'node:test'

import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import { startStage, type EngineSettings, type Stage } from '../engine-harness.ts'

/** The second track has played for 20 s at volume 35, and was seen to by the disk. */
async function startPlaying(t: TestContext, settings: EngineSettings): Promise<Stage> {
  const stage = await startStage(t, {}, createNonePlayer, settings)
  await stage.play()
  await stage.done(stage.engine.next(stage.signal))
  await stage.engine.setVolume(35)
  await stage.pass(20_000)
  return stage
}

/** A power cut, and a new life until nothing is left to do. */
async function cutPower(stage: Stage): Promise<void> {
  await stage.done(stage.life.kill())
  stage.events()
  stage.begin()
  await stage.pass(2_000)
}

const near = (actual: number | undefined, expected: number, tolerance: number): void =>
  assert.ok(
    Math.abs((actual ?? NaN) - expected) <= tolerance,
    `${String(actual)}, expected ${String(expected)}`,
  )

test('playing: after a power cut the same track goes on where it was last written, at its volume', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.pass(60_000)
  const { title } = stage
  await cutPower(stage)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(stage.title, title)
  assert.equal(stage.state.volume, 35)
  // At most the last minute is lost.
  near(stage.state.positionMs, 60_000, 25_000)
  assert.deepEqual(stage.control.violations(), [])
})

test('the stop of what a power cut ended is reported once, with the last position known', async (t) => {
  const stage = await startPlaying(t, { resume: 'off' })
  await stage.pass(60_000)
  const before = stage.reported().length
  await cutPower(stage)
  const after = stage.reported().slice(before)
  assert.equal(after.length, 1)
  assert.match(after[0] ?? '', /^stop .*: systemStop$/)
  near(stage.control.reports().at(-1)?.event.fields['entityProgressSeconds'] as number, 60, 25)
  await cutPower(stage)
  assert.equal(stage.reported().length, before + 1)
  assert.deepEqual(stage.control.violations(), [])
})

test('paused: it is made ready where it was, says nothing to the service, and play goes on from there', async (t) => {
  const stage = await startPlaying(t, { resume: 'paused' })
  const { title } = stage
  await cutPower(stage)
  assert.equal(stage.state.phase, 'paused')
  assert.equal(stage.title, title)
  assert.deepEqual(stage.events(), [])
  const before = stage.reported().length
  const positionMs = stage.state.positionMs ?? 0
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(1_000)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(stage.reported().length, before + 1)
  near(stage.control.reports().at(-1)?.event.fields['entityProgressSeconds'] as number, positionMs / 1000, 1)
  assert.deepEqual(stage.control.violations(), [])
})

test('what was paused stays paused, whatever the setting', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.engine.pause()
  await stage.pass(5_000)
  const { positionMs } = stage.state
  await cutPower(stage)
  assert.equal(stage.state.phase, 'paused')
  assert.equal(stage.state.positionMs, positionMs)
})

test('off: nothing goes on, but the volume is as it was a minute ago', async (t) => {
  const stage = await startPlaying(t, { resume: 'off' })
  await stage.pass(60_000)
  await cutPower(stage)
  assert.equal(stage.state.phase, 'idle')
  assert.equal(stage.state.volume, 35)
})

test('during the quiet hours it is made ready, and not played', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing', isQuiet: () => true })
  await cutPower(stage)
  assert.equal(stage.state.phase, 'paused')
})

test('a clean end is gone on with like a power cut, to the second', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.pass(7_000)
  const { title } = stage
  await stage.done(stage.life.close())
  stage.begin()
  await stage.pass(1_000, 100)
  assert.equal(stage.title, title)
  assert.equal(stage.state.phase, 'playing')
  near(stage.state.positionMs, 27_000, 1_500)
  assert.deepEqual(stage.control.violations(), [])
})

test('what was stopped is not gone on with', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.engine.stop()
  await stage.pass(5_000)
  await cutPower(stage)
  assert.equal(stage.state.phase, 'idle')
})

test('a wish that comes first is not replaced by what played before', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.done(stage.life.kill())
  stage.breakDown()
  stage.begin()
  await stage.pass(3_000)
  stage.repair()
  await stage.play('playlist')
  const { title } = stage
  await stage.pass(30_000)
  assert.equal(stage.state.context, 'playlist 0')
  assert.equal(stage.title, title)
})

test('a service that is away at the start is waited for, but not longer than ten minutes', async (t) => {
  for (const [awayMs, phase] of [
    [120_000, 'playing'],
    [15 * 60_000, 'idle'],
  ] as const) {
    const stage = await startPlaying(t, { resume: 'playing' })
    await stage.done(stage.life.kill())
    stage.breakDown()
    stage.begin()
    await stage.pass(awayMs, 5_000)
    stage.repair()
    await stage.pass(120_000, 5_000)
    assert.equal(stage.state.phase, phase)
  }
})

/** Calls `onWrite` at each write of what a next life goes on from. */
function watchWrites(stage: Stage, onWrite: () => void): void {
  const { lastMoment } = stage
  const save = lastMoment.save.bind(lastMoment)
  Object.assign(lastMoment, {
    save(moment: Parameters<typeof save>[0]) {
      onWrite()
      save(moment)
    },
  })
}

test('however much is turned, a minute lies between two writes; but a pause is written at once', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  await stage.play('podcastShow')
  await stage.pass(5_000)
  const atMs: number[] = []
  watchWrites(stage, () => atMs.push(stage.clock.monotonicMs()))
  for (let turn = 0; turn < 40; turn++) {
    await stage.engine.setVolume(20 + turn)
    await stage.pass(7_000)
  }
  assert.ok(atMs.length >= 4, `${atMs.length} writes in 280 s`)
  const gapsMs = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0))
  assert.ok(Math.min(...gapsMs) >= 60_000, gapsMs.join(' '))
  const pausedAtMs = stage.clock.monotonicMs()
  await stage.engine.pause()
  await stage.pass(3_000)
  assert.ok((atMs.at(-1) ?? 0) >= pausedAtMs, 'the pause is on the disk')
})

test('while nothing changes nothing is written, and while it plays once a minute', async (t) => {
  const stage = await startPlaying(t, { resume: 'playing' })
  let writes = 0
  watchWrites(stage, () => writes++)
  await stage.play('podcastShow')
  await stage.pass(5_000)
  writes = 0
  await stage.pass(120_000)
  assert.equal(writes, 2)
  await stage.engine.pause()
  await stage.pass(5_000)
  writes = 0
  await stage.pass(600_000, 10_000)
  assert.equal(writes, 0)
})

test('a disk that cannot be written costs the resume, and nothing else', async (t) => {
  const stage = await startStage(t, {}, createNonePlayer, { resume: 'playing' })
  Object.assign(stage.lastMoment, {
    save() {
      throw new Error('disk full')
    },
  })
  await stage.play()
  await stage.pass(90_000)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(existsSync(stage.stored('playback')), false)
})
