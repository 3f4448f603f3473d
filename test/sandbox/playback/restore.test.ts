import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, titles, type Reply } from '../sandbox-harness.ts'

test('a lapsed session is not found until it is restored, at the place where it was', async (t) => {
  const s = await linkedStage(t, { nextPolicy: 'advance' })
  const created = await s.play(s.mrn('album'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}`
  await s.music('GET', `${path}/next`)
  s.control.lapseSessions()
  const gone = await s.music('GET', `${path}/current`)
  assert.equal(gone.status, 404)
  assert.equal(gone.at('error', 'code'), 'RESOURCE_NOT_FOUND')
  const restored = await s.music('POST', `${path}/restore`, {})
  assert.equal(restored.status, 200)
  assert.equal(restored.at('data', 'entities', 0, 'title'), created.at('data', 'entities', 1, 'title'))
  const [before, after] = [created, restored].map((reply, i) =>
    reply.at('data', 'entities', 1 - i, 'entityReferenceId'),
  )
  assert.notEqual(after, before, 'references are dealt anew')
  assert.equal((await s.music('GET', `${path}/current`)).status, 200)
})

test('it lapses by itself when nobody calls it', async (t) => {
  const s = await linkedStage(t, { sessionLifetime: 600 })
  const created = await s.play(s.mrn('album'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}`
  s.clock.advance(599)
  assert.equal((await s.music('GET', `${path}/current`)).status, 200)
  s.clock.advance(600)
  assert.equal((await s.music('GET', `${path}/current`)).status, 404)
  const active = await s.music('GET', '/playback/sessions/active')
  assert.deepEqual(active.at('data', 'sessions'), [])
})

test('restoring can deal a new session id', async (t) => {
  const s = await linkedStage(t, { restoreId: 'new' })
  const created = await s.play(s.mrn('album'))
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  s.control.lapseSessions(id)
  const restored = await s.music('POST', `/playback/sessions/${id}/restore`, {})
  const newId = String(restored.at('data', 'entities', 0, 'sessionId'))
  assert.notEqual(newId, id)
  assert.equal((await s.music('GET', `/playback/sessions/${id}/current`)).status, 404)
  assert.equal((await s.music('GET', `/playback/sessions/${newId}/current`)).status, 200)
})

test('a forgotten session cannot be restored', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('album'))
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  s.control.forgetSessions()
  assert.equal((await s.music('POST', `/playback/sessions/${id}/restore`, {})).status, 404)
})

for (const restoreId of ['same', 'new'] as const) {
  for (const read of ['current', 'next', 'previous', 'view']) {
    test(`a read (${read}) can bring a lapsed session back under the ${restoreId} id, and says so by status 206`, async (t) => {
      const s = await linkedStage(t, { restoreId, lapsedRead: 'restored' })
      const created = await s.play(s.mrn('album'))
      await s.report(created.at('data', 'entities', 1, 'metricId'), 'start')
      const id = String(created.at('data', 'entities', 0, 'sessionId'))
      const before = await s.music('GET', `/playback/sessions/${id}/${read}`)
      assert.equal(before.status, 200)
      s.control.lapseSessions()
      const restored = await s.music('GET', `/playback/sessions/${id}/${read}`)
      assert.equal(restored.status, 206)
      assert.deepEqual(titles(restored), titles(before))
      assert.notEqual(referenceOf(restored), referenceOf(before), 'references are dealt anew')
      const newId = restored.at('data', 'sessionId')
      assert.equal(newId === id, restoreId === 'same')
      assert.equal(restored.at('data', 'entities', 0, 'sessionId'), newId)
      const again = await s.music('GET', `/playback/sessions/${String(newId)}/${read}`)
      assert.equal(again.status, 200)
      assert.equal(referenceOf(again), referenceOf(restored))
      // What was started before it lapsed is stopped under the name it had.
      await s.report(created.at('data', 'entities', 1, 'metricId'), 'stop')
      assert.deepEqual(s.control.violations(), [])
    })
  }
}

test('where reads bring sessions back, a change of the queue does not, nor a read that is refused', async (t) => {
  const s = await linkedStage(t, { lapsedRead: 'restored', endOfQueue: '404' })
  const created = await s.play(s.mrn('album'))
  const path = `/playback/sessions/${String(created.at('data', 'entities', 0, 'sessionId'))}`
  s.control.lapseSessions()
  assert.equal((await s.music('PUT', `${path}/loop`, { loopMode: 'LOOP_ON' })).status, 404)
  assert.equal((await s.music('GET', `${path}/previous`)).at('error', 'code'), 'NO_MORE_PREVIOUS_ENTITY')
  assert.deepEqual((await s.music('GET', '/playback/sessions/active')).at('data', 'sessions'), [])
  s.control.forgetSessions()
  assert.equal((await s.music('GET', `${path}/current`)).status, 404)
})

const referenceOf = (reply: Reply): unknown => reply.at('data', 'entities', 0, 'entityReferenceId')
