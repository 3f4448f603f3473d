import assert from 'node:assert/strict'
import test from 'node:test'
import { linkedStage } from '../sandbox-harness.ts'

test('covers are PNGs of the size asked for, and differ', async (t) => {
  const s = await linkedStage(t)
  const covers: Buffer[] = []
  for (const { id } of s.control
    .catalog()
    .filter(({ kind }) => kind === 'album')
    .slice(0, 3)) {
    const headers = { ...s.musicHeaders(), 'amzn-image-style': 'SL160' }
    const album = await s.send('GET', `/v1/albums/${id}/`, headers)
    const response = await fetch(String(album.at('data', 'album', 'images', 0, 'url')))
    assert.equal(response.headers.get('content-type'), 'image/png')
    covers.push(Buffer.from(await response.arrayBuffer()))
  }
  for (const cover of covers) {
    assert.deepEqual([...cover.subarray(1, 4)], [...Buffer.from('PNG')])
    assert.deepEqual([cover.readUInt32BE(16), cover.readUInt32BE(20)], [160, 160])
  }
  assert.equal(new Set(covers.map((cover) => cover.toString('hex'))).size, 3)
})
