import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PlaybackReport } from '../../../src/music/music-api.ts'
import {
  decodeLastSession,
  decodeReports,
  encodeLastSession,
  encodeReports,
  type LastSession,
} from '../../../src/playback/kept.ts'

const throughDisk = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const sessions: readonly LastSession[] = [
  { sessionId: 's1', request: undefined },
  { sessionId: 's1', request: { play: { id: 'mrn:1' }, options: {}, context: 'an album' } },
  {
    sessionId: 's1',
    request: {
      play: { id: 'mrn:1', containerIds: ['mrn:2', 'mrn:3'] },
      options: { shuffle: true, loop: false, startAsStation: true, autoplay: false },
      context: '',
      preset: 'morning',
    },
  },
]

for (const [index, session] of sessions.entries()) {
  test(`the last session comes back from the disk as it was (${String(index)})`, () => {
    assert.deepEqual(decodeLastSession(throughDisk(encodeLastSession(session)), ''), session)
  })
}

test('event reports come back from the disk as they were', () => {
  const start: PlaybackReport = {
    metricId: '{"entityId":"B0"}',
    type: 'start',
    atEpochMs: 1_760_000_000_000,
    initialDelayMs: 420,
    rebufferCount: 0,
    playedMs: 0,
    positionMs: 0,
  }
  const stop: PlaybackReport = { ...start, type: 'stop', playedMs: 93_000, terminationReason: 'userNext' }
  assert.deepEqual(decodeReports(throughDisk(encodeReports([start, stop])), ''), [start, stop])
})

for (const bad of [null, [], {}, { sessionId: '' }, { sessionId: 's1', request: { play: {} } }]) {
  test(`a file that is no session is told apart: ${JSON.stringify(bad)}`, () => {
    assert.throws(() => decodeLastSession(bad, 'session'), { code: 'net/answer' })
  })
}
