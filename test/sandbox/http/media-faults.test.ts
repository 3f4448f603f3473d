import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Fault } from '../../../src/sandbox/http/faults.ts'
import { linkedStage, type Stage } from '../sandbox-harness.ts'
import { eventually } from '../../support/eventually.ts'

/** A stage with the address of a sound of each kind. */
async function sounds(t: TestContext): Promise<{ s: Stage; urls: readonly string[] }> {
  const s = await linkedStage(t)
  const urls: string[] = []
  for (const streams of ['file', 'dash'] as const) {
    s.control.change({ streams })
    const created = await s.play(s.mrn('album', 'Short Studies'))
    const url = String(created.at('data', 'entities', 0, 'playbackInformation', 'url'))
    urls.push(url.replace('manifest.mpd', '1.m4s'))
  }
  return { s, urls }
}

/** What comes: whether it broke off, and the first `most` bytes; with the fault once, and without. */
async function received(
  s: Stage,
  url: string,
  fault: Fault,
  most = Infinity,
): Promise<{ bytes: Buffer; brokeOff: boolean; status: number; length: string | null; whole: Buffer }> {
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer())
  s.control.fault({ path: new URL(url).pathname, ...fault })
  const over = new AbortController()
  const response = await fetch(url, { signal: over.signal })
  const pieces: Buffer[] = []
  const come = (): number => pieces.reduce((sum, { length }) => sum + length, 0)
  let brokeOff = false
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(Buffer.from(piece as Uint8Array))
      if (come() >= most) break
    }
  } catch {
    brokeOff = true
  }
  over.abort()
  const bytes = Buffer.concat(pieces)
  return { bytes, brokeOff, status: response.status, length: response.headers.get('content-length'), whole }
}

test('a status takes its place', async (t) => {
  const { s, urls } = await sounds(t)
  for (const url of urls) {
    for (const status of [403, 404, 500])
      assert.equal((await received(s, url, { status, body: '' })).status, status)
  }
})

test('the connection breaks after so many bytes', async (t) => {
  const { s, urls } = await sounds(t)
  for (const url of urls) {
    const { bytes, brokeOff, whole, length } = await received(s, url, { cutAfterBytes: 40_000 })
    assert.deepEqual([brokeOff, length], [true, String(whole.length)])
    assert.deepEqual(bytes, whole.subarray(0, 40_000))
  }
})

test('nothing more comes after so many bytes, and the connection stays', async (t) => {
  const { s, urls } = await sounds(t)
  for (const url of urls) {
    s.control.fault({ path: new URL(url).pathname, stallAfterBytes: 40_000 })
    const over = new AbortController()
    const { body } = await fetch(url, { signal: over.signal })
    const reader = (body as ReadableStream<Uint8Array> | null)?.getReader()
    let come = 0
    await eventually('40 000 bytes', () => come >= 40_000, {
      seen: () => come,
      step: async () => (come += (await reader?.read())?.value?.length ?? 0),
    })
    assert.equal(come, 40_000)
    const more = reader?.read().then(
      () => 'more',
      () => 'aborted',
    )
    assert.equal((await s.music('GET', '/me')).status, 200, 'the sandbox goes on')
    over.abort()
    assert.equal(await more, 'aborted')
  }
})

test('noise comes in place of the sound', async (t) => {
  const { s, urls } = await sounds(t)
  for (const url of urls) {
    const { bytes, whole, status } = await received(s, url, { noise: true })
    assert.equal(status, 200)
    assert.equal(bytes.length, whole.length)
    const alike = bytes.filter((byte, i) => byte === whole[i]).length
    assert.ok(alike < bytes.length / 50, `${alike} of ${bytes.length}`)
  }
})

test('a body has no end: a file goes on with its tone, anything else begins again', async (t) => {
  const { s, urls } = await sounds(t)
  const [file = '', segment = ''] = urls
  const tone = await received(s, file, { endless: true }, 2_000_000)
  assert.equal(tone.length, null)
  assert.equal(tone.bytes.readUInt32LE(40), 0xff_ff_ff_ff, 'nor does its header know one')
  assert.deepEqual(tone.bytes.subarray(44, 32_044), tone.bytes.subarray(44 + 50 * 32_000, 44 + 51 * 32_000))
  const again = await received(s, segment, { endless: true }, 1_000_000)
  assert.deepEqual(again.bytes.subarray(0, again.whole.length), again.whole)
  assert.deepEqual(again.bytes.subarray(again.whole.length, 2 * again.whole.length), again.whole)
})

test('bytes come no faster than they are told to', async (t) => {
  const { s, urls } = await sounds(t)
  for (const url of urls) {
    const before = s.clock.monotonicMs()
    const { bytes, whole } = await received(s, url, { bytesPerSecond: 16_000 })
    assert.deepEqual(bytes, whole)
    const seconds = (s.clock.monotonicMs() - before) / 1000
    assert.ok(Math.abs(seconds - whole.length / 16_000) < 0.01, String(seconds))
  }
})

test('a fault of a range spoils the range', async (t) => {
  const { s, urls } = await sounds(t)
  const [url = ''] = urls
  s.control.fault({ noise: true })
  const response = await fetch(url, { headers: { range: 'bytes=100-199' } })
  assert.deepEqual(
    [response.status, response.headers.get('content-range')?.slice(0, 13)],
    [206, 'bytes 100-199'],
  )
  assert.equal((await response.arrayBuffer()).byteLength, 100)
})
