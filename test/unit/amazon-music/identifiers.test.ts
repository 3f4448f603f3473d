import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { parsePlayParams, type PlayType } from '../../../src/amazon-music/identifiers.ts'

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e'
const show = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const hex = uuid.replaceAll('-', '')
const track = 'mrn:1.0:catalog:track:asin:B000000001'
const album = 'mrn:1.0:catalog:album:asin:B000000002'
const artist = 'mrn:1.0:catalog:artist:asin:B000000003'
const playlist = 'mrn:1.0:catalog:playlist:asin:B000000004'
const station = 'mrn:1.0:catalog:station:key:A3QXXOBP9MU5LY'
const userPlaylist = `mrn:1.0:library:playlist:uuid:${uuid}`
const podcast = `mrn:1.0:catalog:podcast-show:uuid:${show}`
const episode = `mrn:1.0:catalog:podcast-episode:uuid:${uuid}`

const understood: readonly (readonly [
  sent: string,
  type: PlayType | undefined,
  id: string,
  containerIds?: readonly string[],
])[] = [
  [track, undefined, track],
  [` ${album}\n`, undefined, album],
  ['mrn:1.0:library:future-thing:xid:abc-1', undefined, 'mrn:1.0:library:future-thing:xid:abc-1'],
  ['B000000001', 'track', track],
  ['b000000001', 'track', track],
  ['B000000002', 'album', album],
  ['B000000003', 'artist', artist],
  ['B000000004', 'playlist', playlist],
  ['B000000005', 'podcast', 'mrn:1.0:catalog:podcast-show:asin:B000000005'],
  ['A3QXXOBP9MU5LY', undefined, station],
  ['A3QXXOBP9MU5LY', 'station', station],
  [uuid, undefined, userPlaylist],
  [uuid, 'playlist', userPlaylist],
  [show, 'podcast', podcast],
  [uuid, 'episode', episode],
  ['https://music.amazon.com/albums/B000000002/?trackAsin=B000000001&do=play', undefined, track, [album]],
  [
    'https://music.amazon.de/albums/B000000002?trackAsin=B000000001&marketplaceId=X&musicTerritory=DE&ref=dm_sh_y',
    undefined,
    track,
    [album],
  ],
  ['https://music.amazon.com/albums/B000000002', undefined, album],
  ['https://music.amazon.com/albums/B000000002/some-slug', 'track', album],
  ['https://music.amazon.com/tracks/B000000001', undefined, track],
  ['https://amazon.com/music/player/tracks/B000000001', undefined, track],
  ['https://www.amazon.co.uk/music/player/albums/B000000002', undefined, album],
  ['https://music.amazon.com/artists/B000000003/a-name', undefined, artist],
  ['https://music.amazon.com/playlists/B000000004', undefined, playlist],
  [`https://music.amazon.com/playlists/${uuid}`, undefined, userPlaylist],
  [`https://music.amazon.com/my/playlists/${uuid}`, undefined, userPlaylist],
  [`https://music.amazon.com/user-playlists/${hex}sune`, undefined, userPlaylist],
  [`https://music.amazon.it/user-playlists/${hex}itit?ref=dm_sh_z`, undefined, userPlaylist],
  [`https://music.amazon.com/user-playlists/${uuid}`, undefined, userPlaylist],
  ['https://music.amazon.com/stations/A3QXXOBP9MU5LY', undefined, station],
  ['https://music.amazon.com/stations/A3QXXOBP9MU5LY/slug', undefined, station],
  [`https://music.amazon.com/podcasts/${show}/a-show`, undefined, podcast],
  [`https://music.amazon.com/podcasts/${show}/episodes/${uuid}`, undefined, episode],
  [`https://music.amazon.com/podcasts/${show}/episodes/${uuid}/a-slug`, undefined, episode],
  ['http://music.amazon.com/albums/B000000002', undefined, album],
  ['music.amazon.com/albums/B000000002', undefined, album],
  ['HTTPS://MUSIC.AMAZON.COM/albums/B000000002', undefined, album],
  // Every host of the reference.
  ...['com', 'co.uk', 'de', 'fr', 'it', 'es', 'co.jp', 'ca', 'com.au', 'com.br', 'com.mx', 'in'].map(
    (country) => [`https://music.amazon.${country}/albums/B000000002`, undefined, album] as const,
  ),
]

for (const [sent, type, id, containerIds] of understood) {
  test(`${sent.trim()}${type === undefined ? '' : ` as ${type}`} is ${id}`, () => {
    assert.deepEqual(
      parsePlayParams({ id: sent, type }, defaultRoutes.mrn),
      containerIds === undefined ? { id } : { id, containerIds },
    )
  })
}

const refused: readonly (readonly [sent: string, type: PlayType | undefined, words: RegExp])[] = [
  ['', undefined, /expected an MRN/],
  ['some words', undefined, /expected an MRN/],
  ['B000000001', undefined, /needs its type: track, album/],
  ['B00000001', 'track', /expected an MRN/],
  ['mrn:', undefined, /expected an MRN/],
  ['mrn:1.0:catalog:track:asin:B0 0', undefined, /expected an MRN/],
  [uuid, 'track', /not a track/],
  ['A3QXXOBP9MU5LY', 'album', /not a album|not an album/],
  ['https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC', undefined, /not a link of Amazon Music/],
  ['https://music.amazon.com.evil.example/albums/B000000002', undefined, /not a link of Amazon Music/],
  ['https://evilmusic.amazon.example/albums/B000000002', undefined, /not a link of Amazon Music/],
  ['https://www.amazon.com/dp/B000000002', undefined, /not a link of Amazon Music/],
  ['https://amzn.to/3abc', undefined, /short link/],
  ['https://a.co/d/abc', undefined, /short link/],
  ['amazonmusic://albums/B000000002', undefined, /only https/],
  ['https://music.amazon.com/', undefined, /nothing that can be played/],
  ['https://music.amazon.com/search/abba', undefined, /nothing that can be played/],
  ['https://music.amazon.com/profiles/abc', undefined, /nothing that can be played/],
  ['https://music.amazon.com/my/library', undefined, /nothing that can be played/],
  ['https://music.amazon.com/albums/', undefined, /no ASIN/],
  ['https://music.amazon.com/albums/B000000002?trackAsin=x', undefined, /no ASIN/],
  ['https://music.amazon.com/albums/x?trackAsin=B000000001', undefined, /no ASIN/],
  ['https://music.amazon.com/user-playlists/zzz', undefined, /no playlist/],
  ['https://music.amazon.com/podcasts/zzz', undefined, /no UUID/],
  ['https://', undefined, /not a link/],
  ['x'.repeat(5000), undefined, /too long/],
  ['javascript:alert(1)', undefined, /expected an MRN/],
]

for (const [sent, type, words] of refused) {
  test(`"${sent.slice(0, 60)}"${type === undefined ? '' : ` as ${type}`} is refused in words`, () => {
    assert.throws(
      () => parsePlayParams({ id: sent, type }, defaultRoutes.mrn),
      (error) => {
        assert.ok(error instanceof AppError, 'error instanceof AppError')
        assert.equal(error.code, 'command/payload')
        assert.match(error.message, words)
        assert.ok(error.message.length < 400, `error.message.length < 400: ${error.message.length}`)
        return true
      },
    )
  })
}

test('containers sent along take the place of the link’s album', () => {
  const wish = {
    id: 'https://music.amazon.com/albums/B000000002?trackAsin=B000000001',
    containerIds: ['https://music.amazon.com/playlists/B000000004', track],
  }
  assert.deepEqual(parsePlayParams(wish, defaultRoutes.mrn), { id: track, containerIds: [playlist, track] })
})

test('the forms of MRNs come from the routes table', () => {
  const forms = { ...defaultRoutes.mrn, station: 'mrn:2.0:{idType}:radio:{id}' }
  assert.equal(parsePlayParams({ id: 'A3QXXOBP9MU5LY' }, forms).id, 'mrn:2.0:key:radio:A3QXXOBP9MU5LY')
})
