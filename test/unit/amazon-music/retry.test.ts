import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { benchAt, serviceError, startBench } from './scripted-service.ts'

const sessions = { body: { data: { sessions: [] } } }
const entities = { body: { data: { entities: [] } } }
const is = (code: string, retryAfterMs?: number) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.retryAfterMs === retryAfterMs

test('after 429 THROTTLED with Retry-After the call waits that long and goes out again', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer({ ...serviceError(429, 'THROTTLED'), headers: { 'retry-after': '7' } }, sessions)
  const call = client.getActiveSessions(signal)
  await clock.untilSleeping()
  assert.deepEqual(clock.sleeps, [7000])
  await clock.advance(7000)
  assert.deepEqual(await call, [])
  assert.equal(client.counts.throttled, 1)
  assert.equal(clock.sleeping, 0)
})

test('meanwhile every other call waits as well', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer({ ...serviceError(429, 'THROTTLED'), headers: { 'retry-after': '7' } }, sessions)
  const first = client.getActiveSessions(signal)
  await clock.untilSleeping()
  const second = client.getActiveSessions(signal)
  await clock.untilSleeping(2)
  assert.equal(service.received.length, 1)
  await clock.advance(7000)
  await Promise.all([first, second])
})

test('what was throttled was not carried out: a POST goes out again as well', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer(serviceError(429, 'THROTTLED'), {})
  const call = client.queueNext('s1', { id: 'mrn:x' }, signal)
  await clock.untilSleeping()
  await clock.advance(1000)
  await call
  assert.equal(service.received.length, 2)
})

test('a pause longer than 20 s is said at once instead of hanging, to this call and the next ones', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer({ ...serviceError(429, 'THROTTLED'), headers: { 'retry-after': '60' } }, sessions)
  await assert.rejects(client.getActiveSessions(signal), is('music/throttled', 60_000))
  await clock.advance(10_000)
  await assert.rejects(client.getActiveSessions(signal), is('music/throttled', 50_000))
  assert.equal(service.received.length, 1)
  assert.equal(client.condition, 'degraded')
  await clock.advance(50_000)
  await client.getActiveSessions(signal)
  assert.equal(client.condition, 'ok')
  assert.deepEqual([client.counts.calls.throttled, client.counts.calls.ok], [2, 1])
})

test('throttled three times in a row, the call gives up and says when to come back', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer(serviceError(429, 'THROTTLED'))
  const call = client.getActiveSessions(signal)
  const refused = assert.rejects(call, is('music/throttled', 4000))
  await clock.untilSleeping()
  await clock.advance(1000)
  await clock.untilSleeping()
  await clock.advance(2000)
  await refused
  assert.equal(client.counts.throttled, 3)
  assert.equal(client.counts.exchanges, 3)
})

for (const status of [422, 429]) {
  test(`MAX_CONCURRENCY_REACHED with ${status} is not throttling: nobody waits, nothing is repeated`, async (t) => {
    const { service, client, clock, signal } = await startBench(t)
    service.answer(serviceError(status, 'MAX_CONCURRENCY_REACHED'))
    await assert.rejects(client.createSession({ id: 'mrn:x' }, {}, 3, signal), is('music/max-concurrency'))
    assert.equal(service.received.length, 1)
    assert.equal(clock.sleeping, 0)
    assert.equal(client.counts.throttled, 0)
    assert.equal(client.condition, 'ok')
  })
}

test('a reading is repeated after 500, at most twice', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer(serviceError(500, 'INTERNAL'), { status: 503, body: '<html>' }, sessions)
  const call = client.getActiveSessions(signal)
  await clock.untilSleeping()
  await clock.advance(1000)
  assert.deepEqual(await call, [])
  assert.equal(client.counts.exchanges, 3)
})

test('after the third 500 the service’s own error is given', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer(serviceError(500, 'INTERNAL'))
  const refused = assert.rejects(client.getActiveSessions(signal), is('music/unavailable', 2000))
  await clock.untilSleeping()
  await clock.advance(1000)
  await refused
  assert.equal(service.received.length, 3)
  assert.equal(client.condition, 'degraded')
})

test('what changes something is not repeated after 500', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer(serviceError(500, 'INTERNAL'))
  await assert.rejects(client.createSession({ id: 'mrn:x' }, {}, 3, signal), is('music/unavailable'))
  assert.equal(service.received.length, 1)
})

test('a search by POST is a reading, and repeated', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer(serviceError(500, 'INTERNAL'), { body: { data: { searchTracks: { edges: [] } } } })
  assert.deepEqual(await client.search('x', 'track', 1, signal), [])
})

test('a reading whose answer was lost is repeated', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ hangUp: true }, sessions)
  assert.deepEqual(await client.getActiveSessions(signal), [])
})

test('a change whose answer was lost is not: it may have been carried out', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ hangUp: true }, {})
  await assert.rejects(client.setLoop('s1', true, signal), is('net/failed'))
  assert.equal(service.received.length, 1)
  assert.equal(client.condition, 'offline')
})

test('neither is a Get Next Tracks: it may have moved the position', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ hangUp: true }, entities)
  await assert.rejects(client.getNextTracks('s1', 1, signal), is('net/failed'))
  assert.equal(service.received.length, 1)
})

test('what was provably not sent is repeated, whatever it is', async (t) => {
  // Nothing listens there: the discard port.
  const { client, signal } = benchAt(t, new URL('http://127.0.0.1:9'))
  await assert.rejects(client.createSession({ id: 'mrn:x' }, {}, 3, signal), is('net/refused'))
  assert.equal(client.counts.exchanges, 3)
  assert.equal(client.counts.calls.unavailable, 1)
  assert.equal(client.condition, 'offline')
})

test('a waiting call can be called off', async (t) => {
  const { service, client, clock } = await startBench(t)
  service.answer(serviceError(429, 'THROTTLED'))
  const off = new AbortController()
  const reason = new Error('stop')
  const refused = assert.rejects(client.getActiveSessions(off.signal), (error) => error === reason)
  await clock.untilSleeping()
  off.abort(reason)
  await refused
  assert.equal(clock.sleeping, 0)
  assert.equal(client.counts.calls.cancelled, 1)
})

for (const [name, answer, code] of [
  ['an answer that is no JSON', { body: '<html>' }, 'net/answer'],
  [
    'a redirect, as a captive portal gives it',
    { status: 302, headers: { location: 'https://portal.example' } },
    'net/answer',
  ],
] as const) {
  test(`${name} is a broken answer`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer(answer)
    await assert.rejects(client.getActiveSessions(signal), is(code))
    assert.equal(client.counts.calls.protocol, 1)
    assert.equal(client.condition, 'degraded')
  })
}

test('an answer without its session id names the field', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ body: { data: { sessions: [{}] } } })
  await assert.rejects(client.getActiveSessions(signal), /getActiveSessions\.data\.sessions\[0\]\.sessionId/)
})

test('a 404 without a code of the service on an inferred route says that the route is not confirmed', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ status: 404, body: { message: 'Not Found' } })
  await assert.rejects(client.getPlaybackQueue('s1', signal), is('music/route'))
})

test('waits do not add up: a call gives up once its next wait would end more than 20 s after it began', async (t) => {
  const { service, client, clock, signal } = await startBench(t)
  service.answer({ ...serviceError(429, 'THROTTLED'), headers: { 'retry-after': '15' } })
  const refused = assert.rejects(client.getActiveSessions(signal), is('music/throttled', 15_000))
  await clock.untilSleeping()
  await clock.advance(15_000)
  await refused
  assert.equal(service.received.length, 2)
})

test('the page that an error of throttling names is passed on', async (t) => {
  const { service, client, signal } = await startBench(t)
  const url = 'https://music.amazon.com/busy'
  service.answer({ ...serviceError(429, 'THROTTLED', { url }), headers: { 'retry-after': '60' } })
  await assert.rejects(client.getActiveSessions(signal), (error) => {
    assert.ok(error instanceof AppError, String(error))
    assert.deepEqual(
      [error.code, error.retryAfterMs, error.url, error.facts['serviceCode']],
      ['music/throttled', 60_000, url, 'THROTTLED'],
    )
    return true
  })
})

test('a stop ends a call that waits for its answer at once', { timeout: 8_000 }, async (t) => {
  const { service, client } = await startBench(t)
  const stop = new AbortController()
  const reason = new Error('stop')
  service.answerBy(() => {
    stop.abort(reason)
    return { silent: true }
  })
  const beganMs = performance.now()
  await assert.rejects(client.getActiveSessions(stop.signal), (error) => error === reason)
  assert.ok(performance.now() - beganMs < 4_000, 'it waited for the time limit')
  assert.deepEqual([client.counts.exchanges, client.condition], [1, 'ok'])
})
