import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('a second device is refused until the first stops', async (t) => {
  const s = await linkedStage(t)
  const first = await s.play(s.mrn('album'))
  const metricId = first.at('data', 'entities', 0, 'metricId')
  await s.report(metricId, 'start')
  s.deviceId = 'device-two'
  const refused = await s.play(s.mrn('album'))
  assert.equal(refused.status, 422)
  assert.equal(refused.at('error', 'code'), 'MAX_CONCURRENCY_REACHED')
  s.deviceId = 'device-one'
  await s.report(metricId, 'stop', 'userStop')
  s.deviceId = 'device-two'
  assert.equal((await s.play(s.mrn('album'))).status, 200)
})

test('takeOverType AUTO takes the stream over, and the device that lost it learns so on its next call', async (t) => {
  const s = await linkedStage(t)
  const first = await s.play(s.mrn('album'))
  const id = String(first.at('data', 'entities', 0, 'sessionId'))
  await s.report(first.at('data', 'entities', 0, 'metricId'), 'start')
  s.deviceId = 'device-two'
  assert.equal((await s.play(s.mrn('album'), {}, { takeOverType: 'AUTO' })).status, 200)
  s.deviceId = 'device-one'
  const lost = await s.music('GET', `/playback/sessions/${id}/next`)
  assert.equal(lost.at('error', 'code'), 'MAX_CONCURRENCY_REACHED')
  const stopped = await s.report(first.at('data', 'entities', 0, 'metricId'), 'stop', 'systemStop')
  assert.equal(stopped.status, 200, 'the stop can still be reported')
  assert.equal((await s.report(first.at('data', 'entities', 0, 'metricId'), 'start')).status, 422)
  const body = { takeOverType: 'AUTO' }
  assert.equal((await s.music('POST', `/playback/sessions/${id}/restore`, body)).status, 200)
})

test('another device can be sent in through the control API, and away again', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const metricId = created.at('data', 'entities', 0, 'metricId')
  await s.report(metricId, 'start')
  s.control.takeOver()
  assert.deepEqual(s.control.state().accounts[0]?.streaming, ['another-device'])
  assert.equal((await s.report(metricId, 'start')).status, 422)
  s.control.releaseStream()
  assert.equal((await s.report(metricId, 'start')).status, 200)
})
