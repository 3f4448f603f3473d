import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  decodeSearchEdges,
  decodeSearchViews,
  type PlayIdOf,
} from '../../../../src/amazon-music/decode/search.ts'

const playIdOf: PlayIdOf = (type, id) => `${type}:${id}`

const view = (...groups: readonly (readonly object[])[]): object => ({
  data: [
    {
      _type: 'View',
      id: 'catalog',
      content: {
        _type: 'ViewContent',
        entityGroups: groups.map((entities) => ({ _type: 'EntityGroup', content: { entities } })),
      },
    },
  ],
})

test('hits of all groups come once each, best first', () => {
  const hits = decodeSearchViews(
    view(
      [
        { _type: 'Album', id: 'B2' },
        { _type: 'Track', id: 'B1', title: 'A Song' },
      ],
      [
        { _type: 'Track', id: 'B1' },
        { _type: 'Track', id: 'B3' },
      ],
      [
        { _type: 'Station', id: 'A1' },
        { _type: 'PodcastShow', id: 'p' },
        { _type: 'Artist', id: 'B4' },
        { _type: 'Playlist', id: 'B5' },
      ],
    ),
    'search',
    playIdOf,
  )
  assert.deepEqual(
    hits.map(({ playId }) => playId),
    ['album:B2', 'track:B1', 'track:B3', 'station:A1', 'podcast:p', 'artist:B4', 'playlist:B5'],
  )
})

test('entities of an unknown type are skipped', () => {
  assert.deepEqual(
    decodeSearchViews(
      view([{ _type: 'Hologram' }, { id: 'x' }, { _type: 'constructor', id: 'x' }]),
      's',
      playIdOf,
    ),
    [],
  )
})

test('the service’s own playParams go before an id made up', () => {
  const [hit] = decodeSearchViews(
    view([{ _type: 'Track', id: 'B1', playParams: { id: 'mrn:x' } }]),
    's',
    playIdOf,
  )
  assert.equal(hit?.playId, 'mrn:x')
})

test('a hit has what a person chooses by', () => {
  const entity = {
    _type: 'Track',
    id: 'B1',
    title: 'A Song',
    artists: [{ name: 'One' }],
    url: 'https://music.amazon.com/albums/B2?trackAsin=B1',
    images: [{ url: 'https://img.example/1.jpg' }],
  }
  assert.deepEqual(decodeSearchViews(view([entity]), 's', playIdOf), [
    {
      id: 'B1',
      playId: 'track:B1',
      title: 'A Song',
      artist: 'One',
      type: 'track',
      url: 'https://music.amazon.com/albums/B2?trackAsin=B1',
      image: 'https://img.example/1.jpg',
    },
  ])
})

test('a view on its own, as V2 has it, is read too', () => {
  const hits = decodeSearchViews(
    { entityGroups: [{ entities: [{ _type: 'Track', id: 'B1' }] }] },
    's',
    playIdOf,
  )
  assert.equal(hits.length, 1)
})

test('the edges of a typed search are read', () => {
  const body = {
    data: {
      searchTracks: {
        pageInfo: { hasNextPage: false, token: 't' },
        edgeCount: 2,
        edges: [{ node: { id: 'B1', title: 'A' } }, { node: { id: 'B2', title: 'B' } }],
      },
    },
  }
  const hits = decodeSearchEdges(body, 'searchTracks', 'track', playIdOf)
  assert.deepEqual(
    hits.map(({ id, type }) => [id, type]),
    [
      ['B1', 'track'],
      ['B2', 'track'],
    ],
  )
})

test('the items of V2 are read too', () => {
  const hits = decodeSearchEdges(
    { items: [{ id: 'B1', name: 'A' }], nextToken: 't' },
    's',
    'artist',
    playIdOf,
  )
  assert.equal(hits[0]?.title, 'A')
})

for (const [name, read, message] of [
  [
    'views without groups',
    () => decodeSearchViews({ data: [{}] }, 'search', playIdOf),
    /search\.data\[0\]\.entityGroups/,
  ],
  [
    'a hit without an id',
    () => decodeSearchViews(view([{ _type: 'Track' }]), 'search', playIdOf),
    /search\.data\[0\]\.content\.entityGroups\[0\]\.content\.entities\[0\]\.id/,
  ],
  [
    'an answer without edges',
    () => decodeSearchEdges({ data: {} }, 'searchTracks', 'track', playIdOf),
    /searchTracks\.data\.edges/,
  ],
  [
    'an edge without a node',
    () => decodeSearchEdges({ data: { searchTracks: { edges: [{}] } } }, 's', 'track', playIdOf),
    /s\.data\.searchTracks\.edges\[0\]\.node/,
  ],
] as const) {
  test(`${name}: reported with the path`, () => {
    assert.throws(read, message)
  })
}
