import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Entity } from '../../../src/amazon-music/entity.ts'
import type { PlaybackReport, QueueRead } from '../../../src/amazon-music/api.ts'
import { startSignedIn } from './signed-in-client.ts'

function reportOf(entity: Entity | undefined, more: Partial<PlaybackReport> = {}): PlaybackReport {
  return {
    metricId: entity?.metricId ?? assert.fail('the entity cannot be reported'),
    type: 'start',
    atEpochMs: Date.UTC(2026, 10, 22, 12, 1),
    initialDelayMs: 300,
    rebufferCount: 0,
    playedMs: 0,
    positionMs: 0,
    ...more,
  }
}

for (const createShape of ['entities', 'playback'] as const) {
  test(`Create New Session opens a window that can be played, answered as ${createShape}`, async (t) => {
    const { client, signal, mrn } = await startSignedIn(t, { createShape })
    const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
    assert.equal(entities.length, 3)
    const first = entities[0]
    assert.equal(first?.kind, 'track')
    assert.equal(first.sessionId, sessionId)
    assert.ok(
      first.title && first.artist && first.album && first.imageUrl && first.metricId,
      'first.title && first.artist && first.album && first.imageUrl && first.metricId',
    )
    assert.ok((first.durationMs ?? 0) > 1000, `(first.durationMs ?? 0) > 1000: ${first.durationMs ?? 0}`)
    assert.equal(first.actions.next?.allowed, true)
    assert.match(first.stream?.url.reveal() ?? '', /^http/)
    assert.equal(first.stream?.format, 'WAV')
    assert.equal(Object.keys(first.stream.licenseHeaders).length, 1)
  })
}

test('Get Current Track gives the one that plays', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t)
  const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  const { entities: current } = await client.getCurrentTrack(sessionId, signal)
  assert.equal(current[0]?.referenceId, entities[0]?.referenceId)
})

test('Get Next Tracks and Get Previous Tracks give the neighbours', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t)
  const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  await client.report([reportOf(entities[1])], signal)
  const next = await client.getNextTracks(sessionId, 1, signal)
  const previous = await client.getPreviousTracks(sessionId, 1, signal)
  assert.equal(next.entities[0]?.referenceId, entities[2]?.referenceId)
  assert.equal(previous.entities[0]?.referenceId, entities[0]?.referenceId)
})

for (const endOfQueue of ['empty', '404'] as const) {
  test(`the end of the queue is an empty list when the service says ${endOfQueue}`, async (t) => {
    const { client, signal, mrn } = await startSignedIn(t, { endOfQueue })
    const { sessionId } = await client.createSession({ id: mrn('track') }, { autoplay: false }, 3, signal)
    assert.deepEqual((await client.getNextTracks(sessionId, 1, signal)).entities, [])
    assert.deepEqual((await client.getPreviousTracks(sessionId, 1, signal)).entities, [])
  })
}

test('Get Playback Queue shows what was, is and comes', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t)
  const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  await client.report([reportOf(entities[1])], signal)
  const { current, next, previous } = await client.getPlaybackQueue(sessionId, signal)
  assert.equal(current?.referenceId, entities[1]?.referenceId)
  assert.equal(next[0]?.referenceId, entities[2]?.referenceId)
  assert.deepEqual(
    previous.map(({ referenceId }) => referenceId),
    [entities[0]?.referenceId],
  )
})

test('Get Active Sessions lists the session with what it plays', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t)
  assert.deepEqual(await client.getActiveSessions(signal), [])
  const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  const [active, ...others] = await client.getActiveSessions(signal)
  assert.deepEqual(others, [])
  assert.equal(active?.sessionId, sessionId)
  assert.equal(active.current?.title, entities[0]?.title)
})

for (const restoreId of ['same', 'new'] as const) {
  test(`Restore Playback Session goes on where it stood, under the ${restoreId} id`, async (t) => {
    const { client, sandbox, signal, mrn } = await startSignedIn(t, { restoreId })
    const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
    sandbox.control.lapseSessions()
    await assert.rejects(client.getCurrentTrack(sessionId, signal), { code: 'music/not-found' })
    const restored = await client.restoreSession(sessionId, false, signal)
    assert.equal(restored.sessionId === sessionId, restoreId === 'same')
    assert.equal(restored.entities[0]?.title, entities[0]?.title)
  })
}

for (const restoreId of ['same', 'new'] as const) {
  for (const read of ['getCurrentTrack', 'getNextTracks', 'getPreviousTracks'] as const) {
    test(`${read} on a session that it restores tells the ${restoreId} id`, async (t) => {
      const { client, sandbox, signal, mrn } = await startSignedIn(t, { restoreId, lapsedRead: 'restored' })
      const { sessionId, entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
      await client.report([reportOf(entities[1])], signal)
      const ask = (id: string): Promise<QueueRead> =>
        read === 'getCurrentTrack' ? client[read](id, signal) : client[read](id, 5, signal)
      const before = await ask(sessionId)
      assert.equal(before.restoredAs, undefined)
      sandbox.control.lapseSessions()
      const { restoredAs = '', entities: found } = await ask(sessionId)
      assert.equal(restoredAs === sessionId, restoreId === 'same')
      assert.equal(found[0]?.title, before.entities[0]?.title)
      assert.equal((await ask(restoredAs)).restoredAs, undefined)
    })
  }
}

test('Queue Next Track and Queue Last Track put it where they say', async (t) => {
  const { client, signal, mrn } = await startSignedIn(t)
  const { sessionId } = await client.createSession({ id: mrn('album') }, { autoplay: false }, 3, signal)
  const [nextId, lastId] = [mrn('track', 40), mrn('track', 41)]
  await client.queueNext(sessionId, { id: nextId }, signal)
  await client.queueLast(sessionId, { id: lastId }, signal)
  const { next } = await client.getPlaybackQueue(sessionId, signal)
  assert.ok(nextId.endsWith(`:${next[0]?.id ?? ''}`), nextId)
  assert.ok(lastId.endsWith(`:${next.at(-1)?.id ?? ''}`), lastId)
})

test('Set Playback Mode to Loop and to Shuffle reach the session', async (t) => {
  const { client, sandbox, signal, mrn } = await startSignedIn(t)
  const { sessionId } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  const modes = (): unknown => {
    const { shuffleMode, loopMode } = answeredModes()
    return [shuffleMode, loopMode]
  }
  let answer: unknown
  const answeredModes = (): Record<string, unknown> =>
    (answer as { data: { sessions: { sessionState: Record<string, unknown> }[] } }).data.sessions[0]
      ?.sessionState ?? {}
  await client.setLoop(sessionId, true, signal)
  await client.setShuffle(sessionId, true, signal)
  answer = await client.call('getActiveSessions', {}, signal)
  assert.deepEqual(modes(), ['SHUFFLE_ON', 'LOOP_ON'])
  await client.setLoop(sessionId, false, signal)
  await client.setShuffle(sessionId, false, signal)
  answer = await client.call('getActiveSessions', {}, signal)
  assert.deepEqual(modes(), ['SHUFFLE_OFF', 'LOOP_OFF'])
  assert.equal(sandbox.control.violations().length, 0)
})

test('Report Single Event and Report Multiple Events are taken without objection', async (t) => {
  const { client, sandbox, clock, signal, mrn } = await startSignedIn(t)
  const { entities } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
  const atEpochMs = clock.epochMs()
  await client.report([reportOf(entities[0], { atEpochMs })], signal)
  await client.report(
    [
      reportOf(entities[0], {
        type: 'stop',
        atEpochMs: atEpochMs + 9000,
        playedMs: 9000,
        positionMs: 9000,
        terminationReason: 'userNext',
      }),
      reportOf(entities[1], { atEpochMs: atEpochMs + 9100 }),
    ],
    signal,
  )
  assert.deepEqual(sandbox.control.violations(), [])
  assert.deepEqual(
    sandbox.control.reports().map(({ event }) => event.type),
    ['start', 'stop', 'start'],
  )
})
