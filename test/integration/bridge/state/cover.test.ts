import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createHttp } from '../../../../src/lib/http/http.ts'
import { Cover, type Picture } from '../../../../src/bridge/state/cover.ts'
import { signedInAgent } from '../../../support/agent.ts'
import { Inbox } from '../../../support/inbox.ts'
import { logSink } from '../../../support/log-sink.ts'
import { localServer } from '../../lib/local-server.ts'
import { integrationTest } from '../each-mqtt-version.ts'

test(
  'the cover is what the service serves, said when it changes, and gone when nothing plays',
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t)
    assert.equal(agent.now('cover/status'), 'none')
    await agent.play('short studies', 'album')
    await agent.said('cover/status', ({ text }) => text === 'available')
    const served = await fetch(agent.state()['media_image_url'] as string)
    const bytes = Buffer.from(await served.arrayBuffer())
    const kept = (await agent.retained()).get('cover')
    assert.ok(kept !== undefined, 'kept !== undefined')
    assert.deepEqual(kept.payload, bytes)
    assert.equal(kept.qos, 0)
    assert.equal(kept.properties.contentType, 'image/png')
    const fetched = (): number => agent.sandbox.control.requests('GET', '/covers/').length
    const covers = (): number => agent.since(0).filter(({ topic }) => topic === 'a2m/kitchen/cover').length
    const before = [fetched(), covers()]
    await agent.ask('command', 'next')
    await agent.ask('command', 'pause')
    await agent.settle()
    assert.deepEqual([fetched(), covers()], before, 'the same album')
    await agent.play('sunday kitchen', 'playlist')
    await agent.until('another cover', () => covers() === (before[1] ?? 0) + 1)
    await agent.ask('command', 'stop')
    await agent.said('cover/status', ({ text }) => text === 'none')
    assert.equal((await agent.said('cover')).payload.length, 0)
    assert.equal((await agent.retained()).has('cover'), false)
  },
)

const png = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const jpeg = Buffer.of(0xff, 0xd8, 0xff, 0xe0)
const filled = (start: Buffer, size: number): Buffer =>
  Buffer.concat([start, Buffer.alloc(size - start.length, 7)])

const pictures: readonly (readonly [string, number, Buffer, boolean])[] = [
  ['a PNG', 200, filled(png, 1_000), true],
  ['a JPEG', 200, filled(jpeg, 1_000), true],
  ['exactly 200 kB', 200, filled(jpeg, 200_000), true],
  ['one byte more', 200, filled(jpeg, 200_001), false],
  ['far more', 200, filled(png, 3_000_000), false],
  ['a page', 200, Buffer.from('<html>'), false],
  ['almost a PNG', 200, Buffer.concat([Buffer.from('xPNG'), Buffer.alloc(100)]), false],
  ['nothing', 200, Buffer.alloc(0), false],
  ['a picture of a failure', 404, filled(png, 1_000), false],
]

for (const [what, status, body, isShown] of pictures) {
  test(`as a cover, ${what} is ${isShown ? 'shown as it is served' : 'refused'}`, async (t) => {
    const url = await localServer(t, (_request, response) => response.writeHead(status).end(body))
    const http = createHttp('test')
    t.after(() => http.close())
    const shown = new Inbox<Picture | 'none'>()
    const cover = new Cover({ http, log: logSink().log, publish: (picture) => shown.push(picture ?? 'none') })
    cover.show(url.href, new AbortController().signal)
    const contentType = body.subarray(0, 4).equals(jpeg) ? 'image/jpeg' : 'image/png'
    assert.deepEqual(await shown.next('a cover'), isShown ? { bytes: body, contentType } : 'none')
  })
}

test('a cover that comes after the next one was asked for is not shown', async (t) => {
  let answerFirst = (): void => undefined
  const url = await localServer(t, (request, response) => {
    const answer = (): unknown => response.end(filled(png, request.url === '/first' ? 100 : 200))
    if (request.url === '/first') answerFirst = answer
    else answer()
  })
  const http = createHttp('test')
  t.after(() => http.close())
  const shown = new Inbox<Picture | 'none'>()
  const cover = new Cover({ http, log: logSink().log, publish: (picture) => shown.push(picture ?? 'none') })
  const life = new AbortController()
  cover.show(`${url.href}first`, life.signal)
  cover.show(`${url.href}second`, life.signal)
  const second = await shown.next('a cover')
  assert.equal(second !== 'none' && second.bytes.length, 200)
  answerFirst()
  cover.show(undefined, life.signal)
  assert.equal(await shown.next('no cover'), 'none')
  cover.show('not an address', life.signal)
  assert.equal(await shown.next('no cover'), 'none')
  assert.deepEqual(shown.left, [])
})
