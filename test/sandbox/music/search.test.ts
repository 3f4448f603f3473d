import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('GET search answers one view whose first group is Top hits, with playParams that play', async (t) => {
  const s = await linkedStage(t)
  const reply = await s.music('GET', '/search?query=etoile&limit=2')
  assert.equal(reply.at('data', 0, '_type'), 'View')
  const group = (...path: (string | number)[]) => reply.at('data', 0, 'content', 'entityGroups', ...path)
  assert.equal(group(0, 'title'), 'Top hits')
  assert.equal(group(0, 'content', 'entities', 0, 'name'), 'Étoile Paresseuse')
  const mrn = String(group(0, 'content', 'entities', 0, 'playParams', 'id'))
  assert.equal((await s.play(mrn)).status, 200)
})

test('an empty query is BAD_REQUEST; words that fit nothing give empty Top hits', async (t) => {
  const s = await linkedStage(t)
  assert.equal((await s.music('GET', '/search')).status, 400)
  const none = await s.music('GET', '/search?query=zzzz')
  assert.deepEqual(none.at('data', 0, 'content', 'entityGroups', 0, 'content', 'entities'), [])
})

test('POST search narrows by all filters and pages with the token', async (t) => {
  const s = await linkedStage(t)
  const searchFilters = [{ field: 'artistName', query: 'paper lanterns' }]
  const first = await s.music('POST', '/search/tracks', { searchFilters, limit: 5 })
  assert.equal(first.at('data', 'searchTracks', 'edgeCount'), 5)
  assert.equal(first.at('data', 'searchTracks', 'pageInfo', 'hasNextPage'), true)
  const token = first.at('data', 'searchTracks', 'pageInfo', 'token')
  const second = await s.music('POST', '/search/tracks', { searchFilters, limit: 5, token })
  const id = (reply: typeof first) => reply.at('data', 'searchTracks', 'edges', 0, 'node', 'id')
  assert.notEqual(id(second), id(first))
  const isrc = first.at('data', 'searchTracks', 'edges', 0, 'node', 'isrc')
  const one = await s.music('POST', '/search/tracks', {
    searchFilters: [...searchFilters, { field: 'isrc', query: isrc }],
  })
  assert.equal(one.at('data', 'searchTracks', 'edgeCount'), 1)
  assert.equal(id(one), id(first))
})

test('albums, artists and playlists are searched alike', async (t) => {
  const s = await linkedStage(t)
  for (const [path, key, query] of [
    ['albums', 'searchAlbums', 'short'],
    ['artists', 'searchArtists', 'mira'],
    ['playlists', 'searchPlaylists', 'sunday'],
  ] as const) {
    const reply = await s.music('POST', `/search/${path}`, { searchFilters: [{ query }] })
    assert.equal(reply.at('data', key, 'edgeCount'), 1, path)
  }
})

test('a limit above 20, an unknown field and missing filters are BAD_REQUEST', async (t) => {
  const s = await linkedStage(t)
  const searchFilters = [{ query: 'a' }]
  for (const body of [
    { searchFilters, limit: 21 },
    { searchFilters: [{ field: 'mood', query: 'a' }] },
    { searchFilters: [] },
    { searchFilters, token: 'made up' },
  ]) {
    assert.equal((await s.music('POST', '/search/tracks', body)).status, 400)
  }
})
