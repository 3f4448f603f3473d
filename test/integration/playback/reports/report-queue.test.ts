import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { test } from 'node:test'

import { startStage } from '../engine-harness.ts'

test('reports go out at once, and the disk is not touched', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  assert.equal(stage.reported().length, 1)
  await stage.pass(10 * 60_000, 5_000)
  assert.equal(stage.life.queue.waiting, 0)
  assert.equal(existsSync(stage.stored('reports')), false)
})

test('a report has the fields of the reference', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { entity } = stage.state
  await stage.pass(7_000)
  await stage.done(stage.engine.next(stage.signal))
  const stop = stage.control.requests('POST', '/v1/playback/event')[1]
  const body = JSON.parse(stop?.body ?? '') as { metricId: string; event: Record<string, unknown> }
  assert.equal(body.metricId, entity?.metricId)
  assert.match(String(body.event['deviceTimezone']), /^[+-]\d\d:\d\d$/)
  assert.deepEqual(
    { ...body.event, deviceTimezone: '' },
    {
      type: 'stop',
      clientTimestampInMilliseconds: stage.clock.epochMs(),
      initialPlaybackDelayMilliseconds: 0,
      deviceTimezone: '',
      playbackCurrentSpeed: 1,
      durationSeconds: 7,
      entityProgressSeconds: 7,
      rebufferCount: 0,
      terminationReason: 'userNext',
    },
  )
})

test('reports made while the service is away go as batches, with the times they were made', async (t) => {
  const stage = await startStage(t)
  await stage.play('podcastShow')
  await stage.quiet()
  const startedAt = stage.clock.epochMs()
  stage.breakDown()
  for (let i = 0; i < 12; i++) {
    await stage.engine.pause()
    await stage.pass(10_000)
    await stage.done(stage.engine.resume(stage.signal))
  }
  assert.equal(stage.life.queue.waiting, 24)
  stage.repair()
  stage.control.clearRequests()
  await stage.pass(120_000, 5_000)
  assert.deepEqual(
    stage.control.requests('POST', '/v1/playback/event').map(({ path, status, body }) => {
      const { events } = JSON.parse(body) as { events?: unknown[] }
      return `${path} ${String(status)} ${String(events?.length)}`
    }),
    ['/v1/playback/events 200 20', '/v1/playback/events 200 4'],
  )
  const times = stage.control.reports().map(({ event }) => event.clientTimestampInMilliseconds - startedAt)
  assert.ok(
    times.slice(1, 25).every((ms, i) => ms >= i * 5_000 - 10_000 && ms <= i * 5_000 + 10_000),
    String(times),
  )
  assert.deepEqual(stage.control.violations(), [])
})

test('reports that could not be sent survive a restart, and go before all that follows', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { title = '' } = stage
  stage.breakDown(503)
  await stage.engine.pause()
  await stage.done(stage.life.close())
  assert.equal(statSync(stage.stored('reports')).mode & 0o777, 0o600)
  stage.repair()
  stage.begin()
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(5_000)
  assert.deepEqual(stage.reported().slice(0, 3), [
    `start ${title}`,
    `stop ${title}: userStop`,
    `start ${title}`,
  ])
  assert.equal(existsSync(stage.stored('reports')), false)
  assert.deepEqual(stage.control.violations(), [])
})

test('reports that could not be sent survive a power cut', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  const { title = '' } = stage
  stage.breakDown(503)
  await stage.done(stage.engine.stop())
  await stage.pass(120_000, 10_000)
  await stage.done(stage.life.kill())
  stage.repair()
  stage.begin()
  // The client's own back-off outlives the engine here.
  await stage.pass(120_000, 10_000)
  assert.deepEqual(stage.reported(), [`start ${title}`, `stop ${title}: userStop`])
})

test('what played at a power cut while reports waited is reported as stopped', async (t) => {
  const stage = await startStage(t)
  stage.control.fault({ path: '/v1/playback/event', status: 503, times: 1e9 })
  await stage.play()
  const { title = '' } = stage
  await stage.pass(5_000)
  await stage.done(stage.life.kill())
  stage.repair()
  stage.begin()
  // The client's own back-off outlives the engine here.
  await stage.pass(120_000, 10_000)
  assert.deepEqual(stage.reported(), [`start ${title}`, `stop ${title}: systemStop`])
})

test('what was sent is not sent again after a power cut', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  stage.breakDown()
  for (let i = 0; i < 15; i++) {
    await stage.engine.pause()
    await stage.done(stage.engine.resume(stage.signal))
  }
  await stage.pass(120_000, 10_000)
  // Of the two batches only the first gets through.
  stage.repair()
  const release = stage.line.hold('POST', '/events')
  await stage.pass(90_000, 10_000)
  stage.breakDown()
  release()
  await stage.pass(1_000)
  await stage.done(stage.life.kill())
  stage.repair()
  stage.begin()
  await stage.pass(1_000)
  const lines = stage.reported()
  assert.ok(
    lines.every((line, i) => line.startsWith(i % 2 === 0 ? 'start' : 'stop')),
    JSON.stringify(lines),
  )
  assert.deepEqual(stage.control.violations(), [])
})

test('a report whose answer is lost is sent again: the obligation is to report', async (t) => {
  const stage = await startStage(t)
  stage.control.fault({ path: '/v1/playback/event', drop: 'after' })
  await stage.play()
  await stage.pass(5_000)
  assert.equal(stage.life.queue.waiting, 0)
  const [one, again, ...others] = stage.control.reports()
  assert.deepEqual(others, [])
  assert.deepEqual(one?.event, again?.event)
})

test('an answer that cannot be read is one all the same: the report was taken', async (t) => {
  const stage = await startStage(t)
  stage.control.fault({ path: '/v1/playback/event', garbage: true })
  await stage.play('podcastShow')
  await stage.pass(120_000, 5_000)
  assert.equal(stage.life.queue.waiting, 0)
  assert.equal(stage.control.requests('POST', '/v1/playback/event').length, 1)
})

test('a report the service refuses does not hold up the others', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  stage.breakDown(503, '/v1/playback/event')
  await stage.engine.pause()
  await stage.done(stage.engine.resume(stage.signal))
  stage.life.queue.add({ metricId: 'of nobody', type: 'start', atEpochMs: 0, initialDelayMs: 0, rebufferCount: 0, playedMs: 0, positionMs: 0 }) // prettier-ignore
  await stage.engine.pause()
  stage.repair()
  await stage.pass(60_000, 5_000)
  assert.equal(stage.life.queue.waiting, 0)
  assert.equal(stage.reported().length, 4)
  assert.deepEqual(stage.control.violations(), [])
})

test('where the batch route is not as guessed, reports go one by one', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  stage.breakDown()
  for (let i = 0; i < 3; i++) {
    await stage.engine.pause()
    await stage.done(stage.engine.resume(stage.signal))
  }
  stage.repair()
  stage.control.fault({ path: '/v1/playback/events', status: 405, times: 1e9 })
  stage.control.clearRequests()
  await stage.pass(120_000, 5_000)
  const paths = stage.control.requests('POST', '/v1/playback/event').map(({ path }) => path)
  assert.equal(paths.filter((path) => path.endsWith('events')).length, 1)
  assert.equal(stage.reported().slice(0, 7).length, 7)
  assert.deepEqual(stage.control.violations(), [])
})

test('a command that is given up does not break off the reports it waited for', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const release = stage.line.hold('POST', '/event')
  const giveUp = new AbortController()
  const command = stage.engine.next(giveUp.signal)
  await stage.quiet()
  giveUp.abort(new Error('given up'))
  await assert.rejects(command, { message: 'given up' })
  release()
  await stage.quiet()
  assert.equal(stage.life.queue.waiting, 0)
  assert.equal(stage.state.phase, 'playing')
  const { title = '' } = stage
  assert.deepEqual(stage.reported(), [`start ${title}`, `stop ${title}: userNext`, `start ${title}`])
  assert.deepEqual(stage.control.violations(), [])
})

test('a report under way when the agent ends gets a moment for its answer', async (t) => {
  const stage = await startStage(t)
  await stage.play()
  await stage.quiet()
  const release = stage.line.hold('POST', '/event')
  const closing = stage.life.close()
  await stage.quiet()
  await stage.clock.advance(2_100)
  release()
  await stage.done(closing)
  assert.equal(stage.reported().length, 2)
  stage.begin()
  await stage.pass(1_000)
  assert.equal(stage.reported().length, 2)
})

test('too many reports that wait give up their oldest, in pairs', async (t) => {
  const stage = await startStage(t)
  await stage.play('podcastShow')
  await stage.quiet()
  stage.breakDown()
  for (let i = 0; i < 600; i++) {
    await stage.engine.pause()
    await stage.engine.resume(stage.signal)
  }
  assert.ok(
    stage.life.queue.waiting <= 1_000,
    `stage.life.queue.waiting <= 1_000: ${stage.life.queue.waiting}`,
  )
  stage.repair()
  await stage.pass(120_000, 5_000)
  assert.equal(stage.life.queue.waiting, 0)
  const lines = stage.control.reports().map(({ event }) => event.type)
  assert.equal(
    lines.slice(1).every((type, i) => type !== lines[i]),
    true,
  )
})
