import assert from 'node:assert/strict'
import { test } from 'node:test'

import { playbackOperations } from '../../../src/amazon-music/api.ts'
import { startSignedIn } from './signed-in-client.ts'

test('an expired access token is renewed without anybody noticing', async (t) => {
  const { client, sandbox, signal } = await startSignedIn(t)
  sandbox.control.expireAccessTokens()
  assert.deepEqual(await client.getActiveSessions(signal), [])
  assert.equal(client.counts.exchanges, 2)
  assert.equal(client.counts.calls.ok, 1)
})

test('calls side by side with an expired token renew it once', async (t) => {
  const { client, sandbox, signal } = await startSignedIn(t)
  sandbox.control.expireAccessTokens()
  await Promise.all([1, 2, 3, 4].map(() => client.getActiveSessions(signal)))
  assert.equal(sandbox.control.requests('POST', '/auth/o2/token').length, 2)
})

test('an account without Amazon Music gets the page to set it up', async (t) => {
  const { client, sandbox, signal } = await startSignedIn(t)
  sandbox.control.changeAccount({ hasMusicAccount: false })
  await assert.rejects(client.getActiveSessions(signal), {
    code: 'music/no-account',
    url: 'https://music.amazon.com',
  })
})

test('too many calls a second wait for their turn', async (t) => {
  const { client, clock, signal } = await startSignedIn(t, { tps: 1 })
  await client.getActiveSessions(signal)
  const second = client.getActiveSessions(signal)
  await clock.untilSleeping()
  await clock.advance(1000)
  assert.deepEqual(await second, [])
  assert.equal(client.counts.throttled, 1)
  assert.equal(clock.sleeping, 0)
})

test('another device that streams is told as such', async (t) => {
  const { client, sandbox, signal, mrn } = await startSignedIn(t, { maxStreams: 1 })
  sandbox.control.takeOver()
  await assert.rejects(client.createSession({ id: mrn('album') }, {}, 3, signal), {
    code: 'music/max-concurrency',
  })
})

test('what the subscription does not include is told as such', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t, { tier: 'FREE' })
  const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  assert.equal(entities[0]?.actions.previous?.allowed, false)
  await assert.rejects(client.setShuffle(sessionId, true, signal), { code: 'music/subscription' })
})

for (const operation of playbackOperations) {
  test(`${operation} by name gives nothing away`, async (t) => {
    const { client, sandbox, signal, mrn, log } = await startSignedIn(t)
    const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
    const metricId = entities[0]?.metricId ?? ''
    const event = {
      type: 'start',
      clientTimestampInMilliseconds: Date.UTC(2026, 10, 22, 12, 1),
      initialPlaybackDelayMilliseconds: 0,
      deviceTimezone: '+00:00',
      playbackCurrentSpeed: 1,
      durationSeconds: 0,
      entityProgressSeconds: 0,
      rebufferCount: 0,
    }
    const args: Record<string, unknown> = {
      createSession: { id: mrn('album') },
      getActiveSessions: {},
      queueNext: { sessionId, id: mrn('track') },
      queueLast: { sessionId, id: mrn('track') },
      setLoop: { sessionId, loopMode: 'LOOP_ON' },
      setShuffle: { sessionId, shuffleMode: 'SHUFFLE_ON' },
      reportEvent: { metricId, ...event },
      reportEvents: { events: [{ metricId, event }] },
    }
    const answer = await client.call(
      operation,
      (args[operation] ?? { sessionId }) as Record<string, unknown>,
      signal,
    )
    const said = JSON.stringify(answer) + log()
    const issued = Object.values(sandbox.control.secrets()).flatMap((list: readonly string[]) => [...list])
    assert.ok(issued.length > 3, `issued.length > 3: ${issued.length}`)
    for (const secret of issued) assert.ok(!said.includes(secret), 'a secret shows')
  })
}
