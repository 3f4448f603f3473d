import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { decodeEntities, payloadOf } from '../../../../src/amazon-music/decode/answer.ts'
import {
  decodeActiveSessions,
  decodeQueue,
  decodeSessionWindow,
} from '../../../../src/amazon-music/decode/session.ts'

const entity = (referenceId: string, more: object = {}): object => ({
  entityReferenceId: referenceId,
  actions: {},
  ...more,
})
const [a, b, c] = [entity('a', { sessionId: 's1' }), entity('b'), entity('c')]
const references = (entities: readonly { referenceId: string }[]): string =>
  entities.map(({ referenceId }) => referenceId).join(' ')

for (const [name, body] of [
  ['data.entities, as the oldest sample', { data: { entities: [a, b] } }],
  ['data.playback with entities, as the table', { data: { playback: { entities: [a, b] } } }],
  [
    'data.playback with its own session id',
    { data: { playback: { sessionId: 's1', entities: [entity('a'), b] } } },
  ],
  ['playback without data', { playback: { sessionId: 's1', entities: [entity('a'), b] } }],
  ['entities without data, as V2', { entities: [a, b] }],
  [
    'a current entity and those that follow',
    { data: { playback: { sessionId: 's1', currentEntity: a, nextEntities: [b] } } },
  ],
  [
    'a session object beside the entities',
    { data: { session: { sessionId: 's1' }, entities: [entity('a'), b] } },
  ],
  ['V2’s queue id', { queueId: 's1', items: [entity('a'), b] }],
] as const) {
  test(`a session window is read from ${name}`, () => {
    const window = decodeSessionWindow(body, 'createSession')
    assert.equal(window.sessionId, 's1')
    assert.equal(references(window.entities), 'a b')
  })
}

for (const [name, body, path] of [
  ['an answer without a session id', { data: { entities: [b] } }, 'createSession.data.sessionId'],
  ['an answer without entities', { data: { sessionId: 's1' } }, 'createSession.data.entities'],
  [
    'an entity without a reference',
    { data: { playback: { entities: [{}] } } },
    'createSession.data.playback.entities[0].entityReferenceId',
  ],
  ['a list instead of an answer', 7, 'createSession'],
] as const) {
  test(`${name} is reported with its path`, () => {
    assert.throws(
      () => decodeSessionWindow(body, 'createSession'),
      (error) => error instanceof AppError && error.code === 'net/answer' && error.facts['path'] === path,
    )
  })
}

for (const [name, body] of [
  ['no body', undefined],
  ['an empty object', {}],
  ['empty data', { data: {} }],
] as const) {
  test(`a restored session may be answered with ${name}`, () => {
    assert.deepEqual(decodeSessionWindow(body, 'restoreSession', 's1'), { sessionId: 's1', entities: [] })
  })
}

test('a restored session may come back under another id', () => {
  const window = decodeSessionWindow({ data: { entities: [entity('a', { sessionId: 's2' })] } }, 'r', 's1')
  assert.equal(window.sessionId, 's2')
})

for (const [name, body, current, next, previous] of [
  ['three lists', { data: { currentEntity: b, nextEntities: [c], previousEntities: [a] } }, 'b', 'c', 'a'],
  ['short names', { data: { current: b, next: [c], previous: [a] } }, 'b', 'c', 'a'],
  ['one list with a mark', { data: { entities: [a, b, c], currentEntityReferenceId: 'b' } }, 'b', 'c', 'a'],
  ['one list without a mark', { data: { entities: [a, b, c] } }, 'a', 'b c', ''],
  ['one list with a mark that fits none', { entities: [a, b], currentEntityReferenceId: 'z' }, 'a', 'b', ''],
  ['an empty list', { data: { entities: [] } }, undefined, '', ''],
] as const) {
  test(`a queue is read from ${name}`, () => {
    const queue = decodeQueue(body, 'q')
    assert.equal(queue.current?.referenceId, current)
    assert.equal(references(queue.next), next)
    assert.equal(references(queue.previous), previous)
  })
}

for (const [name, body] of [
  ['data.sessions with sessionId', { data: { sessions: [{ sessionId: 's1', currentEntity: a }] } }],
  ['sessions with id', { sessions: [{ id: 's1', current: a }] }],
  [
    'V2’s data.queues',
    { data: { queues: [{ id: 's1', currentEntity: { _type: 'Track', id: 'a', title: 'A Song' } }] } },
  ],
  ['a list', { data: [{ sessionId: 's1', currentEntity: a }] }],
  ['queue entities', { data: { entities: [a] } }],
] as const) {
  test(`active sessions are read from ${name}`, () => {
    const sessions = decodeActiveSessions(body, 'active')
    assert.deepEqual(
      sessions.map(({ sessionId, current }) => [sessionId, current?.referenceId]),
      [['s1', 'a']],
    )
  })
}

test('an active session may say nothing of what it plays', () => {
  assert.deepEqual(decodeActiveSessions({ data: { sessions: [{ sessionId: 's1' }] } }, 'active'), [
    { sessionId: 's1', current: undefined },
  ])
})

test('an active session without an id is reported with its path', () => {
  assert.throws(
    () => decodeActiveSessions({ data: { sessions: [{}] } }, 'active'),
    /active\.data\.sessions\[0\]\.sessionId/,
  )
})

for (const [name, body, expected] of [
  ['one entity alone', { data: a }, 'a'],
  ['one entity under its name', { data: { entity: a } }, 'a'],
  ['no entity under its name', { data: { entity: null } }, ''],
  ['the next ones under their name', { data: { nextEntities: [a, b] } }, 'a b'],
  ['tracks', { data: { tracks: [a, b] } }, 'a b'],
  ['a bare list', [a, b], 'a b'],
  ['an empty list', { data: { entities: [] } }, ''],
] as const) {
  test(`entities are read from ${name}`, () => {
    assert.equal(references(decodeEntities(payloadOf(body, 'x'))), expected)
  })
}
