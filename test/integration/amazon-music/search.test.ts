import assert from 'node:assert/strict'
import { test } from 'node:test'

import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { parsePlayParams } from '../../../src/amazon-music/identifiers.ts'
import { searchTypes } from '../../../src/amazon-music/api.ts'
import { startSignedIn } from './signed-in-client.ts'

const kinds = {
  track: 'track',
  album: 'album',
  artist: 'artist',
  playlist: 'playlist',
  station: 'station',
  podcast: 'podcastShow',
} as const

for (const type of searchTypes) {
  test(`a ${type} is found by its name and can be played`, async (t) => {
    const { client, sandbox, signal } = await startSignedIn(t)
    const wanted = sandbox.control.catalog().find(({ kind }) => kind === kinds[type]) ?? assert.fail()
    const hits = await client.search(wanted.title, type, 5, signal)
    const hit = hits.find(({ id }) => id === wanted.id) ?? assert.fail('not found')
    assert.equal(hit.type, type)
    assert.equal(hit.title, wanted.title)
    assert.equal(hit.playId, wanted.mrn)
    assert.ok(hit.url && hit.image, 'hit.url && hit.image')
    const { entities } = await client.createSession({ id: hit.playId }, {}, 1, signal)
    assert.equal(entities.length, 1)
    // The link the service gives for it leads to the same thing.
    assert.equal(parsePlayParams({ id: hit.url }, defaultRoutes.mrn).id, wanted.mrn)
  })
}

test('a search in everything gives the best hits of all types, no more than asked for', async (t) => {
  const { client, sandbox, signal } = await startSignedIn(t)
  const album = sandbox.control.catalog().find(({ kind }) => kind === 'album') ?? assert.fail()
  const hits = await client.search(album.title, undefined, 3, signal)
  assert.ok(hits.length > 0 && hits.length <= 3, 'hits.length > 0 && hits.length <= 3')
  assert.equal(
    hits.some(({ id }) => id === album.id),
    true,
  )
})

test('a search that finds nothing gives nothing', async (t) => {
  const { client, signal } = await startSignedIn(t)
  for (const type of [undefined, ...searchTypes]) {
    assert.deepEqual(await client.search('zzzzqqqq', type, 3, signal), [])
  }
})
