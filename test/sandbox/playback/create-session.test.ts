import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, titles } from '../sandbox-harness.ts'

test('an album plays in its order, as many entities as asked for', async (t) => {
  const s = await linkedStage(t)
  const album = s.item('album')
  const reply = await s.play(album.mrn, {}, { limit: 3 })
  assert.equal(reply.status, 200)
  const ids = [0, 1, 2].map((i) => reply.at('data', 'entities', i, 'id'))
  assert.deepEqual(ids, album.holds.slice(0, 3))
  assert.equal(titles(reply).length, 3)
  assert.equal(reply.at('data', 'entities', 0, '_type'), 'TrackPlayable')
  assert.match(String(reply.at('data', 'entities', 0, 'metricId')), /entityId.*playQueueId/)
})

test('a track with its album as container starts there and goes on with what follows', async (t) => {
  const s = await linkedStage(t)
  const album = s.item('album')
  const third = s.control.catalog().find(({ id }) => id === album.holds[2])
  const body = { playParams: { id: third?.mrn, containerIds: [album.mrn] }, limit: 2 }
  const reply = await s.music('POST', '/playback/sessions', body)
  const ids = [0, 1].map((i) => reply.at('data', 'entities', i, 'id'))
  assert.deepEqual(ids, album.holds.slice(2, 4))
})

test('the answer can have the other documented shape', async (t) => {
  const s = await linkedStage(t, { createShape: 'playback' })
  const reply = await s.play(s.mrn('album'))
  assert.equal(typeof reply.at('data', 'playback', 'entities', 0, 'sessionId'), 'string')
})

test('every kind of thing that can be asked for plays', async (t) => {
  const s = await linkedStage(t)
  for (const kind of ['track', 'album', 'artist', 'playlist', 'station', 'podcastShow', 'podcastEpisode']) {
    const reply = await s.play(s.mrn(kind))
    assert.equal(reply.status, 200, kind)
    assert.equal(typeof reply.at('data', 'entities', 0, 'title'), 'string')
  }
})

const bad: [string, unknown, number][] = [
  ['no playParams', {}, 400],
  ['neither id nor containerIds', { playParams: {} }, 400],
  ['a bare ASIN', { playParams: { id: 'B000000001' } }, 400],
  ['an MRN of nothing', { playParams: { id: 'mrn:1.0:catalog:track:asin:B000000000' } }, 404],
  ['limit 0', { playParams: { id: 'mrn:1.0:catalog:track:asin:B0' }, limit: 0 }, 404],
]

for (const [what, body, status] of bad) {
  test(`${what} is refused`, async (t) => {
    const s = await linkedStage(t)
    assert.equal((await s.music('POST', '/playback/sessions', body)).status, status)
  })
}

test('a limit outside 1 to 10 and an unknown mode are BAD_REQUEST', async (t) => {
  const s = await linkedStage(t)
  for (const limit of [0, 11, 2.5]) assert.equal((await s.play(s.mrn('album'), {}, { limit })).status, 400)
  assert.equal((await s.play(s.mrn('album'), { shuffleMode: 'ON' })).status, 400)
  assert.equal((await s.play(s.mrn('album'), { startAsStation: 'yes' })).status, 400)
})

test("another account's playlist cannot be played", async (t) => {
  const s = await linkedStage(t)
  const bens = s.control
    .catalog()
    .filter(({ kind, mrn }) => kind === 'playlist' && mrn.includes(':library:'))
    .at(-1)
  assert.equal((await s.play(String(bens?.mrn))).status, 404)
})
