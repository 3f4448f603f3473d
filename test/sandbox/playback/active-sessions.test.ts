import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('sessions of the account are listed, newest first, with what they play', async (t) => {
  const s = await linkedStage(t)
  const first = await s.play(s.mrn('album'))
  s.deviceId = 'device-two'
  const second = await s.play(s.mrn('playlist'))
  await s.report(second.at('data', 'entities', 0, 'metricId'), 'start')
  const active = await s.music('GET', '/playback/sessions/active')
  assert.equal(active.at('data', 'sessions', 0, 'sessionId'), second.at('data', 'entities', 0, 'sessionId'))
  assert.equal(active.at('data', 'sessions', 0, 'sessionState', 'playbackState'), 'PLAYING')
  assert.equal(active.at('data', 'sessions', 1, 'sessionId'), first.at('data', 'entities', 0, 'sessionId'))
  assert.equal(active.at('data', 'sessions', 1, 'sessionState', 'playbackState'), 'PAUSED')
})

test("another account's sessions are not, and cannot be called", async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  await s.link({}, 'ben')
  assert.deepEqual((await s.music('GET', '/playback/sessions/active')).at('data', 'sessions'), [])
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  assert.equal((await s.music('GET', `/playback/sessions/${id}/current`)).status, 404)
})
