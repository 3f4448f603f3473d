import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MusicClient } from '../../../src/amazon-music/client.ts'
import type { PlaybackReport, QueueRead } from '../../../src/amazon-music/api.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { readRoutesFile } from '../../../src/amazon-music/routes/routes-file.ts'
import { startBench } from './scripted-service.ts'

const id = 'mrn:1.0:catalog:track:asin:B000000001'
const containerIds = ['mrn:1.0:catalog:album:asin:B000000002']
const entities = [{ sessionId: 's 1', entityReferenceId: 'r1', actions: {} }]
const nothing: QueueRead = { entities: [], restoredAs: undefined }
const report: PlaybackReport = {
  metricId: 'm1',
  type: 'stop',
  atEpochMs: Date.UTC(2026, 0, 1, 12),
  initialDelayMs: 420.4,
  rebufferCount: 0,
  playedMs: 93_900,
  positionMs: 95_100,
  terminationReason: 'userNext',
}
const start: PlaybackReport = {
  metricId: 'm2',
  type: 'start',
  atEpochMs: Date.UTC(2026, 0, 1, 12),
  initialDelayMs: 0,
  rebufferCount: 0,
  playedMs: 0,
  positionMs: 0,
}
// A zone with a sign and half an hour, by its name in the system's table: not by the formula that is tested.
process.env['TZ'] = 'America/St_Johns'
const zone = '-03:30'
const stopBody = {
  metricId: 'm1',
  event: {
    type: 'stop',
    clientTimestampInMilliseconds: report.atEpochMs,
    initialPlaybackDelayMilliseconds: 420,
    deviceTimezone: zone,
    playbackCurrentSpeed: 1,
    durationSeconds: 93,
    entityProgressSeconds: 95,
    rebufferCount: 0,
    terminationReason: 'userNext',
  },
}
const startBody = {
  metricId: 'm2',
  event: {
    type: 'start',
    clientTimestampInMilliseconds: report.atEpochMs,
    initialPlaybackDelayMilliseconds: 0,
    deviceTimezone: zone,
    playbackCurrentSpeed: 1,
    durationSeconds: 0,
    entityProgressSeconds: 0,
    rebufferCount: 0,
  },
}

const requests: readonly {
  readonly name: string
  readonly call: (client: MusicClient, signal: AbortSignal) => Promise<unknown>
  readonly answer: unknown
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly audio?: boolean
}[] = [
  {
    name: 'Create New Session with everything',
    call: (client, signal) =>
      client.createSession(
        { id, containerIds },
        { shuffle: false, loop: true, startAsStation: false, autoplay: true },
        3,
        signal,
      ),
    answer: { data: { entities } },
    method: 'POST',
    path: '/v1/playback/sessions',
    body: {
      playParams: { id, containerIds },
      playbackOptions: {
        shuffleMode: 'SHUFFLE_OFF',
        loopMode: 'LOOP_ON',
        startAsStation: false,
        playbackContinuationMode: 'AUTOPLAY_ON',
      },
      limit: 3,
    },
  },
  {
    name: 'Create New Session with the least: options not chosen stay out, the window fits every edition',
    call: (client, signal) => client.createSession({ id }, {}, 50, signal),
    answer: { data: { entities } },
    method: 'POST',
    path: '/v1/playback/sessions',
    body: { playParams: { id }, limit: 5 },
  },
  {
    name: 'Get Current Track',
    call: (client, signal) => client.getCurrentTrack('s 1', signal),
    answer: { data: { entities } },
    method: 'GET',
    path: '/v1/playback/sessions/s%201/current',
  },
  {
    name: 'Get Next Tracks',
    call: (client, signal) => client.getNextTracks('s1', 2, signal),
    answer: { data: { entities } },
    method: 'GET',
    path: '/v1/playback/sessions/s1/next?limit=2',
  },
  {
    name: 'Get Previous Tracks',
    call: (client, signal) => client.getPreviousTracks('s1', 0, signal),
    answer: { data: { entities } },
    method: 'GET',
    path: '/v1/playback/sessions/s1/previous?limit=1',
  },
  {
    name: 'Get Playback Queue',
    call: (client, signal) => client.getPlaybackQueue('s1', signal),
    answer: { data: { entities } },
    method: 'GET',
    path: '/v1/playback/sessions/s1/view',
  },
  {
    name: 'Get Active Sessions',
    call: (client, signal) => client.getActiveSessions(signal),
    answer: { data: { sessions: [] } },
    method: 'GET',
    path: '/v1/playback/sessions/active',
  },
  {
    name: 'Restore Playback Session',
    call: (client, signal) => client.restoreSession('s1', false, signal),
    answer: undefined,
    method: 'POST',
    path: '/v1/playback/sessions/s1/restore',
    body: {},
  },
  {
    name: 'Queue Next Track',
    call: (client, signal) => client.queueNext('s1', { id }, signal),
    answer: undefined,
    method: 'POST',
    path: '/v1/playback/sessions/s1/next',
    body: { playParams: { id } },
  },
  {
    name: 'Queue Last Track',
    call: (client, signal) => client.queueLast('s1', { id, containerIds }, signal),
    answer: undefined,
    method: 'POST',
    path: '/v1/playback/sessions/s1/last',
    body: { playParams: { id, containerIds } },
  },
  {
    name: 'Set Playback Mode to Loop',
    call: (client, signal) => client.setLoop('s1', true, signal),
    answer: undefined,
    method: 'PUT',
    path: '/v1/playback/sessions/s1/loop',
    body: { loopMode: 'LOOP_ON' },
  },
  {
    name: 'Set Playback Mode to Shuffle',
    call: (client, signal) => client.setShuffle('s1', false, signal),
    answer: undefined,
    method: 'PUT',
    path: '/v1/playback/sessions/s1/shuffle',
    body: { shuffleMode: 'SHUFFLE_OFF' },
  },
  {
    name: 'Report Single Event',
    call: (client, signal) => client.report([report], signal),
    answer: undefined,
    method: 'POST',
    path: '/v1/playback/event',
    body: stopBody,
  },
  {
    name: 'Report Multiple Events',
    call: (client, signal) => client.report([report, start], signal),
    answer: undefined,
    method: 'POST',
    path: '/v1/playback/events',
    body: { events: [stopBody, startBody] },
  },
  {
    name: 'Search in everything',
    call: (client, signal) => client.search('a & b', undefined, 3, signal),
    answer: { data: [] },
    method: 'GET',
    path: '/v1/search?query=a%20%26%20b&limit=3',
    audio: false,
  },
  {
    name: 'Search Tracks',
    call: (client, signal) => client.search('a song', 'track', 99, signal),
    answer: { data: { searchTracks: { edges: [] } } },
    method: 'POST',
    path: '/v1/search/tracks',
    body: { searchFilters: [{ query: 'a song' }], limit: 20, sortBy: 'relevance' },
    audio: false,
  },
]

for (const { name, call, answer, method, path, body, audio = true } of requests) {
  test(`${name} goes out as the reference has it`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer({ body: answer })
    await call(client, signal)
    const [request, ...others] = service.received
    assert.deepEqual(others, [])
    assert.equal(request?.method, method)
    assert.equal(request.path, path)
    assert.deepEqual(request.body, body)
    const { headers } = request
    assert.equal(headers.authorization, 'Bearer token-1')
    assert.equal(headers['x-api-key'], 'amzn1.application.test')
    assert.equal(headers['x-amzn-device-id'], 'device-1')
    assert.equal(headers['accept-language'], 'en-us')
    assert.equal(headers['x-amzn-audio-drmtype'], audio ? 'WIDEVINE' : undefined)
    assert.equal(
      headers['x-amzn-audio-device-capability'],
      audio ? 'STD_RES,HI_FI,HI_RES,THREE_DIMENSIONAL' : undefined,
    )
    if (body !== undefined) assert.match(headers['content-type'] ?? '', /^application\/json/)
  })
}

for (const [type, path] of [
  ['album', '/v1/search/albums'],
  ['artist', '/v1/search/artists'],
  ['playlist', '/v1/search/playlists'],
] as const) {
  test(`a search for a ${type} has a route of its own`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer({ body: { data: { found: { edges: [{ node: { id: 'B000000009', name: 'X' } }] } } } })
    const hits = await client.search('x', type, 5, signal)
    assert.equal(service.received[0]?.path, path)
    assert.equal(hits[0]?.playId, `mrn:1.0:catalog:${type}:asin:B000000009`)
  })
}

test('stations are picked out of the common search', async (t) => {
  const { service, client, signal } = await startBench(t)
  const found = [
    { _type: 'Track', id: 'B000000001' },
    { _type: 'Station', id: 'A3QXXOBP9MU5LY', name: 'Pop' },
    { _type: 'Station', id: 'A3QXXOBP9MU5LZ', name: 'Rock' },
  ]
  service.answer({ body: { data: [{ content: { entityGroups: [{ content: { entities: found } }] } }] } })
  const hits = await client.search('pop', 'station', 1, signal)
  assert.deepEqual(
    hits.map(({ playId }) => playId),
    ['mrn:1.0:catalog:station:key:A3QXXOBP9MU5LY'],
  )
})

test('no reports make no request', async (t) => {
  const { service, client, signal } = await startBench(t)
  await client.report([], signal)
  assert.deepEqual(service.received, [])
})

test('a routes file changes method, path, body, words and headers without a code change', async (t) => {
  const routes = readRoutesFile(
    JSON.stringify({
      operations: {
        setLoop: {
          method: 'POST',
          path: '/v2/playback/queues/{sessionId}/loop?strict=1',
          body: { mode: { loop: '$loopMode' }, takeOverType: 'AUTO' },
        },
      },
      words: { loop: { on: 'LOOP_ALL' } },
      audioHeaders: { 'X-Amzn-Audio-DRMType': null, 'X-Amzn-Audio-Device-Capability': 'STD_RES' },
    }),
    defaultRoutes,
  )
  const { service, client, signal } = await startBench(t, routes)
  service.answer({})
  await client.setLoop('s1', true, signal)
  const request = service.received[0]
  assert.equal(request?.method, 'POST')
  assert.equal(request.path, '/v2/playback/queues/s1/loop?strict=1')
  assert.deepEqual(request.body, { mode: { loop: 'LOOP_ALL' }, takeOverType: 'AUTO' })
  assert.equal(request.headers['x-amzn-audio-drmtype'], undefined)
  assert.equal(request.headers['x-amzn-audio-device-capability'], 'STD_RES')
})

for (const [name, answer] of [
  ['an empty list', { body: { data: { entities: [] } } }],
  ['no content', { status: 204 }],
  [
    '404 NO_MORE_NEXT_ENTITY',
    { status: 404, body: { error: { code: 'NO_MORE_NEXT_ENTITY', message: 'End', traceId: '1' } } },
  ],
  [
    '404 NO_MORE_PREVIOUS_ENTITY',
    { status: 404, body: { error: { code: 'NO_MORE_PREVIOUS_ENTITY', message: 'End' } } },
  ],
] as const) {
  test(`the end of the queue, told by ${name}, is an empty list and no error`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer(answer)
    assert.deepEqual(await client.getNextTracks('s1', 1, signal), nothing)
    assert.deepEqual(await client.getPreviousTracks('s1', 1, signal), nothing)
    assert.equal(client.counts.calls.ok, 2)
    assert.equal(client.condition, 'ok')
  })
}

for (const answer of [
  { status: 204 },
  { body: { data: { entities: [] } } },
  { body: { data: { entity: null } } },
]) {
  test(`nothing current, told by ${JSON.stringify(answer)}, is an empty list`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer(answer)
    assert.deepEqual(await client.getCurrentTrack('s1', signal), nothing)
  })
}

const reads: Readonly<Record<string, (client: MusicClient, signal: AbortSignal) => Promise<QueueRead>>> = {
  'Get Current Track': (client, signal) => client.getCurrentTrack('s1', signal),
  'Get Next Tracks': (client, signal) => client.getNextTracks('s1', 5, signal),
  'Get Previous Tracks': (client, signal) => client.getPreviousTracks('s1', 5, signal),
}
for (const [name, read] of Object.entries(reads)) {
  for (const [where, body, restoredAs, references] of [
    ['in its entries', { data: { entities } }, 's 1', ['r1']],
    ['beside them', { data: { sessionId: 's 2', entities } }, 's 2', ['r1']],
    [
      'as V2 calls it',
      { queueId: 's 2', entities: [{ ...entities[0], sessionId: undefined }] },
      's 2',
      ['r1'],
    ],
    ['of an end of the queue', { data: { sessionId: 's 2', entities: [] } }, 's 2', []],
    ['nowhere', { data: { entities: [] } }, 's1', []],
    ['not even in a body', undefined, 's1', []],
  ] as const) {
    test(`${name}, status 206: the session was restored first, its id stands ${where}`, async (t) => {
      const { service, client, signal } = await startBench(t)
      service.answer({ status: 206, body })
      const answer = await read(client, signal)
      assert.equal(answer.restoredAs, restoredAs)
      assert.deepEqual(
        answer.entities.map(({ referenceId }) => referenceId),
        references,
      )
    })
  }

  test(`${name}, status 200: nothing was restored, whatever id is told`, async (t) => {
    const { service, client, signal } = await startBench(t)
    service.answer({ body: { data: { sessionId: 's 2', entities } } })
    const answer = await read(client, signal)
    assert.equal(answer.restoredAs, undefined)
    assert.equal(answer.entities.length, 1)
  })
}

test('a start has no reason of an end, whoever gives it one', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer({})
  await client.report([{ ...start, terminationReason: 'userStop' }], signal)
  const [request] = service.received
  const { event } = request?.body as { readonly event: Record<string, unknown> }
  assert.equal(event['type'], 'start')
  assert.equal(Object.hasOwn(event, 'terminationReason'), false)
})
