import assert from 'node:assert/strict'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import type { ErrorCode } from '../../../src/lib/error-codes.ts'
import type { MpvOptions } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { realTime } from '../../support/real-time.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { stop } from '../../support/listen.ts'
import { requireTool } from '../../support/tools.ts'
import { itemOf, mpvStage, noMpv, until } from './mpv-harness.ts'
import { file, soundServer, wav } from './sound-server.ts'
import { within } from '../../support/eventually.ts'

const options = { skip: noMpv }
const tone = wav(8, 440)

const status =
  (code: number): RequestListener =>
  (_request, response) =>
    response.writeHead(code, { 'www-authenticate': 'Basic realm="a"' }).end()

/** Sends the first `seconds` of the tone as the beginning of all of it. */
const beginning =
  (seconds: number, then: (end: () => void) => void): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': tone.length })
    response.write(tone.subarray(0, 44 + seconds * 32_000), () => then(() => response.destroy()))
  }

/** Frames of AAC whose headers are right and whose sound is noise: what an encrypted stream looks like. */
function undecodable(): Buffer {
  const size = 200
  const frames = Array.from({ length: 3_000 }, () => {
    const frame = randomBytes(size)
    frame.set([0xff, 0xf1, 0x50, 0x80 | (size >> 11), (size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc])
    return frame
  })
  return Buffer.concat(frames)
}

/** What comes of a stream with something good preloaded behind it: nothing of that may sound. */
async function failureOf(
  t: TestContext,
  listener: RequestListener,
  mpv: Partial<MpvOptions> = {},
): Promise<{ readonly code: ErrorCode; readonly message: string; readonly afterMs: number }> {
  const server = await soundServer(t, { '/bad': listener, '/good': file(wav(2, 660)) })
  const { player, heard, story, event } = await mpvStage(t, mpv)
  const [bad, good] = [itemOf(`${server.url}/bad`, { durationMs: 8_000 }), itemOf(`${server.url}/good`)]
  const beganMs = performance.now()
  const loaded = player.load(bad, false)
  void player.preload(good)
  await loaded
  const { error } = await event('failed', bad.id)
  const afterMs = performance.now() - beganMs
  const told = heard.length
  await realTime(1_000, 'what mpv does by itself it does on its own clock')
  assert.deepEqual(heard.slice(told), [], 'nothing goes on by itself')
  assert.deepEqual(story(good.id), [])
  // And it can still play.
  const after = itemOf(`${server.url}/good`)
  await player.load(after, false)
  await event('started', after.id)
  return { code: error.code, message: error.message, afterMs }
}

for (const [code, expected] of [
  [401, 'player/expired'],
  [403, 'player/expired'],
  [404, 'player/expired'],
  [410, 'player/expired'],
  [500, 'player/network'],
  [503, 'player/network'],
] as const) {
  test(`a server that answers ${code}: ${expected}`, options, async (t) => {
    const failure = await failureOf(t, status(code))
    assert.deepEqual([failure.code, failure.message], [expected, `the server of the stream answered ${code}`])
  })
}

test('what is no sound is unplayable: text, noise, nothing', options, async (t) => {
  const text = Buffer.from('<html>Please sign in to the hotel network</html>\n'.repeat(50))
  for (const body of [text, randomBytes(200_000), Buffer.alloc(0)]) {
    assert.equal((await failureOf(t, file(body, 'audio/wav'))).code, 'player/unplayable')
  }
})

test('sound that cannot be decoded is given up soon', options, async (t) => {
  const { code, afterMs } = await failureOf(t, file(undecodable(), 'audio/aac'))
  assert.equal(code, 'player/unplayable')
  // 3,000 frames would last more than a minute.
  assert.ok(afterMs < 15_000, `${afterMs} ms`)
})

test('a connection that is cut is no end', options, async (t) => {
  assert.equal(
    (
      await failureOf(
        t,
        beginning(2, (cut) => cut()),
      )
    ).code,
    'player/network',
  )
})

test(
  'a connection that is cut seconds before the end is no end, however long it is waited for',
  options,
  async (t) => {
    let asked = 0
    const { code } = await failureOf(t, (request, response) => {
      // Only of what can be sought mpv asks for the rest, for eleven seconds.
      response.setHeader('accept-ranges', 'bytes')
      const answer = asked++ === 0 ? beginning(5, (end) => end()) : status(404)
      answer(request, response)
    })
    assert.equal(code, 'player/expired')
  },
)

test('a server that says nothing fails after the time limit', options, async (t) => {
  const { code, afterMs } = await failureOf(t, () => undefined)
  assert.equal(code, 'player/network')
  assert.ok(afterMs > 9_000 && afterMs < 20_000, `${afterMs} ms`)
})

test('a server that is not there', options, async (t) => {
  const server = await soundServer(t, {})
  const { player, event } = await mpvStage(t)
  const item = itemOf(server.url.replace(/:\d+$/, ':1'))
  await player.load(item, false)
  assert.equal((await event('failed', item.id)).error.code, 'player/network')
})

test('a stream that stands still buffers, and goes on', options, async (t) => {
  let goOn: () => void = () => undefined
  const server = await soundServer(t, {
    '/slow': (_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': tone.length })
      response.write(tone.subarray(0, 180_000))
      goOn = () => response.end(tone.subarray(180_000))
    },
  })
  const { player, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/slow`, { durationMs: 8_000 })
  await player.load(item, false)
  await event('buffering', item.id)
  goOn()
  await event('ended', item.id)
  assert.deepEqual(story(item.id), ['started', 'buffering', 'rebuffered', 'ended'])
})

test('a stream without an end plays on', options, async (t) => {
  const endless: RequestListener = (request, response) => {
    response.writeHead(200, { 'content-type': 'audio/wav' })
    const header = Buffer.from(tone.subarray(0, 44))
    header.writeUInt32LE(0xffffffff, 4)
    header.writeUInt32LE(0xffffffff, 40)
    response.write(header)
    const pour = (): void => {
      while (!request.destroyed && !response.destroyed && response.write(tone.subarray(44))) continue
    }
    response.on('drain', pour)
    pour()
  }
  const server = await soundServer(t, { '/radio': endless })
  const { player, heard, story, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/radio`)
  await player.load(item, false)
  await event('started', item.id)
  await until(
    () => heard.some((found) => found.type === 'position' && found.positionMs > 10_000),
    'ten seconds of it',
  )
  assert.deepEqual(story(item.id), ['started'])
})

test('a sound card that cannot be opened is said each time, and nothing has started', options, async (t) => {
  const server = await soundServer(t, { '/a.wav': file(tone) })
  const { player, story, event, sink } = await mpvStage(t, { audioDevice: 'alsa/plughw:CARD=nowhere' })
  assert.equal(
    sink.lines().some(({ level, device }) => level === 'warn' && device === 'alsa/plughw:CARD=nowhere'),
    true,
  )
  for (let i = 0; i < 2; i++) {
    const item = itemOf(`${server.url}/a.wav`)
    await player.load(item, false)
    assert.equal((await event('failed', item.id)).error.code, 'player/device')
    assert.deepEqual(story(item.id), ['failed'])
  }
})

test(
  'of a server with a certificate of its own nothing is taken',
  { skip: noMpv || requireTool('openssl') },
  async (t) => {
    await using authority = await createTlsAuthority()
    const pair = await authority.issue('localhost')
    let served = 0
    const server = createTlsServer(pair, (request, response) => {
      served++
      file(tone)(request, response)
    })
    server.listen(0, '127.0.0.1')
    await within('the server to listen', once(server, 'listening'))
    t.after(() => stop(server))
    const url = `https://localhost:${(server.address() as AddressInfo).port}/a.wav`

    const distrustful = await mpvStage(t)
    const refused = itemOf(url, { headers: { authorization: 'Bearer secret' } })
    await distrustful.player.load(refused, false)
    const { error } = await distrustful.event('failed', refused.id)
    assert.equal(error.code, 'player/network')
    assert.match(error.message, /certificate/)
    assert.equal(served, 0, 'not even asked')

    const trusting = await mpvStage(t, { caFile: authority.caFile })
    const taken = itemOf(url)
    await trusting.player.load(taken, false)
    await trusting.event('started', taken.id)
  },
)
