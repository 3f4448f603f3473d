import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, type Reply, type Stage } from '../sandbox-harness.ts'

const stream = (
  created: Reply,
  i = 0,
): { url: string; protocol: unknown; format: unknown; drm: unknown } => ({
  url: String(created.at('data', 'entities', i, 'playbackInformation', 'url')),
  protocol: created.at('data', 'entities', i, 'playbackInformation', 'protocol'),
  format: created.at('data', 'entities', i, 'playbackInformation', 'format'),
  drm: created.at('data', 'entities', i, 'mediaMetadata', 'drmType'),
})

/** A track of at least 40 s. */
const long = (s: Stage): { mrn: string; durationSeconds: number | null } => {
  const track = s.control.catalog().find((one) => one.kind === 'track' && (one.durationSeconds ?? 0) >= 40)
  assert.ok(track, 'track')
  return track
}

async function bytes(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await fetch(url, { headers })
  assert.ok(response.ok, `${response.status} ${url}`)
  return Buffer.from(await response.arrayBuffer())
}

test('a stream is a file, DASH or protected DASH, and says so in the words of the service', async (t) => {
  const s = await linkedStage(t)
  const words = async () => {
    const { url, protocol, format, drm } = stream(await s.play(long(s).mrn))
    return [new URL(url).pathname.split('/')[1], protocol, format, drm]
  }
  assert.deepEqual(await words(), ['audio', 'HTTP', 'WAV', 'NONE'])
  s.control.change({ streams: 'dash' })
  assert.deepEqual(await words(), ['dash', 'DASH', 'FLAC', 'NONE'])
  s.control.change({ streams: 'protected' })
  assert.deepEqual(await words(), ['protected', 'DASH', 'ENCRYPTED_OPUS_FLAC', 'WIDEVINE'])
})

test('one entity of a queue can be protected, and an entity in the queue changes with the condition', async (t) => {
  const s = await linkedStage(t)
  const album = s.item('album', 'Short Studies')
  const [, second = ''] = album.holds
  s.control.protect(second)
  const created = await s.play(album.mrn)
  assert.deepEqual(
    [0, 1, 2].map((i) => stream(created, i).drm),
    ['NONE', 'WIDEVINE', 'NONE'],
  )
  s.control.protect(second, false)
  s.control.change({ streams: 'dash' })
  const session = String(created.at('data', 'entities', 0, 'sessionId'))
  const next = await s.music('GET', `/playback/sessions/${session}/next?limit=2`)
  assert.deepEqual(
    [0, 1].map((i) => stream(next, i).protocol),
    ['DASH', 'DASH'],
  )
  assert.throws(() => s.control.protect('B000000000'), /nothing sounds/)
})

test('each part of it needs the signature of the manifest, which is no good for another stream', async (t) => {
  const s = await linkedStage(t, { streams: 'dash' })
  const { url } = stream(await s.play(long(s).mrn))
  const of = (file: string): string => url.replace('manifest.mpd', file)
  assert.equal(
    s.control.secrets().audioSignatures.some((signature) => url.includes(signature)),
    true,
  )
  for (const file of ['manifest.mpd', 'init.mp4', '1.m4s']) {
    assert.equal((await fetch(of(file))).status, 200)
    assert.equal((await fetch(of(file).replace(/signature=.*/, 'signature=00'))).status, 403)
    assert.equal((await fetch(of(file).replace('/dash/', '/protected/'))).status, 403)
  }
  const whole = await bytes(of('2.m4s'))
  assert.deepEqual(await bytes(of('2.m4s'), { range: 'bytes=10-99' }), whole.subarray(10, 100))
  for (const file of ['0.m4s', '999.m4s', 'x.m4s', '1.mp4'])
    assert.equal((await fetch(of(file))).status, 404, file)
  s.clock.advance(3600)
  assert.equal((await fetch(of('1.m4s'))).status, 403)
})

test('the manifest names as much as the track is said to last, and its segments are there', async (t) => {
  const s = await linkedStage(t, { streams: 'dash' })
  const track = long(s)
  const { url } = stream(await s.play(track.mrn))
  const text = (await bytes(url)).toString()
  assert.match(text, new RegExp(`mediaPresentationDuration="PT${String(track.durationSeconds)}S"`))
  assert.doesNotMatch(text, /ContentProtection/)
  const [, template = ''] = / media="([^"]+)"/.exec(text) ?? []
  const count = Math.ceil((track.durationSeconds ?? 0) / 2)
  const segment = (number: number): URL =>
    new URL(template.replace('$Number$', String(number)).replaceAll('&amp;', '&'), url)
  assert.equal((await bytes(segment(count).href)).toString('latin1', 4, 8), 'moof')
  assert.equal((await fetch(segment(count + 1))).status, 404)
})

test('what is protected is encrypted after 30 seconds, and says with which system', async (t) => {
  const s = await linkedStage(t)
  const track = long(s)
  const clear = stream(await s.play(track.mrn))
  s.control.change({ streams: 'dash' })
  const dash = stream(await s.play(track.mrn))
  s.control.change({ streams: 'protected' })
  const hidden = stream(await s.play(track.mrn))
  assert.notEqual(clear.url, dash.url)
  const text = (await bytes(hidden.url)).toString()
  assert.match(text, /<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc"/)
  assert.match(text, /<ContentProtection schemeIdUri="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed">/)
  const init = (await bytes(hidden.url.replace('manifest.mpd', 'init.mp4'))).toString('latin1')
  for (const type of ['enca', 'tenc', 'schm', 'pssh']) assert.ok(init.includes(type), type)
  const sound = async (url: string, number: number): Promise<{ mdat: Buffer; hasVectors: boolean }> => {
    const segment = await bytes(url.replace('manifest.mpd', `${number}.m4s`))
    return { mdat: segment.subarray(segment.indexOf('mdat')), hasVectors: segment.includes('senc') }
  }
  for (const number of [1, 15, 16]) {
    const [plain, encrypted] = [await sound(dash.url, number), await sound(hidden.url, number)]
    assert.equal(encrypted.mdat.equals(plain.mdat), number < 16, `segment ${number}`)
    assert.equal(encrypted.hasVectors, number === 16)
    assert.equal(encrypted.mdat.length, plain.mdat.length)
  }
})
