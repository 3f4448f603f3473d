import assert from 'node:assert/strict'
import test from 'node:test'
import { seededRandom } from '../../../src/sandbox/draw.ts'
import { linkedStage, titles, type Stage } from '../sandbox-harness.ts'

const next = (s: Stage, id: string) => s.music('GET', `/playback/sessions/${id}/next?limit=10`)
const shuffle = (s: Stage, id: string, shuffleMode: string) =>
  s.music('PUT', `/playback/sessions/${id}/shuffle`, { shuffleMode })

test('shuffle on mixes the rest of the album; off goes on in order', async (t) => {
  const s = await linkedStage(t, { random: seededRandom(7) })
  const created = await s.play(s.mrn('album', 'Short Studies'), {}, { limit: 8 })
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  const rest = titles(created).slice(1)
  assert.equal((await shuffle(s, id, 'SHUFFLE_ON')).status, 200)
  const mixed = titles(await next(s, id))
  assert.notDeepEqual(mixed, rest)
  assert.deepEqual([...mixed].sort(), [...rest].sort())
  await shuffle(s, id, 'SHUFFLE_OFF')
  assert.deepEqual(titles(await next(s, id)), rest)
})

test('a track asked for by name comes first in a shuffled session', async (t) => {
  const s = await linkedStage(t, { random: seededRandom(3) })
  const album = s.item('album')
  const last = s.control.catalog().find(({ id }) => id === album.holds.at(-1))
  const body = {
    playParams: { id: last?.mrn, containerIds: [album.mrn] },
    playbackOptions: { shuffleMode: 'SHUFFLE_ON' },
  }
  const reply = await s.music('POST', '/playback/sessions', body)
  assert.equal(reply.at('data', 'entities', 0, 'id'), last?.id)
})

test('a station can neither be shuffled nor looped', async (t) => {
  const s = await linkedStage(t)
  const created = await s.play(s.mrn('station'))
  const id = String(created.at('data', 'entities', 0, 'sessionId'))
  const refused = await shuffle(s, id, 'SHUFFLE_ON')
  assert.equal(refused.status, 403)
  assert.equal(refused.at('error', 'payload', 'internalCode'), 'FEATURE_NOT_AVAILABLE')
  assert.equal(created.at('data', 'entities', 0, 'actions', 'loopAll', 'isAllowed'), false)
})
