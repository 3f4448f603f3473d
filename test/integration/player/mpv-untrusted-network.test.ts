import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { tempFolder } from '../../support/temp-folder.ts'
import { itemOf, mpvStage, noMpv } from './mpv-harness.ts'
import { file, soundServer, wav, type SoundServer } from './sound-server.ts'

const options = { skip: noMpv }
const tone = wav(2, 440)

const dash = (baseUrl: string): string => `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"
  profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>
  <AdaptationSet contentType="audio" mimeType="audio/mp4">
    <Representation id="1" bandwidth="256000" mimeType="audio/mp4" codecs="mp4a.40.2">
      <BaseURL>${baseUrl}</BaseURL>
    </Representation></AdaptationSet></Period></MPD>`

const hls = (segment: string): string =>
  `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${segment}\n#EXT-X-ENDLIST\n`

test('only addresses of the web are taken, and what played goes on', options, async (t) => {
  const path = join(tempFolder(t), 'local.wav')
  writeFileSync(path, tone)
  const server = await soundServer(t, { '/a': file(wav(30, 440)) })
  const { player, event, story } = await mpvStage(t)
  const playing = itemOf(`${server.url}/a`)
  await player.load(playing, false)
  await event('started', playing.id)
  for (const url of [
    path,
    `file://${path}`,
    `edl://${path}`,
    'av://lavfi:sine',
    'fd://3',
    'ftp://127.0.0.1/a.wav',
    `lavf://${path}`,
    '-',
    '',
  ]) {
    const bad = itemOf(url)
    await assert.rejects(player.load(bad, false), { code: 'player/unplayable' }, url)
    await assert.rejects(player.preload(bad), { code: 'player/unplayable' }, url)
  }
  await assert.rejects(player.load({ ...itemOf('http://x/'), stream: undefined }, false), {
    code: 'player/unplayable',
  })
  const injected = itemOf(`${server.url}/a`, { headers: { range: 'a\r\nx-injected: b' } })
  await assert.rejects(player.load(injected, false), { code: 'player/unplayable' })
  await player.seek(20_000)
  await event('position', playing.id)
  assert.deepEqual(story(playing.id), ['started'])
})

test('nothing from the network makes mpv open a file of this device', options, async (t) => {
  const folder = tempFolder(t)
  const path = join(folder, 'local.mp4')
  writeFileSync(path, tone)
  const served: Readonly<Record<string, readonly [string, string]>> = {
    '/m3u': [`#EXTM3U\n#EXTINF:2,\n${path}\n`, 'audio/x-mpegurl'],
    '/m3u-url': [`#EXTM3U\n#EXTINF:2,\nfile://${path}\n`, 'audio/x-mpegurl'],
    '/pls': [`[playlist]\nFile1=${path}\nNumberOfEntries=1\n`, 'audio/x-scpls'],
    '/edl': [`# mpv EDL v0\n${path}\n`, 'text/plain'],
    '/cue': [`FILE "${path}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n`, 'application/x-cue'],
    '/concat': [`ffconcat version 1.0\nfile '${path}'\n`, 'text/plain'],
    '/hls': [hls(`file://${path}`), 'application/vnd.apple.mpegurl'],
    '/dash': [dash(`file://${path}`), 'application/dash+xml'],
  }
  const server = await soundServer(t, {
    ...Object.fromEntries(
      Object.entries(served).map(([at, [text, type]]) => [at, file(Buffer.from(text), type)]),
    ),
    '/redirect': (_request, response) => response.writeHead(302, { location: `file://${path}` }).end(),
  })
  const { player, event, story } = await mpvStage(t)
  for (const at of [...Object.keys(served), '/redirect']) {
    const item = itemOf(server.url + at)
    await player.load(item, false)
    await event('failed', item.id)
    assert.deepEqual(story(item.id), ['failed'], at)
  }
})

test('the same manifests play when they lead to the web', options, async (t) => {
  const server: SoundServer = await soundServer(t, {
    '/local.mp4': file(tone, 'audio/mp4'),
    '/dash': (request, response) => file(Buffer.from(dash(`${server.url}/local.mp4`)))(request, response),
    '/redirect': (_request, response) =>
      response.writeHead(302, { location: `${server.url}/local.mp4` }).end(),
  })
  const { player, event, story } = await mpvStage(t)
  for (const at of ['/dash', '/redirect']) {
    const item = itemOf(server.url + at)
    await player.load(item, false)
    await event('ended', item.id)
    assert.equal(story(item.id).includes('failed'), false, at)
  }
})

test('each stream gets its own headers and no other ones, preloaded or not', options, async (t) => {
  const server = await soundServer(t, {
    '/a': file(tone),
    '/b': file(tone),
    '/c': file(tone),
    '/d': file(tone),
  })
  const { player, event } = await mpvStage(t)
  const authorization = 'Bearer a,b\\c, "d"'
  const [a, b, c, d] = [
    itemOf(`${server.url}/a`, { headers: { authorization, 'x-two': '2' } }),
    itemOf(`${server.url}/b`, { headers: { authorization: 'Bearer other' } }),
    itemOf(`${server.url}/c`),
    itemOf(`${server.url}/d`),
  ] as const
  await player.load(a, false)
  await player.preload(b)
  await event('started', b.id)
  await player.preload(c)
  await event('started', c.id)
  await player.preload(d)
  await event('ended', d.id)
  const sent = (path: string): readonly unknown[] => [
    ...new Set(
      server.requests
        .filter((asked) => asked.path === path)
        .map(({ headers }) =>
          JSON.stringify([headers.authorization, headers['x-two'], headers['x-licence']]),
        ),
    ),
  ]
  assert.deepEqual(sent('/a'), [JSON.stringify([authorization, '2', null])])
  assert.deepEqual(sent('/b'), [JSON.stringify(['Bearer other', null, null])])
  assert.deepEqual(sent('/c'), ['[null,null,null]'])
  assert.deepEqual(sent('/d'), ['[null,null,null]'])
})

test('no address and no header shows in a command line, a log or an error', options, async (t) => {
  const server = await soundServer(t, {
    '/a': file(tone),
    '/403': (_request, response) => response.writeHead(403, 'No s3cret-query for you').end(),
    '/text': file(Buffer.from('no sound'), 'text/plain'),
    '/dash': file(Buffer.from(dash('s3cret-segment')), 'application/dash+xml'),
    '/hls': file(Buffer.from(hls('s3cret-segment?x=s3cret-query')), 'application/vnd.apple.mpegurl'),
    '/redirect': (_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/s3cret-place' }).end(),
  })
  const { player, heard, sink, event } = await mpvStage(t, { extraArgs: ['--msg-level=all=trace'] })
  for (const path of ['a', '403', 'text', 'dash', 'hls', 'redirect', 'nowhere', 's3cret-path']) {
    const item = itemOf(`${server.url}/${path}?token=s3cret-query`, {
      headers: { authorization: 'Bearer s3cret-header' },
    })
    await player.load(item, false)
    await event(path === 'a' ? 'started' : 'failed', item.id)
    assert.doesNotMatch(commandLines(), /s3cret/)
  }
  assert.equal(
    sink.lines().some(({ msg }) => msg === 'mpv says'),
    true,
  )
  assert.doesNotMatch(sink.text(), /s3cret/)
  assert.equal(sink.text().includes(server.url), false)
  const told = heard.map((found) =>
    'error' in found ? found.error.message + JSON.stringify(found.error.facts) : '',
  )
  assert.doesNotMatch(told.join(), /s3cret/)
})

/** Those of all mpvs that run. */
function commandLines(): string {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes('mpv'))
  assert.ok(found.length > 0, `found.length > 0: ${found.length}`)
  return found.join('\n')
}
