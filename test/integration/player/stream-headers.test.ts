import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import type { Player, PlayerEvent } from '../../../src/playback/player/player.ts'
import { clearOnly } from '../../../src/playback/player/protection/clear-only.ts'
import { createMpv } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { createProtectionCheck } from '../../../src/playback/player/protection/protection.ts'
import { logSink } from '../../support/log-sink.ts'
import { itemOf, mpvProgram, noMpv, until } from './mpv-harness.ts'
import { file, soundServer, wav, type SoundServer } from './sound-server.ts'

const options = { skip: noMpv, timeout: 60_000 }
const headers = { authorization: 'Bearer s3cret', 'x-key': 's3cret' }

/** mpv as the agent has it for music. */
async function agentsMpv(t: TestContext): Promise<{ player: Player; heard: PlayerEvent[] }> {
  const http = createHttp('amazonmusic2mqtt/test')
  const heard: PlayerEvent[] = []
  const open = createMpv({
    program: mpvProgram,
    env: plainEnvironment(process.env),
    clock: systemClock,
    log: logSink('trace').log,
    audioDevice: 'null',
    mixer: undefined,
  })
  const guarded = clearOnly(open, createProtectionCheck(http, systemClock))
  const player = await guarded((event) => heard.push(event), new AbortController().signal)
  t.after(async () => {
    await player.close()
    http.close()
  })
  return { player, heard }
}

/** Two servers: the first has sound, and sends on to itself and to the second. */
async function servers(t: TestContext): Promise<{ first: SoundServer; second: SoundServer }> {
  const sound = file(wav(1, 440))
  const second = await soundServer(t, { '/a.wav': sound, '/b.wav': sound, '/c': sound })
  const first = await soundServer(t, {
    '/own.wav': sound,
    '/a.wav': (_request, response) => response.writeHead(302, { location: `${second.url}/a.wav` }).end(),
    '/b.wav': (_request, response) => response.writeHead(307, { location: `${second.url}/b.wav` }).end(),
    '/c': (_request, response) => response.writeHead(301, { location: `${second.url}/c` }).end(),
    '/same.wav': (_request, response) => response.writeHead(302, { location: '/own.wav' }).end(),
  })
  return { first, second }
}

const keysIn = ({ requests }: SoundServer): readonly string[] =>
  requests.filter(({ headers: sent }) => 'x-key' in sent || 'authorization' in sent).map(({ path }) => path)

const ended = (heard: readonly PlayerEvent[], id: string): Promise<void> =>
  until(() => heard.some((event) => event.type === 'ended' && event.id === id), `the end of ${id}`)

for (const path of ['/a.wav', '/c']) {
  test(
    `a stream that leads to another server is heard from there, without its headers: ${path}`,
    options,
    async (t) => {
      const { first, second } = await servers(t)
      const { player, heard } = await agentsMpv(t)
      const item = itemOf(`${first.url}${path}`, { headers })
      await player.load(item, false)
      await ended(heard, item.id)
      assert.ok(second.requests.length > 0, 'nobody asked the second server')
      assert.deepEqual(keysIn(second), [])
      assert.ok(keysIn(first).length > 0, 'the first server got no headers')
    },
  )
}

test('so is one that is loaded ahead', options, async (t) => {
  const { first, second } = await servers(t)
  const { player, heard } = await agentsMpv(t)
  const [now, next] = [itemOf(`${first.url}/own.wav`, { headers }), itemOf(`${first.url}/b.wav`, { headers })]
  await player.load(now, false)
  await player.preload(next)
  await ended(heard, next.id)
  assert.deepEqual(keysIn(second), [])
})

test('a redirect within the server keeps the headers', options, async (t) => {
  const { first } = await servers(t)
  const { player, heard } = await agentsMpv(t)
  const item = itemOf(`${first.url}/same.wav`, { headers })
  await player.load(item, false)
  await ended(heard, item.id)
  assert.ok(
    first.requests.every(({ headers: sent }) => sent['x-key'] === 's3cret'),
    JSON.stringify(first.requests),
  )
})

test(
  'a manifest with headers that leads to another server is refused, and that one not asked',
  options,
  async (t) => {
    const second = await soundServer(t, {})
    const mpd = (base: string): Buffer =>
      Buffer.from(`<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>${base}</Period></MPD>`)
    const { url } = await soundServer(t, {
      '/base.mpd': file(mpd(`<BaseURL>${second.url}/</BaseURL>`), 'application/dash+xml'),
      '/media.mpd': file(mpd(`<SegmentTemplate media="${second.url}/$Number$"/>`), 'application/dash+xml'),
      '/list.m3u8': file(Buffer.from(`#EXTM3U\n#EXTINF:1,\n${second.url}/a.wav\n`), 'audio/mpegurl'),
      '/list': file(Buffer.from(`#EXTM3U\n#EXTINF:1,\n${second.url}/a.wav\n`), 'audio/mpegurl'),
    })
    const { player } = await agentsMpv(t)
    for (const path of ['base.mpd', 'media.mpd', 'list.m3u8', 'list']) {
      await assert.rejects(player.load(itemOf(`${url}/${path}`, { headers }), false), {
        code: 'player/unplayable',
        message: 'the manifest leads to another server, and headers must not go there',
      })
    }
    assert.deepEqual(second.requests, [])
  },
)

test('headers do not travel over plain HTTP to another machine', options, async (t) => {
  const { player } = await agentsMpv(t)
  await assert.rejects(player.load(itemOf('http://192.0.2.1/a.wav', { headers }), false), {
    code: 'player/unplayable',
  })
})
