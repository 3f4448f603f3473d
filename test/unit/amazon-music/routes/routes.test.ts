import assert from 'node:assert/strict'
import { test } from 'node:test'

import { compileBody } from '../../../../src/amazon-music/routes/body-template.ts'
import { defaultRoutes } from '../../../../src/amazon-music/routes/default-routes.ts'
import { playbackOperations } from '../../../../src/amazon-music/api.ts'
import { namesIn } from '../../../../src/amazon-music/routes/path-template.ts'
import type { Operation } from '../../../../src/amazon-music/routes/routes.ts'

// Section 4.1 of the reference, row by row.
const rows: readonly (readonly [operation: Operation, method: string, path: string, evidence: string])[] = [
  ['createSession', 'POST', '/v1/playback/sessions', 'documented'],
  ['getCurrentTrack', 'GET', '/v1/playback/sessions/{sessionId}/current', 'reported'],
  ['getNextTracks', 'GET', '/v1/playback/sessions/{sessionId}/next?limit={limit}', 'reported'],
  ['getPreviousTracks', 'GET', '/v1/playback/sessions/{sessionId}/previous?limit={limit}', 'reported'],
  ['getPlaybackQueue', 'GET', '/v1/playback/sessions/{sessionId}/view', 'inferred'],
  ['getActiveSessions', 'GET', '/v1/playback/sessions/active', 'reported'],
  ['restoreSession', 'POST', '/v1/playback/sessions/{sessionId}/restore', 'inferred'],
  ['queueNext', 'POST', '/v1/playback/sessions/{sessionId}/next', 'inferred'],
  ['queueLast', 'POST', '/v1/playback/sessions/{sessionId}/last', 'inferred'],
  ['setLoop', 'PUT', '/v1/playback/sessions/{sessionId}/loop', 'inferred'],
  ['setShuffle', 'PUT', '/v1/playback/sessions/{sessionId}/shuffle', 'inferred'],
  ['reportEvent', 'POST', '/v1/playback/event', 'reported'],
  ['reportEvents', 'POST', '/v1/playback/events', 'inferred'],
]

test('there are exactly the 13 operations, in the order of the page', () => {
  assert.deepEqual(
    rows.map(([operation]) => operation),
    playbackOperations,
  )
})

for (const [operation, method, path, evidence] of rows) {
  test(`${operation} stands in the table as in the reference`, () => {
    const row = defaultRoutes.operations[operation]
    assert.equal(row.method, method)
    assert.equal(row.path, path)
    assert.equal(row.evidence, evidence)
    assert.equal(row.scope, 'music::playback')
    assert.equal(row.audioHeaders, true)
  })
}

for (const [operation, row] of Object.entries(defaultRoutes.operations)) {
  test(`${operation}: what it requires it also carries, and a GET has no body`, () => {
    const carried = [...namesIn(row.path), ...(row.body === null ? [] : compileBody(row.body).names)]
    for (const name of row.required) assert.ok(carried.includes(name), name)
    assert.equal(row.method === 'GET', row.body === null)
  })
}
