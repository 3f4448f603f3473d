import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'

for (const nextPolicy of ['peek', 'advance'] as const) {
  test(`what is queued next or last is among what comes, and plays once (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    await stage.play()
    const [one, two, late] = [40, 41, 42].map((nth) => stage.items('track')[nth])
    const add = (item: typeof one, where: 'next' | 'last'): Promise<void> =>
      stage.done(stage.engine.enqueue({ id: item?.mrn ?? '' }, where, stage.signal))
    await add(late, 'last')
    await add(one, 'next')
    await add(two, 'next')
    const known = stage.state.upcoming.map(({ id }) => id)
    assert.ok(
      known.includes(one?.id) && known.includes(two?.id),
      'known.includes(one?.id) && known.includes(two?.id)',
    )
    if (nextPolicy === 'peek') assert.deepEqual(known.slice(0, 2), [two?.id, one?.id])
    await stage.pass(40 * 60_000, 5_000)
    const started = stage.startedIds()
    const album = stage.items('album')[0]?.holds ?? []
    assert.deepEqual([...started].sort(), [...album, one?.id, two?.id, late?.id].sort())
    assert.equal(started.at(-1), late?.id)
    assert.deepEqual(stage.control.violations(), [])
  })

  test(`repeat plays the album again, and no longer once it is off (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    const short = stage.items('album').findIndex(({ title }) => title === 'Short Studies')
    await stage.play('album', short)
    await stage.done(stage.engine.setRepeat('all', stage.signal))
    assert.equal(stage.state.repeat, 'all')
    await stage.pass(90_000)
    assert.equal(stage.state.phase, 'playing')
    assert.ok(
      stage.reported().length > 2 * stage.tracksOf('album', short).length,
      `stage.reported().length > 2 * stage.tracksOf('album', short).length`,
    )
    await stage.done(stage.engine.setRepeat('off', stage.signal))
    await stage.pass(120_000)
    assert.equal(stage.state.phase, 'idle')
    assert.deepEqual(stage.control.violations(), [])
  })

  test(`shuffle brings the rest of the album in another order (${nextPolicy})`, async (t) => {
    const stage = await startStage(t, { nextPolicy })
    await stage.play()
    const before = stage.state.upcoming.map(({ title }) => title)
    await stage.done(stage.engine.setShuffle(true, stage.signal))
    assert.equal(stage.state.shuffle, true)
    assert.notDeepEqual(
      stage.state.upcoming.map(({ title }) => title),
      before,
    )
    await stage.pass(40 * 60_000, 5_000)
    const started = stage.startedIds()
    assert.equal(new Set(started).size, started.length)
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('the queue is changed where the service is told first what plays', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  stage.breakDown(503, '/v1/playback/event')
  await stage.done(stage.engine.next(stage.signal))
  stage.repair()
  stage.calls()
  await stage.done(stage.engine.setShuffle(true, stage.signal))
  assert.deepEqual(stage.calls().slice(0, 3), ['POST events', 'PUT shuffle', 'GET next'])
})

test('a change that fails changes nothing', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const { state } = stage
  stage.breakDown(500, '/v1/playback/sessions/')
  await assert.rejects(stage.done(stage.engine.setShuffle(true, stage.signal)), { code: 'music/unavailable' })
  await assert.rejects(stage.done(stage.engine.setRepeat('all', stage.signal)), { code: 'music/unavailable' })
  assert.deepEqual(stage.state, state)
})

test('a track that does not exist cannot be queued, and the session that lives is left alone', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const { state } = stage
  stage.calls()
  const id = 'mrn:1.0:catalog:track:asin:B0NOTTHERE'
  await assert.rejects(stage.done(stage.engine.enqueue({ id }, 'next', stage.signal)), {
    code: 'music/not-found',
  })
  assert.deepEqual(stage.calls(), ['POST next', 'GET current'])
  assert.deepEqual(stage.state, state)
})

test('a queue that cannot be read after a change is read as soon as it can', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  // The change is a PUT, the reading a GET.
  stage.control.fault({ method: 'GET', path: '/v1', status: 503, times: 1e9 })
  await stage.done(stage.engine.setShuffle(true, stage.signal))
  assert.deepEqual(stage.state.upcoming, [])
  stage.repair()
  await stage.pass(30_000)
  assert.ok(
    stage.state.upcoming.length > 1,
    `stage.state.upcoming.length > 1: ${stage.state.upcoming.length}`,
  )
  assert.deepEqual(stage.control.violations(), [])
})

test('something new replaces what plays, and the order of the reports shows it', async (t) => {
  const stage = await startStage(t)
  await stage.play('album', 0)
  const first = stage.title ?? ''
  await stage.pass(5_000)
  stage.events()
  await stage.play('album', 1)
  await stage.quiet()
  assert.deepEqual(stage.reported(), [
    `start ${first}`,
    `stop ${first}: userStop`,
    `start ${stage.title ?? ''}`,
  ])
  assert.deepEqual(stage.events(), ['track_changed'])
  assert.deepEqual(stage.state.played, [])
  assert.equal(stage.state.context, 'album 1')
})

test('something that cannot be played leaves what plays alone', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const { state } = stage
  stage.events()
  const request = { play: { id: 'mrn:1.0:catalog:album:asin:B0NOTTHERE' }, options: {}, context: 'x' }
  await assert.rejects(stage.done(stage.engine.play(request, stage.signal)), { code: 'music/not-found' })
  assert.equal(stage.state, state)
  assert.deepEqual(stage.events(), [])
  assert.equal(stage.reported().length, 1)
})
