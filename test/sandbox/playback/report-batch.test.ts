import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('a batch is taken as a whole, in its order', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const metricId = created.at('data', 'entities', 0, 'metricId')
  const events = [s.event('start'), s.event('stop')].map((event) => ({ metricId, event }))
  assert.equal((await s.music('POST', '/playback/events', { events })).status, 200)
  assert.deepEqual(
    s.control.reports().map(({ event }) => event.type),
    ['start', 'stop'],
  )
})

test('one bad report keeps the whole batch out', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const good = { metricId: created.at('data', 'entities', 0, 'metricId'), event: s.event('start') }
  const reply = await s.music('POST', '/playback/events', { events: [good, { ...good, metricId: 'no' }] })
  assert.equal(reply.status, 400)
  assert.deepEqual(s.control.reports(), [])
})

test('what was played while another device streams can be told afterwards', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  s.control.takeOver()
  const metricId = created.at('data', 'entities', 0, 'metricId')
  const events = [s.event('start'), s.event('stop')].map((event) => ({ metricId, event }))
  assert.equal((await s.music('POST', '/playback/events', { events })).status, 200)
  assert.deepEqual(s.control.state().accounts[0]?.streaming, ['another-device'])
})
