import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { decodeEntity } from '../../../../src/amazon-music/decode/entity.ts'

const bare = { entityReferenceId: 'ref-1', actions: {} }

test('the documented sample is enough for an entity', () => {
  const entity = decodeEntity(
    {
      sessionId: 'session-1',
      entityReferenceId: 'ref-1',
      actions: { next: { isAllowed: false, remainingSkips: 0, disableType: 'NO_MORE_SKIPS' } },
    },
    'e',
  )
  assert.equal(entity.sessionId, 'session-1')
  assert.equal(entity.referenceId, 'ref-1')
  assert.deepEqual(entity.actions, {
    next: { allowed: false, disableType: 'NO_MORE_SKIPS', remainingSkips: 0 },
  })
  assert.equal(entity.kind, 'unknown')
  assert.equal(entity.stream, undefined)
  assert.equal(entity.metricId, undefined)
})

test('metadata beside playbackInformation is read', () => {
  const entity = decodeEntity(
    {
      ...bare,
      _type: 'TrackPlayable',
      id: 'B000000001',
      title: 'A Song',
      artists: [{ id: 'B1', name: 'One' }, { name: 'Two' }],
      album: { id: 'B2', title: 'An Album' },
      durationSeconds: 201,
      images: [
        { url: 'https://img.example/b.jpg', imageType: 'BACKGROUND' },
        { url: 'https://img.example/p.jpg', imageType: 'PRIMARY' },
      ],
      metricId: '{"entityId":"x"}',
      playbackInformation: {
        url: 'https://cdn.example/a.mpd',
        protocol: 'DASH',
        format: 'ENCRYPTED_OPUS_FLAC',
        licenseHeaders: { 'x-licence': 'secret-1' },
      },
    },
    'e',
  )
  assert.equal(entity.kind, 'track')
  assert.equal(entity.id, 'B000000001')
  assert.equal(entity.title, 'A Song')
  assert.equal(entity.artist, 'One, Two')
  assert.equal(entity.album, 'An Album')
  assert.equal(entity.durationMs, 201_000)
  assert.equal(entity.imageUrl, 'https://img.example/p.jpg')
  assert.equal(entity.metricId, '{"entityId":"x"}')
  assert.equal(entity.stream?.url.reveal(), 'https://cdn.example/a.mpd')
  assert.equal(entity.stream.protocol, 'DASH')
  assert.equal(entity.stream.format, 'ENCRYPTED_OPUS_FLAC')
  assert.equal(entity.stream.drm, undefined)
  assert.equal(entity.stream.licenseHeaders['x-licence']?.reveal(), 'secret-1')
  assert.ok(
    !JSON.stringify(entity).includes('secret-1') && !JSON.stringify(entity).includes('a.mpd'),
    `!JSON.stringify(entity).includes('secret-1') && !JSON.stringify(entity).includes('a.mpd')`,
  )
})

test('metadata nested in an object of its own is read, and mediaMetadata is a stream', () => {
  const entity = decodeEntity(
    {
      ...bare,
      _type: 'Playable',
      track: { id: 'B000000001', name: 'A Song', artist: 'One', album: 'An Album', duration: 12.5 },
      mediaMetadata: { url: 'https://cdn.example/a.mp4', drmType: 'WIDEVINE', mediaType: 'AUDIO' },
      licenseHeaders: [{ name: 'x-licence', value: 'secret-1' }],
    },
    'e',
  )
  assert.equal(entity.kind, 'track')
  assert.equal(entity.title, 'A Song')
  assert.equal(entity.artist, 'One')
  assert.equal(entity.album, 'An Album')
  assert.equal(entity.durationMs, 12_500)
  assert.equal(entity.stream?.url.reveal(), 'https://cdn.example/a.mp4')
  assert.equal(entity.stream.format, 'AUDIO')
  assert.equal(entity.stream.drm, 'WIDEVINE')
  assert.equal(entity.stream.licenseHeaders['x-licence']?.reveal(), 'secret-1')
})

test('playbackInformation without an address leaves mediaMetadata to be asked', () => {
  const entity = decodeEntity(
    {
      ...bare,
      playbackInformation: { protocol: 'DASH' },
      mediaMetadata: { url: 'https://cdn.example/b.mp4' },
    },
    'e',
  )
  assert.equal(entity.stream?.url.reveal(), 'https://cdn.example/b.mp4')
})

test('a system of protection counts wherever it is named, before any NONE', () => {
  const drm = (information: string, metadata: string): string | undefined =>
    decodeEntity(
      {
        ...bare,
        playbackInformation: { url: 'https://cdn.example/a.mpd', drmType: information },
        mediaMetadata: { url: 'https://cdn.example/a.mpd', drmType: metadata },
      },
      'e',
    ).stream?.drm
  assert.equal(drm('NONE', 'NONE'), 'NONE')
  assert.equal(drm('NONE', 'WIDEVINE'), 'WIDEVINE')
  assert.equal(drm('WIDEVINE', 'none'), 'WIDEVINE')
})

test('the show of an episode stands for its artist, and its picture for a missing one', () => {
  const podcastShow = { title: 'A Show', images: [{ url: 'https://img.example/s.jpg' }] }
  const entity = decodeEntity({ ...bare, _type: 'PodcastEpisode', title: 'Episode 1', podcastShow }, 'e')
  assert.equal(entity.artist, 'A Show')
  assert.equal(entity.imageUrl, 'https://img.example/s.jpg')
})

for (const [type, kind] of [
  ['Track', 'track'],
  ['TrackPlayable', 'track'],
  ['PodcastEpisode', 'episode'],
  ['PodcastEpisodePlayable', 'episode'],
  ['Episode', 'episode'],
  ['InterludePlayable', 'interlude'],
  ['AdPlayable', 'ad'],
  ['Station', 'station'],
  ['Hologram', 'unknown'],
  ['constructor', 'unknown'],
  ['Playable', 'unknown'],
] as const) {
  test(`_type ${type} is a ${kind}`, () => {
    assert.equal(decodeEntity({ ...bare, _type: type }, 'e').kind, kind)
  })
}

test('without a _type the MRN tells the kind', () => {
  assert.equal(decodeEntity({ ...bare, id: 'mrn:1.0:catalog:track:asin:B000000001' }, 'e').kind, 'track')
  assert.equal(decodeEntity({ ...bare, id: 'mrn:1.0:catalog:podcast-episode:uuid:x' }, 'e').kind, 'episode')
})

test('decoration of an unexpected form is left out: the music plays on', () => {
  const entity = decodeEntity(
    { ...bare, title: 5, artists: 'One', album: [], duration: 'long', images: 'javascript:alert(1)' },
    'e',
  )
  assert.equal(entity.title, undefined)
  assert.equal(entity.artist, 'One')
  assert.equal(entity.album, undefined)
  assert.equal(entity.durationMs, undefined)
  assert.equal(entity.imageUrl, undefined)
})

for (const [name, value, path] of [
  ['an entity that is no object', 'x', 'e'],
  ['a missing entityReferenceId', { actions: {} }, 'e.entityReferenceId'],
  ['an empty entityReferenceId', { entityReferenceId: '' }, 'e.entityReferenceId'],
  ['an action without isAllowed', { ...bare, actions: { next: {} } }, 'e.actions.next.isAllowed'],
  ['actions that are a list', { ...bare, actions: [] }, 'e.actions'],
  ['an address that is a number', { ...bare, playbackInformation: { url: 5 } }, 'e.playbackInformation.url'],
  ['a metricId that is an object', { ...bare, metricId: {} }, 'e.metricId'],
  ['a sessionId that is a number', { ...bare, sessionId: 4 }, 'e.sessionId'],
] as const) {
  test(`${name} is reported with its path`, () => {
    assert.throws(
      () => decodeEntity(value, 'e'),
      (error) => error instanceof AppError && error.code === 'net/answer' && error.facts['path'] === path,
    )
  })
}

test('actions nobody needs pass by, whatever they are', () => {
  assert.deepEqual(decodeEntity({ ...bare, actions: { teleport: 7, loopOne: {} } }, 'e').actions, {})
})

for (const [given, skips] of [
  [3, 3],
  ['3', 3],
  [0, 0],
  [-1, undefined],
  [1e300, undefined],
  ['few', undefined],
  [{}, undefined],
  [null, undefined],
] as const) {
  test(`remainingSkips ${JSON.stringify(given)} is read as ${String(skips)}`, () => {
    const { actions } = decodeEntity(
      { ...bare, actions: { next: { isAllowed: true, remainingSkips: given } } },
      'e',
    )
    assert.deepEqual(actions.next, { allowed: true, disableType: undefined, remainingSkips: skips })
  })
}

for (const [fields, durationMs] of [
  [{ durationSeconds: '215' }, 215_000],
  [{ durationSeconds: 1e300, durationMilliseconds: 215_000 }, 215_000],
  [{ durationSeconds: -5 }, undefined],
  [{ durationMilliseconds: 1e300 }, undefined],
] as const) {
  test(`a duration of ${JSON.stringify(fields)} is read as ${String(durationMs)}`, () => {
    assert.equal(decodeEntity({ ...bare, ...fields }, 'e').durationMs, durationMs)
  })
}
