import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from './stage.ts'

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
