import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage, type Stage } from '../sandbox-harness.ts'

async function audioUrl(s: Stage): Promise<{ url: string; seconds: number }> {
  const created = await s.play(s.mrn('album', 'Short Studies'))
  const url = String(created.at('data', 'entities', 0, 'playbackInformation', 'url'))
  return { url, seconds: Number(created.at('data', 'entities', 0, 'durationSeconds')) }
}

test('the file is a WAV of the length the track is said to have', async (t) => {
  const s = await linkedStage(t)
  const { url, seconds } = await audioUrl(s)
  const response = await fetch(url)
  const file = Buffer.from(await response.arrayBuffer())
  assert.equal(response.headers.get('content-type'), 'audio/wav')
  assert.equal(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16), 'RIFFWAVEfmt ')
  assert.equal(file.readUInt16LE(22), 1, 'mono')
  assert.equal(file.readUInt16LE(34), 16, 'bits')
  assert.equal(file.readUInt32LE(40) / file.readUInt32LE(28), seconds)
  assert.equal(file.length, 44 + file.readUInt32LE(40))
})

test('it swells and fades once a second, or is steady where levels are to be measured', async (t) => {
  const s = await linkedStage(t)
  const { url } = await audioUrl(s)
  const loudest = async (): Promise<number[]> => {
    const file = Buffer.from(await (await fetch(url)).arrayBuffer())
    const samples = Array.from({ length: 16_000 }, (_, i) => Math.abs(file.readInt16LE(44 + 2 * i)))
    return [0, 7, 15].map((i) => Math.max(...samples.slice(i * 1000, (i + 1) * 1000)))
  }
  const [begin = 0, middle = 0, end = 0] = await loudest()
  assert.ok(begin < 1500 && end < 1500 && middle > 7500, `${begin} ${middle} ${end}`)
  s.control.change({ swell: false })
  for (const level of await loudest()) assert.ok(level > 7900 && level <= 8000, String(level))
})

test('any range of it is the same bytes', async (t) => {
  const s = await linkedStage(t)
  const { url } = await audioUrl(s)
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer())
  for (const [asked, from, to] of [
    ['bytes=0-99', 0, 100],
    ['bytes=40-50', 40, 51],
    ['bytes=32000-70000', 32000, 70001],
    ['bytes=-10', whole.length - 10, whole.length],
    [`bytes=${whole.length - 5}-`, whole.length - 5, whole.length],
  ] as const) {
    const response = await fetch(url, { headers: { range: asked } })
    assert.equal(response.status, 206)
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), whole.subarray(from, to), asked)
  }
  assert.equal((await fetch(url, { headers: { range: `bytes=${whole.length}-` } })).status, 416)
  const head = await fetch(url, { method: 'HEAD' })
  assert.equal(head.headers.get('content-length'), String(whole.length))
})

test('the signature is needed, belongs to one file, and runs out', async (t) => {
  const s = await linkedStage(t)
  const { url } = await audioUrl(s)
  assert.equal(
    s.control.secrets().audioSignatures.some((signature) => url.includes(signature)),
    true,
  )
  assert.equal((await fetch(url.replace(/signature=.*/, 'signature=00'))).status, 403)
  assert.equal((await fetch(url.replace(/audio\/[^.]+/, 'audio/sandbox-ad-1'))).status, 403)
  s.clock.advance(3600)
  assert.equal((await fetch(url)).status, 403)
})
