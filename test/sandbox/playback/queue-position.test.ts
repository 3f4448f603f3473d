import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, titles, type Stage } from '../sandbox-harness.ts'

const get = (s: Stage, id: unknown, what: string) =>
  s.music('GET', `/playback/sessions/${String(id)}/${what}`)

test('peek: Get Next only shows; the start report moves the position', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const id = created.at('data', 'entities', 0, 'sessionId')
  const [first, second] = titles(created)
  const next = await get(s, id, 'next')
  assert.deepEqual(titles(next), [second])
  assert.deepEqual(titles(await get(s, id, 'next')), [second])
  assert.deepEqual(titles(await get(s, id, 'current')), [first])
  await s.report(next.at('data', 'entities', 0, 'metricId'), 'start')
  assert.deepEqual(titles(await get(s, id, 'current')), [second])
  assert.deepEqual(titles(await get(s, id, 'previous')), [first])
})

test('advance: Get Next and Get Previous move it themselves', async (t) => {
  const s = await linkedStage(t, { nextPolicy: 'advance' })
  const created = await s.play(s.mrn('album'))
  const id = created.at('data', 'entities', 0, 'sessionId')
  const [first, second, third] = titles(created)
  assert.deepEqual(titles(await get(s, id, 'next?limit=2')), [second, third])
  assert.deepEqual(titles(await get(s, id, 'next')), [third])
  assert.deepEqual(titles(await get(s, id, 'previous')), [second])
  assert.deepEqual(titles(await get(s, id, 'previous')), [first])
  assert.deepEqual(titles(await get(s, id, 'previous')), [])
})

test('the queue view tells what is current', async (t) => {
  const s = await linkedStage(t, { nextPolicy: 'advance' })
  const created = await s.play(s.mrn('album'))
  const id = created.at('data', 'entities', 0, 'sessionId')
  await get(s, id, 'next')
  const view = await get(s, id, 'view?limit=3')
  assert.equal(
    view.at('data', 'currentEntityReferenceId'),
    created.at('data', 'entities', 1, 'entityReferenceId'),
  )
  assert.equal(titles(view).length, 3)
  assert.equal(view.at('data', 'entities', 0, 'playbackInformation'), undefined)
})
