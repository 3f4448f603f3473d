import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('reports are kept in the order they came, per session', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const [one, two] = [0, 1].map((i) => created.at('data', 'entities', i, 'metricId'))
  await s.report(one, 'start')
  await s.report(one, 'stop', 'userNext')
  await s.report(two, 'start')
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  const kept = s.control.reports(id).map(({ title, event }) => [title, event.type, event.terminationReason])
  const [first, second] = [0, 1].map((i) => created.at('data', 'entities', i, 'title'))
  assert.deepEqual(kept, [
    [first, 'start', null],
    [first, 'stop', 'userNext'],
    [second, 'start', null],
  ])
  assert.deepEqual(s.control.violations(), [])
})

test('what is out of order is accepted and noted', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const [one, two] = [0, 1].map((i) => created.at('data', 'entities', i, 'metricId'))
  await s.report(one, 'stop')
  await s.report(one, 'start')
  await s.report(one, 'start')
  assert.equal((await s.report(two, 'start')).status, 200)
  const what = s.control.violations().map((violation) => violation.what)
  assert.deepEqual(what, [
    'stop without start',
    'start while started',
    'start before the stop of what played',
  ])
})

test('what cannot be played is stopped without a start, once, and the queue goes on from there', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const metricId = (i: number) => created.at('data', 'entities', i, 'metricId')
  const session = String(created.at('data', 'entities', 0, 'sessionId'))
  const refuse = { ...s.event('stop', 'error'), durationSeconds: 0, entityProgressSeconds: 0 }
  const send = (i: number, event: unknown) =>
    s.music('POST', '/playback/event', { metricId: metricId(i), event })
  await s.report(metricId(0), 'start')
  await s.report(metricId(0), 'stop', 'userNext')
  assert.equal((await send(1, refuse)).status, 200)
  assert.deepEqual(s.control.violations(), [])
  assert.equal(s.control.reports().at(-1)?.event.terminationReason, 'error')
  const next = await s.music('GET', `/playback/sessions/${session}/next?limit=1`)
  assert.equal(next.at('data', 'entities', 0, 'title'), created.at('data', 'entities', 2, 'title'))
  await send(1, refuse)
  await send(2, { ...refuse, durationSeconds: 1 })
  await send(3, { ...refuse, terminationReason: 'userStop' })
  const what = s.control.violations().map((violation) => violation.what)
  assert.deepEqual(what, ['stop without start', 'stop without start', 'stop without start'])
})

test('a start is unfinished until its stop comes, under whichever metric id', async (t) => {
  const s = await linkedStage(t, { restoreId: 'new' })
  const created = await s.play(s.mrn('album'))
  const [one, two] = [0, 1].map((i) => created.at('data', 'entities', i, 'metricId'))
  const title = created.at('data', 'entities', 0, 'title')
  const unfinished = () => s.control.unfinished().map((report) => [report.event.type, report.title])
  await s.report(one, 'start')
  assert.deepEqual(unfinished(), [['start', title]])
  await s.report(two, 'start')
  await s.report(two, 'stop')
  assert.deepEqual(unfinished(), [['start', title]], 'forgotten when the next was started')
  s.control.lapseSessions()
  await s.music(
    'POST',
    `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}/restore`,
    {},
  )
  await s.music('POST', '/playback/event', {
    metricId: one,
    event: { ...s.event('stop', 'error'), durationSeconds: 0 },
  })
  assert.deepEqual(unfinished(), [])
})

test('a start of what shuffling took out of the queue is noted', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album', 'Short Studies'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}/shuffle`
  await s.music('PUT', path, { shuffleMode: 'SHUFFLE_ON' })
  await s.report(created.at('data', 'entities', 1, 'metricId'), 'start')
  assert.match(s.control.violations()[0]?.what ?? '', /no longer in the queue/)
})

test('a malformed report is BAD_REQUEST and names the field', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const metricId = created.at('data', 'entities', 0, 'metricId')
  const stop = s.event('stop')
  const bad: [unknown, RegExp][] = [
    [{ event: stop }, /metricId/],
    [{ metricId: 'made up', event: stop }, /handed out/],
    [{ metricId }, /event/],
    [{ metricId, event: { ...stop, type: 'pause' } }, /type/],
    [{ metricId, event: { ...stop, durationSeconds: undefined } }, /durationSeconds/],
    [{ metricId, event: { ...stop, entityProgressSeconds: 1.5 } }, /entityProgressSeconds/],
    [{ metricId, event: { ...stop, terminationReason: 'bored' } }, /terminationReason/],
    [{ metricId, event: { ...stop, deviceTimezone: 'Europe/Berlin' } }, /deviceTimezone/],
  ]
  for (const [body, message] of bad) {
    const reply = await s.music('POST', '/playback/event', body)
    assert.equal(reply.at('error', 'code'), 'BAD_REQUEST')
    assert.match(String(reply.at('error', 'message')), message)
  }
  assert.deepEqual(s.control.reports(), [])
})

test('a start while another session of the device still plays is noted; its late stop does not end the stream', async (t) => {
  const s = await linkedStage(t)
  const [one, two] = [await s.play(s.mrn('album')), await s.play(s.mrn('playlist'))]
  const id = (reply: typeof one) => reply.at('data', 'entities', 0, 'metricId')
  await s.report(id(one), 'start')
  await s.report(id(two), 'start')
  await s.report(id(one), 'stop', 'userStop')
  assert.match(s.control.violations()[0]?.what ?? '', /another session/)
  assert.deepEqual(s.control.state().accounts[0]?.streaming, ['device-one'])
})
