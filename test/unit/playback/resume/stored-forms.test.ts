import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PlaybackReport } from '../../../../src/amazon-music/api.ts'
import {
  decodeLastMoment,
  decodeLastSession,
  decodeReports,
  encodeLastSession,
  encodeReports,
  type LastSession,
} from '../../../../src/playback/resume/stored-forms.ts'

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

const report = {
  metricId: 'm',
  type: 'stop',
  atEpochMs: 1_760_000_000_000,
  initialDelayMs: 0,
  rebufferCount: 0,
  playedMs: 0,
  positionMs: 0,
}
for (const change of [
  { atEpochMs: 1e300 },
  { atEpochMs: -1 },
  { playedMs: -1 },
  { positionMs: 1e300 },
  { initialDelayMs: 1e300 },
  { rebufferCount: -3 },
]) {
  test(`a stored report with ${JSON.stringify(change)} is not taken for one`, () => {
    assert.equal(decodeReports({ reports: [report] }, '').length, 1)
    assert.throws(() => decodeReports({ reports: [{ ...report, ...change }] }, ''), { code: 'net/answer' })
  })
}

test('a stored position that cannot be is not gone on from', () => {
  const playing = { intent: 'playing', entityId: 'e', referenceId: 'r', positionMs: 5_000 }
  const moment = { volume: 40, muted: false, playing, unreported: null }
  assert.equal(decodeLastMoment(moment, '').playing?.positionMs, 5_000)
  const beyond = { ...moment, playing: { ...playing, positionMs: 1e300 } }
  assert.throws(() => decodeLastMoment(beyond, ''), { code: 'net/answer' })
})
