import assert from 'node:assert/strict'
import type { RequestListener, ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'

import { systemClock, type Clock } from '../../../../src/lib/clock.ts'
import { AppError } from '../../../../src/lib/errors.ts'
import { createHttp } from '../../../../src/lib/http/http.ts'
import { Secret } from '../../../../src/lib/secret.ts'
import type { Stream } from '../../../../src/amazon-music/entity.ts'
import { decodeStream } from '../../../../src/amazon-music/decode/stream.ts'
import { createProtectionCheck } from '../../../../src/playback/player/protection/protection.ts'
import { linkedStage } from '../../../sandbox/sandbox-harness.ts'
import { localServer, stall } from '../../lib/local-server.ts'

const clear = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>'
const hidden = clear.replace('<Period/>', '<Period><ContentProtection value="cenc"/></Period>')

function streamOf(url: string | URL, more: Partial<Stream> = {}): Stream {
  return {
    url: new Secret(String(url)),
    protocol: 'DASH',
    format: undefined,
    drm: undefined,
    licenseHeaders: {},
    headers: {},
    ...more,
  }
}

/** The code of the refusal, or `clear`; what it says gives nothing away. */
async function verdict(t: TestContext, stream: Stream, clock: Clock = systemClock): Promise<string> {
  const http = createHttp('amazonmusic2mqtt/test')
  t.after(() => http.close())
  try {
    await createProtectionCheck(http, clock)(stream, new AbortController().signal)
    return 'clear'
  } catch (error) {
    assert.ok(error instanceof AppError, inspect(error))
    assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /canary/)
    return error.code
  }
}

test('the streams of the service are told by its words alone, or by their manifest', async (t) => {
  const s = await linkedStage(t)
  const track = s.item('track').mrn
  for (const [streams, inWords, byManifest] of [
    ['file', 'clear', 'clear'],
    ['dash', 'clear', 'clear'],
    ['protected', 'player/protected', 'player/protected'],
  ] as const) {
    s.control.change({ streams })
    const created = await s.play(track)
    const entity = created.at('data', 'entities', 0) as Record<string, unknown>
    const stream = decodeStream(entity, 'entity')
    assert.ok(stream, 'no stream')
    s.control.clearRequests()
    assert.equal(await verdict(t, stream), inWords)
    const asked = s.control.requests().map(({ path }) => path.split('/').at(-1))
    assert.deepEqual(asked, streams === 'dash' ? ['manifest.mpd'] : [], streams)
    assert.equal(await verdict(t, { ...stream, drm: undefined, format: undefined }), byManifest)
  }
})

for (const [name, words, expected] of [
  ['an encrypted format', { format: 'ENCRYPTED_OPUS_FLAC' }, 'player/protected'],
  ['in small letters', { format: 'encrypted' }, 'player/protected'],
  ['a system', { drm: 'WIDEVINE' }, 'player/protected'],
  ['a system nobody knows', { drm: 'OTHER' }, 'player/protected'],
  ['none', { drm: 'none', format: 'FLAC' }, 'clear'],
  ['nothing', {}, 'clear'],
] as const) {
  test(`the service's words, ${name}: ${expected}`, async (t) => {
    assert.equal(
      await verdict(t, streamOf('https://127.0.0.1:9/canary.wav', { protocol: 'HTTP', ...words })),
      expected,
    )
  })
}

const text =
  (body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(200, headers).end(body)
  }
const status =
  (code: number): RequestListener =>
  (_, response) => {
    response.writeHead(code).end(clear)
  }
const forever = (response: ServerResponse): void => {
  const more = (): void => {
    if (!response.destroyed) response.write(clear.repeat(100), more)
  }
  more()
}

const utf16 = (body: string): Buffer => Buffer.from(`\ufeff${body}`, 'utf16le')

const manifests: readonly (readonly [name: string, answer: RequestListener, verdict: string])[] = [
  ['clear', text(clear), 'clear'],
  ['protected', text(hidden), 'player/protected'],
  ['with a mark before it', text(`\ufeff${hidden}`), 'player/protected'],
  ['clear in UTF-16', text(utf16(clear)), 'clear'],
  ['protected in UTF-16', text(utf16(hidden)), 'player/protected'],
  ['protected in UTF-16 the other way round', text(utf16(hidden).swap16()), 'player/protected'],
  ['in UTF-16 without a mark', text(utf16(hidden).subarray(2)), 'player/unplayable'],
  [
    'in UTF-32',
    text(Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(hidden)])),
    'player/unplayable',
  ],
  ['protected and packed', text(gzipSync(hidden), { 'content-encoding': 'gzip' }), 'player/protected'],
  ['with a document type', text(clear.replace('<MPD', '<!DOCTYPE MPD SYSTEM "x"><MPD')), 'player/unplayable'],
  ['cut off before what protects', text(hidden.slice(0, 90), { connection: 'close' }), 'player/unplayable'],
  ['an HLS playlist with a key', text('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n'), 'player/protected'],
  ['an HLS playlist without', text('#EXTM3U\n#EXTINF:4,\n1.ts\n'), 'clear'],
  ['empty', text(''), 'player/unplayable'],
  ['noise', text(Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 31) % 256))), 'player/unplayable'],
  ['larger than any', text(clear.replace('<Period/>', ' '.repeat(1_100_000))), 'player/unplayable'],
  ['without end', (_, response) => forever(response), 'player/unplayable'],
  ['a bomb', text(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }), 'player/unplayable'],
  [
    'broken off',
    (_, response) => {
      response.writeHead(200, { 'content-length': '5000' })
      response.write(clear, () => response.destroy())
    },
    'player/network',
  ],
  ...[401, 403, 404, 410].map((code) => [`answered ${code}`, status(code), 'player/expired'] as const),
  ...[400, 429, 500, 503].map((code) => [`answered ${code}`, status(code), 'player/network'] as const),
]

for (const [name, answer, expected] of manifests) {
  test(`a manifest ${name}: ${expected}`, async (t) => {
    const url = await localServer(t, answer)
    assert.equal(await verdict(t, streamOf(new URL('/canary?signature=canary', url))), expected)
  })
}

test('a server that hangs is given up in time', async (t) => {
  const url = await localServer(t, (_, response) => stall(response))
  let nowMs = 0
  // The patience is 8 s; nearly all of it is over when the request is made.
  const clock = { ...systemClock, monotonicMs: () => (nowMs += 7_900) }
  const beganMs = performance.now()
  assert.equal(await verdict(t, streamOf(url), clock), 'player/network')
  const tookMs = performance.now() - beganMs
  assert.ok(tookMs < 7_000, `${tookMs} ms`)
})

test('a server that is not there: player/network', async (t) => {
  assert.equal(await verdict(t, streamOf('http://127.0.0.1:9/canary.mpd')), 'player/network')
})

test('a manifest is not fetched over plain HTTP', async (t) => {
  assert.equal(await verdict(t, streamOf('http://192.0.2.1/canary.mpd')), 'player/unplayable')
})

test('a redirect is followed, and headers stay with the server they are for', async (t) => {
  const seen: (string | undefined)[] = []
  const note =
    (answer: RequestListener): RequestListener =>
    (request, response) => {
      seen.push(request.headers['x-key'] as string | undefined)
      answer(request, response)
    }
  const other = await localServer(t, note(text(hidden)))
  const first = await localServer(
    t,
    note((request, response) => {
      const location = request.url === '/canary' ? '/next' : other.href
      response.writeHead(302, { location }).end()
    }),
  )
  const stream = streamOf(new URL('/canary', first), { headers: { 'x-key': new Secret('canary-key') } })
  assert.equal(await verdict(t, stream), 'player/protected')
  assert.deepEqual(seen, ['canary-key', 'canary-key', undefined])
})

for (const [name, location, expected] of [
  ['in a circle', '/canary', 'player/network'],
  ['to plain HTTP', 'http://192.0.2.1/canary', 'player/unplayable'],
  ['to a file', 'file:///canary', 'player/unplayable'],
  ['to nowhere', 'http://', 'player/unplayable'],
] as const) {
  test(`a redirect ${name}: ${expected}`, async (t) => {
    const url = await localServer(t, (_, response) => {
      response.writeHead(302, { location }).end()
    })
    assert.equal(await verdict(t, streamOf(new URL('/canary', url))), expected)
  })
}

const sound = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(2_000_000, 7)])

for (const [name, path, more, answer, requests, expected] of [
  ['said to be a file', '/canary', { protocol: 'HTTP' }, text(hidden), 0, 'clear'],
  ['named like a file', '/canary.mp3', {}, text(hidden), 0, 'clear'],
  ['named like a manifest', '/canary.mpd', {}, text(hidden), 1, 'player/protected'],
  [
    'said to be a file and named like a manifest',
    '/canary.MPD',
    { protocol: 'HTTP' },
    text(hidden),
    1,
    'player/protected',
  ],
  ['of an unknown protocol', '/canary', { protocol: 'NEW' }, text(hidden), 2, 'player/protected'],
  ['that is a manifest', '/canary', {}, text(hidden), 2, 'player/protected'],
  ['that is a manifest in UTF-16', '/canary', {}, text(utf16(hidden)), 2, 'player/protected'],
  ['that is one the other way round', '/canary', {}, text(utf16(hidden).swap16()), 2, 'player/protected'],
  [
    'that is a manifest by its type',
    '/canary',
    {},
    text('?', { 'content-type': 'application/dash+xml' }),
    2,
    'player/unplayable',
  ],
  ['that is a playlist', '/canary', {}, text('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n'), 2, 'player/protected'],
  ['that is short', '/canary', {}, text(sound.subarray(0, 4_000)), 1, 'clear'],
  ['that is large, from a server without ranges', '/canary', {}, text(sound), 1, 'clear'],
] as const) {
  test(`a stream ${name}: ${expected} after ${requests} requests`, async (t) => {
    const ranges: (string | undefined)[] = []
    const url = await localServer(t, (request, response) => {
      ranges.push(request.headers.range)
      answer(request, response)
    })
    const stream = streamOf(new URL(path, url), { protocol: undefined, ...more })
    assert.equal(await verdict(t, stream), expected)
    assert.equal(ranges.length, requests)
    if (!path.includes('.') && requests > 0) assert.equal(ranges[0], 'bytes=0-4095')
    if (requests > 1) assert.equal(ranges[1], undefined)
  })
}
