import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { defaultRoutes } from '../../../../src/amazon-music/routes/default-routes.ts'
import { readRoutesFile } from '../../../../src/amazon-music/routes/routes-file.ts'

const read = (file: unknown): ReturnType<typeof readRoutesFile> =>
  readRoutesFile(JSON.stringify(file), defaultRoutes)

function problems(text: string): string {
  try {
    readRoutesFile(text, defaultRoutes)
  } catch (error) {
    assert.ok(error instanceof AppError, 'error instanceof AppError')
    assert.equal(error.code, 'settings/invalid')
    assert.match(error.message, /^A2M_MUSIC_ROUTES_FILE: /)
    return error.message
  }
  return assert.fail('was taken')
}

test('an empty file changes nothing', () => {
  assert.deepEqual(read({}), defaultRoutes)
})

test('any key of any row can be replaced, and the rest stays', () => {
  const routes = read({
    operations: {
      getPlaybackQueue: { path: '/v1/playback/sessions/{sessionId}/queue', evidence: 'documented' },
      setLoop: { method: 'POST', body: { mode: '$loopMode', fixed: [1, null] } },
      createSession: { body: { playParams: { id: '$id' }, takeOverType: 'AUTO' } },
    },
  })
  const { getPlaybackQueue, setLoop, createSession, setShuffle } = routes.operations
  assert.equal(getPlaybackQueue.path, '/v1/playback/sessions/{sessionId}/queue')
  assert.equal(getPlaybackQueue.evidence, 'documented')
  assert.equal(getPlaybackQueue.method, 'GET')
  assert.equal(setLoop.method, 'POST')
  assert.deepEqual(setLoop.body, { mode: '$loopMode', fixed: [1, null] })
  assert.deepEqual(createSession.body, { playParams: { id: '$id' }, takeOverType: 'AUTO' })
  assert.deepEqual(setShuffle, defaultRoutes.operations.setShuffle)
})

test('a body can be taken away', () => {
  assert.equal(read({ operations: { restoreSession: { body: null } } }).operations.restoreSession.body, null)
})

test('words, MRN forms and limits can be replaced one by one', () => {
  const routes = read({
    words: { loop: { on: 'LOOP_ALL' }, terminationReason: { userStop: 'userPause' } },
    mrn: { station: 'mrn:1.0:radio:{id}' },
    limits: { window: 10 },
  })
  assert.deepEqual(routes.words.loop, { on: 'LOOP_ALL', off: 'LOOP_OFF' })
  assert.equal(routes.words.terminationReason.userStop, 'userPause')
  assert.equal(routes.words.terminationReason.userNext, 'userNext')
  assert.equal(routes.mrn.station, 'mrn:1.0:radio:{id}')
  assert.deepEqual(routes.limits, { window: 10, search: 20 })
})

test('audio headers can be changed, added and taken away, whatever their case', () => {
  const { audioHeaders } = read({
    audioHeaders: {
      'x-amzn-audio-drmtype': null,
      'X-Amzn-Audio-Device-Capability': 'STD_RES',
      'X-New': 'yes',
    },
  })
  assert.deepEqual(audioHeaders, { 'X-Amzn-Audio-Device-Capability': 'STD_RES', 'X-New': 'yes' })
})

test('every problem is named at once', () => {
  const message = problems(
    JSON.stringify({
      operations: {
        getCurrentTrak: {},
        getNextTracks: { method: 'FETCH', path: 'v1/next', hue: 1 },
        setLoop: { body: { loopMode: '$loopmode' } },
      },
      words: { loop: { on: 5 }, dance: {} },
      limits: { window: 0 },
      audioHeaders: { 'X-A': 5 },
      mrn: { track: 'mrn:1.0' },
      extra: true,
    }),
  )
  for (const part of [
    'operations.getCurrentTrak: unknown; there are createSession',
    'operations.getNextTracks.method: expected GET',
    'operations.getNextTracks.path: expected a path',
    'operations.getNextTracks.hue: unknown; there are method',
    'operations.setLoop: loopMode is required, but neither path nor body carries it',
    'words.loop.on: expected a text',
    'words.dance: unknown; there are shuffle',
    'limits.window: expected a whole number',
    'audioHeaders.X-A: expected',
    'mrn.track: it needs {id}',
    'extra: unknown; there are operations',
  ]) {
    assert.ok(message.includes(part), `${part} not in: ${message}`)
  }
})

for (const [name, text, words] of [
  ['no JSON', '{', /not JSON/],
  ['an empty file', '', /not JSON/],
  ['a list', '[]', /the file: expected an object/],
  ['operations that are a list', '{"operations":[]}', /operations: expected an object/],
  ['a row that is a text', '{"operations":{"search":"/v1"}}', /operations\.search: expected an object/],
  [
    'a placeholder in a path that nothing fills',
    '{"operations":{"setLoop":{"path":"/v1/{sesionId}/loop"}}}',
    /nothing gives \{sesionId\}/,
  ],
  ['a body for a GET', '{"operations":{"getCurrentTrack":{"body":{}}}}', /a GET has none/],
  [
    'a path to another host',
    '{"operations":{"getCurrentTrack":{"path":"//evil.example/{sessionId}"}}}',
    /expected a path/,
  ],
  ['a header with a line break', '{"audioHeaders":{"X-A":"a\\r\\nb"}}', /audioHeaders\.X-A/],
  [
    'required that is no list',
    '{"operations":{"setLoop":{"required":"loopMode"}}}',
    /expected a list of texts/,
  ],
] as const) {
  test(`${name}: refused in words`, () => assert.match(problems(text), words))
}
