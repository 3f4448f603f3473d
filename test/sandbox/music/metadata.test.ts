import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('each kind answers under its own name', async (t) => {
  const s = await linkedStage(t)
  for (const [kind, path, name] of [
    ['track', 'tracks', 'title'],
    ['album', 'albums', 'title'],
    ['artist', 'artists', 'name'],
    ['playlist', 'playlists', 'title'],
    ['station', 'stations', 'name'],
    ['podcastShow', 'podcasts/shows', 'title'],
  ] as const) {
    const item = s.item(kind)
    const reply = await s.music('GET', `/${path}/${item.id}`)
    assert.equal(reply.at('data', kind, 'id'), item.id, kind)
    assert.equal(reply.at('data', kind, name), item.title, kind)
  }
})

test('an id of another kind is RESOURCE_NOT_FOUND', async (t) => {
  const s = await linkedStage(t)
  const reply = await s.music('GET', `/tracks/${s.item('album').id}`)
  assert.equal(reply.status, 404)
  assert.equal(reply.at('error', 'code'), 'RESOURCE_NOT_FOUND')
})

test('me tells the tier, or not; my playlists and their tracks are paged', async (t) => {
  const s = await linkedStage(t, { tier: 'PRIME' })
  assert.equal((await s.music('GET', '/me')).at('data', 'user', 'tier'), 'PRIME')
  s.control.change({ meTellsTier: false })
  assert.equal((await s.music('GET', '/me')).at('data', 'user', 'tier'), undefined)
  const mine = await s.music('GET', '/me/playlists?limit=1')
  assert.equal(mine.at('data', 'user', 'playlists', 'pageInfo', 'hasNextPage'), true)
  const id = String(mine.at('data', 'user', 'playlists', 'edges', 0, 'node', 'id'))
  const page = await s.music('GET', `/playlists/${id}/tracks?limit=5`)
  const cursor = String(page.at('data', 'playlist', 'tracks', 'pageInfo', 'token'))
  const rest = await s.music('GET', `/playlists/${id}/tracks?cursor=${cursor}`)
  assert.equal(rest.at('data', 'playlist', 'tracks', 'edgeCount'), 7)
})

test('a path that is no route has no envelope', async (t) => {
  const s = await linkedStage(t)
  const reply = await s.music('GET', '/no/such/route')
  assert.equal(reply.status, 404)
  assert.equal(reply.at('error'), undefined)
})
