import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { playbackOperations } from '../../../src/amazon-music/api.ts'
import { readRoutesFile } from '../../../src/amazon-music/routes/routes-file.ts'
import { startBench } from './scripted-service.ts'

const complete: Readonly<Record<(typeof playbackOperations)[number], Readonly<Record<string, unknown>>>> = {
  createSession: { id: 'mrn:x', shuffleMode: 'SHUFFLE_ON', limit: 3 },
  getCurrentTrack: { sessionId: 's1' },
  getNextTracks: { sessionId: 's1', limit: 1 },
  getPreviousTracks: { sessionId: 's1' },
  getPlaybackQueue: { sessionId: 's1' },
  getActiveSessions: {},
  restoreSession: { sessionId: 's1' },
  queueNext: { sessionId: 's1', id: 'mrn:x' },
  queueLast: { sessionId: 's1', id: 'mrn:x' },
  setLoop: { sessionId: 's1', loopMode: 'LOOP_ON' },
  setShuffle: { sessionId: 's1', shuffleMode: 'SHUFFLE_OFF' },
  reportEvent: { metricId: 'm', type: 'start', durationSeconds: 0 },
  reportEvents: { events: [{ metricId: 'm', event: { type: 'start' } }] },
}

for (const operation of playbackOperations) {
  test(`${operation} can be called by name`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer({ body: { data: { answer: operation } } })
    assert.deepEqual(await client.call(operation, complete[operation], signal), {
      data: { answer: operation },
    })
    assert.equal(service.received.length, 1)
  })
}

test('the arguments stand in the body where the service wants them', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({})
  assert.equal(await client.call('createSession', complete.createSession, signal), null)
  assert.deepEqual(service.received[0]?.body, {
    playParams: { id: 'mrn:x' },
    playbackOptions: { shuffleMode: 'SHUFFLE_ON' },
    limit: 3,
  })
})

for (const [name, operation, args, words] of [
  ['an unknown operation', 'explode', {}, /no operation explode; there are createSession, getCurrentTrack/],
  ['a search, which is no playback operation', 'search', { query: 'x' }, /no operation search/],
  ['a name from JavaScript’s own', 'constructor', {}, /no operation constructor/],
  [
    'an unknown argument',
    'getActiveSessions',
    { colour: 1 },
    /colour is not an argument of it\. It takes no arguments/,
  ],
  [
    'a missing argument',
    'setLoop',
    { sessionId: 's1' },
    /loopMode is missing\. It takes sessionId \(a text\); loopMode/,
  ],
  ['a missing session', 'getCurrentTrack', {}, /sessionId is missing/],
  ['an empty session', 'getCurrentTrack', { sessionId: '' }, /sessionId is missing/],
  ['a session that climbs to another route', 'restoreSession', { sessionId: '..' }, /sessionId: expected/],
  ['a number for a text', 'setShuffle', { sessionId: 's1', shuffleMode: 1 }, /shuffleMode: expected a text/],
  ['a text for a number', 'getNextTracks', { sessionId: 's1', limit: '1' }, /limit: expected a number/],
  [
    'a text for a list',
    'createSession',
    { id: 'x', containerIds: 'y' },
    /containerIds: expected a list of texts/,
  ],
  ['events that are texts', 'reportEvents', { events: ['x'] }, /events: expected a list of objects/],
  [
    'several mistakes at once',
    'queueNext',
    { id: 5, x: 1 },
    /id: expected a text; x is not an argument of it; sessionId is missing/,
  ],
] as const) {
  test(`${name} is refused in words, and nothing is sent`, async (t) => {
    const { service, client, signal } = await startBench(t)
    await assert.rejects(
      client.call(operation, args, signal),
      (error) => error instanceof AppError && error.code === 'command/payload' && words.test(error.message),
    )
    assert.equal(service.received.length, 0)
    assert.equal(client.condition, 'ok')
  })
}

test('secrets and media addresses are taken out of the answer', async (t) => {
  const { service, client, signal } = await startBench(t)
  const playbackInformation = { url: 'https://cdn.example/a.mpd?Signature=abc', protocol: 'DASH' }
  service.answer({ body: { data: { entities: [{ playbackInformation, licenseHeaders: { a: 'canary' } }] } } })
  assert.deepEqual(await client.call('getCurrentTrack', { sessionId: 's1' }, signal), {
    data: {
      entities: [
        { playbackInformation: { url: '[removed]', protocol: 'DASH' }, licenseHeaders: '[removed]' },
      ],
    },
  })
})

test('an argument that a routes file brings is taken as it comes', async (t) => {
  const row = { body: { playParams: { id: '$id' }, takeOverType: '$takeOverType' } }
  const routes = readRoutesFile(JSON.stringify({ operations: { createSession: row } }), defaultRoutes)
  const { service, client, signal } = await startBench(t, routes)
  service.answer({})
  await client.call('createSession', { id: 'mrn:x', takeOverType: 'AUTO' }, signal)
  assert.deepEqual(service.received[0]?.body, { playParams: { id: 'mrn:x' }, takeOverType: 'AUTO' })
})

test('the end of the queue is an error here: the answer is the service’s own', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({ status: 404, body: { error: { code: 'NO_MORE_NEXT_ENTITY', message: 'End' } } })
  await assert.rejects(
    client.call('getNextTracks', { sessionId: 's1' }, signal),
    (error) => error instanceof AppError && error.code === 'playback/end-of-queue',
  )
})
