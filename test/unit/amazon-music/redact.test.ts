import assert from 'node:assert/strict'
import { test } from 'node:test'

import { redact } from '../../../src/amazon-music/redact.ts'

const gone = '[removed]'

const cases: readonly (readonly [name: string, answer: unknown, left: unknown])[] = [
  [
    'the address in playbackInformation',
    { playbackInformation: { url: 'https://cdn.example/a', protocol: 'DASH' } },
    { playbackInformation: { url: gone, protocol: 'DASH' } },
  ],
  [
    'the address in mediaMetadata',
    { mediaMetadata: { url: 'https://cdn.example/a', drmType: 'WIDEVINE' } },
    { mediaMetadata: { url: gone, drmType: 'WIDEVINE' } },
  ],
  [
    'addresses in a list of them',
    { mediaMetadata: [{ uri: 'https://cdn.example/a' }] },
    { mediaMetadata: [{ uri: gone }] },
  ],
  [
    'licence headers, whatever their form',
    { licenseHeaders: { a: 'b' }, x: { licenseHeaders: ['c'] } },
    { licenseHeaders: gone, x: { licenseHeaders: gone } },
  ],
  ['licence addresses', { licenseUrl: 'https://drm.example/l' }, { licenseUrl: gone }],
  ['manifests anywhere', { a: ['https://cdn.example/x.mpd?y=1'] }, { a: [gone] }],
  ['sound files anywhere', { preview: 'https://cdn.example/x.mp3' }, { preview: gone }],
  ['signed addresses anywhere', { a: 'https://cdn.example/x?Policy=1&Signature=abc' }, { a: gone }],
  ['Amazon’s tokens anywhere', { note: 'with Atza|IwEBIA token' }, { note: gone }],
  ['refresh tokens anywhere', ['Atzr|IwEBIA'], [gone]],
  ['bearer headers', { h: 'Bearer abcdefghijkl' }, { h: gone }],
  ['JSON web tokens', { a: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc' }, { a: gone }],
  [
    'fields named as tokens',
    { accessToken: 'x', refresh_token: 'y', token: 'z' },
    { accessToken: gone, refresh_token: gone, token: gone },
  ],
  ['the key header', { 'x-api-key': 'k', Authorization: 'a' }, { 'x-api-key': gone, Authorization: gone }],
  ['a token alone', 'Atza|IwEBIA', gone],
]

for (const [name, answer, left] of cases) {
  test(`${name}: removed`, () => assert.deepEqual(redact(answer), left))
}

test('everything else stays', () => {
  const answer = {
    sessionId: 's1',
    metricId: '{"entityId":"B1","playQueueId":"q"}',
    url: 'https://music.amazon.com/albums/B1?trackAsin=B2',
    images: [{ url: 'https://m.media-amazon.com/images/1.jpg', width: 500 }],
    nextToken: '5',
    empty: null,
    actions: { next: { isAllowed: true, remainingSkips: 3 } },
  }
  const before = structuredClone(answer)
  assert.deepEqual(redact(answer), before)
})

test('nothing is nothing', () => {
  assert.equal(redact(null), null)
  assert.equal(redact(5), 5)
})

test('an answer nested deeper than calls can be does no harm', () => {
  let answer: unknown = { licenseHeaders: 'secret' }
  for (let depth = 0; depth < 200_000; depth++) answer = [answer]
  redact(answer)
  while (Array.isArray(answer)) answer = answer[0]
  assert.deepEqual(answer, { licenseHeaders: gone })
})
