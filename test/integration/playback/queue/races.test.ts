import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'

test('a next while the window is being refilled leaves each entity in its place', async (t) => {
  for (const nextPolicy of ['peek', 'advance'] as const) {
    const stage = await startStage(t, { nextPolicy })
    const tracks = stage.tracksOf('album')
    await stage.play()
    for (let i = 1; i <= 2; i++) await stage.done(stage.engine.next(stage.signal))
    const release = stage.line.hold('GET', '/next')
    await stage.passUntil('one entity left', () => stage.state.upcoming.length <= 1, 5_000)
    const at = tracks.indexOf(stage.title ?? '')
    await stage.done(stage.engine.next(stage.signal))
    release()
    await stage.quiet()
    assert.equal(stage.title, tracks[at + 1])
    assert.deepEqual(
      stage.state.upcoming.map(({ title }) => title),
      tracks.slice(at + 2, at + 2 + stage.state.upcoming.length),
    )
    assert.deepEqual(stage.control.violations(), [])
  }
})

test('an answer about a queue that was replaced meanwhile is dropped', async (t) => {
  const stage = await startStage(t)
  const release = stage.line.hold('GET', '/next')
  await stage.play('track', 0, { autoplay: true })
  await stage.play('album', 1)
  release()
  await stage.quiet()
  const known = stage.state.upcoming.map(({ title }) => title)
  assert.deepEqual(known, stage.tracksOf('album', 1).slice(1, 1 + known.length))
})

test('an answer that arrives after a stop starts nothing', async (t) => {
  const stage = await startStage(t)
  await stage.play('track')
  await stage.quiet()
  const release = stage.line.hold('GET', '/next')
  await stage.pass((stage.state.entity?.durationMs ?? 0) + 1_000)
  assert.equal(stage.state.phase, 'buffering')
  await stage.engine.stop()
  release()
  await stage.quiet()
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.events(), ['track_changed', 'playback_started', 'playback_stopped'])
})

test('an entity that ends while a skip waits for its answer is over once', async (t) => {
  const stage = await startStage(t)
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.quiet()
  await stage.pass((stage.state.entity?.durationMs ?? 0) - 1_000)
  const release = stage.line.hold('GET', '/next')
  const skip = stage.engine.next(stage.signal)
  await stage.pass(5_000)
  release()
  await stage.done(skip)
  assert.equal(stage.title, tracks[1])
  await stage.quiet()
  assert.deepEqual(stage.reported(), [
    `start ${tracks[0] ?? ''}`,
    `stop ${tracks[0] ?? ''}: userNext`,
    `start ${tracks[1] ?? ''}`,
  ])
})

test('an entity that ends while a command that fails waits for its answer is followed by the next', async (t) => {
  const stage = await startStage(t)
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.pass((stage.state.entity?.durationMs ?? 0) - 1_000)
  stage.control.fault({ method: 'POST', path: '/v1/playback/sessions', status: 400 })
  const release = stage.line.hold('POST', '/sessions')
  const play = stage.play('album', 1)
  const refused = assert.rejects(play, { code: 'music/bad-request' })
  await stage.clock.advance(3_000)
  release()
  await refused
  await stage.quiet()
  assert.equal(stage.title, tracks[1])
  const [, stop] = stage.control.reports()
  assert.equal(stop?.event.terminationReason, 'trackFinished')
  assert.equal(stop.event.fields['durationSeconds'], stop.event.fields['entityProgressSeconds'])
})

test('commands sent all at once are carried out in their order', async (t) => {
  const stage = await startStage(t)
  const { engine, signal } = stage
  const tracks = stage.tracksOf('album')
  const request = { play: { id: stage.mrn('album') }, options: { autoplay: false }, context: '' }
  const all = [
    engine.play(request, signal),
    engine.next(signal),
    engine.next(signal),
    engine.pause(),
    engine.resume(signal),
    engine.previous(signal),
    engine.stop(),
  ]
  await stage.done(Promise.all(all))
  await stage.quiet()
  assert.deepEqual(stage.reported(), [
    `start ${tracks[0] ?? ''}`,
    `stop ${tracks[0] ?? ''}: userNext`,
    `start ${tracks[1] ?? ''}`,
    `stop ${tracks[1] ?? ''}: userNext`,
    `start ${tracks[2] ?? ''}`,
    `stop ${tracks[2] ?? ''}: userStop`,
    `start ${tracks[2] ?? ''}`,
    `stop ${tracks[2] ?? ''}: userPrev`,
    `start ${tracks[1] ?? ''}`,
    `stop ${tracks[1] ?? ''}: userStop`,
  ])
  assert.deepEqual(stage.control.violations(), [])
})

test('the end of the agent stops what plays, says so, and reports it', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { title = '' } = stage
  stage.events()
  await stage.done(stage.life.close())
  assert.deepEqual(stage.events(), ['playback_stopped'])
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.reported(), [`start ${title}`, `stop ${title}: systemStop`])
  assert.equal(stage.clock.sleeping, 0)
})
