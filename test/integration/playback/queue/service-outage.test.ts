import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'

for (const nextPolicy of ['peek', 'advance'] as const) {
  test(`what was handed out plays on while the service is away, and all goes on when it is back (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    await stage.play('playlist')
    await stage.quiet()
    const known = [stage.state.entity, ...stage.state.upcoming]
    const lengthMs = known.reduce((sum, one) => sum + (one?.durationMs ?? 0), 0)
    stage.breakDown()
    await stage.pass(lengthMs - 1_000, 5_000)
    assert.equal(stage.state.entity, known.at(-1))
    assert.equal(stage.state.phase, 'playing')
    await stage.pass(3_000)
    assert.equal(stage.state.phase, 'buffering')
    assert.equal(stage.state.entity, known.at(-1))
    assert.equal(stage.state.positionMs, stage.state.entity?.durationMs)
    await stage.pass(240_000, 5_000)
    stage.events()
    stage.repair()
    await stage.pass(90_000, 5_000)
    assert.equal(stage.state.phase, 'playing')
    assert.equal(stage.events()[0], 'track_changed')
    await stage.pass(90 * 60_000, 10_000)
    assert.deepEqual(stage.startedIds(), stage.items('playlist')[0]?.holds)
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('a listener hears once why it is silent, and that it has ended when it takes too long', async (t) => {
  const stage = await startStage(t)
  await stage.play('track', 0, { autoplay: true })
  await stage.quiet()
  stage.breakDown(500)
  stage.events()
  await stage.passUntil('nothing left to play', () => stage.state.phase !== 'playing', 5_000)
  assert.deepEqual(
    stage.events().filter((type) => type !== 'track_changed'),
    ['error'],
  )
  await stage.pass(9 * 60_000, 10_000)
  assert.equal(stage.state.phase, 'buffering')
  await stage.pass(5 * 60_000, 10_000)
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.events(), ['playback_stopped'])
  stage.repair()
  await stage.pass(600_000, 10_000)
  assert.equal(stage.state.phase, 'idle')
  assert.equal(stage.reported().length % 2, 0)
  assert.deepEqual(stage.control.violations(), [])
})

/** A stage that waits for the service with nothing left to play. */
async function startWaiting(
  t: Parameters<typeof startStage>[0],
): Promise<Awaited<ReturnType<typeof startStage>>> {
  const stage = await startStage(t)
  await stage.play('album')
  await stage.quiet()
  stage.breakDown()
  await stage.passUntil('nothing left to play', () => stage.state.phase !== 'playing', 5_000)
  assert.equal(stage.state.phase, 'buffering')
  stage.events()
  return stage
}

test('a stop ends the wait', async (t) => {
  const stage = await startWaiting(t)
  await stage.done(stage.engine.stop())
  assert.equal(stage.state.phase, 'idle')
  stage.repair()
  await stage.pass(600_000, 10_000)
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.events(), ['playback_stopped'])
})

test('a pause ends the wait, and a resume goes on with what comes next', async (t) => {
  const stage = await startWaiting(t)
  const { title } = stage
  await stage.engine.pause()
  stage.repair()
  await stage.pass(1_200_000, 10_000)
  assert.deepEqual([stage.state.phase, stage.title], ['paused', title])
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(1_000)
  assert.equal(stage.state.phase, 'playing')
  assert.notEqual(stage.title, title)
  assert.deepEqual(stage.events(), ['playback_paused', 'track_changed', 'playback_started'])
})

test('a next that fails leaves the wait alone, one that succeeds ends it', async (t) => {
  const stage = await startWaiting(t)
  await assert.rejects(stage.done(stage.engine.next(stage.signal)), { code: 'net/failed' })
  assert.equal(stage.state.phase, 'buffering')
  stage.repair()
  await stage.done(stage.engine.next(stage.signal))
  assert.equal(stage.state.phase, 'playing')
  await stage.quiet()
  assert.deepEqual(stage.control.violations(), [])
})

test('something new ends the wait', async (t) => {
  const stage = await startWaiting(t)
  stage.repair()
  await stage.play('album', 2)
  assert.equal(stage.title, stage.tracksOf('album', 2)[0])
  await stage.pass(20_000)
  assert.equal(stage.title, stage.tracksOf('album', 2)[0])
})

test('what is over cannot be sought in', async (t) => {
  const stage = await startWaiting(t)
  await assert.rejects(stage.engine.seek({ positionMs: 0 }), { code: 'playback/nothing' })
})

test('next and previous play what is at hand while the service is away', async (t) => {
  const stage = await startStage(t)
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.quiet()
  stage.breakDown()
  await stage.done(stage.engine.next(stage.signal))
  assert.equal(stage.title, tracks[1])
  await stage.done(stage.engine.previous(stage.signal))
  assert.equal(stage.title, tracks[0])
  stage.repair()
  await stage.pass(90_000)
  assert.deepEqual(stage.reported().slice(0, 5), [
    `start ${tracks[0] ?? ''}`,
    `stop ${tracks[0] ?? ''}: userNext`,
    `start ${tracks[1] ?? ''}`,
    `stop ${tracks[1] ?? ''}: userPrev`,
    `start ${tracks[0] ?? ''}`,
  ])
})

test('a play that fails leaves what plays alone', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const { state } = stage
  stage.breakDown()
  await assert.rejects(stage.play('album', 1), { code: 'net/failed' })
  assert.equal(stage.state, state)
})
