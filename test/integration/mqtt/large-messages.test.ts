import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { generate } from 'mqtt-packet'

import { mostCommandBytes, PacketCutter } from '../../../src/mqtt/connection/incoming.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { startAgent } from './mqtt-harness.ts'
import { startStrictBroker, type StrictBroker } from './strict-broker.ts'
import { testBothVersions } from './both-versions.ts'

const MB = 1024 * 1024

/**
 * Sends a PUBLISH of 200 MB to `a2m/test/command`, QoS 1, as fast as it is read.
 *
 * @returns by how much the memory of this process rose at most
 */
async function flood(broker: StrictBroker, version: 4 | 5): Promise<number> {
  const { socket } = broker
  assert.ok(socket !== undefined, 'the agent is connected')
  const before = process.memoryUsage.rss()
  const length = 200 * MB
  const properties = version === 5 ? [0] : []
  const start = Buffer.concat([
    Buffer.from([
      0x32,
      ...[0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0)),
    ]),
    Buffer.from([0, 16]),
    Buffer.from('a2m/test/command'),
    Buffer.from([0, 9, ...properties]),
  ])
  socket.write(start)
  const chunk = Buffer.alloc(MB / 2, 'x')
  let most = 0
  await broker.holdAnswers(async () => {
    for (let left = length - (start.length - 5); left > 0; left -= chunk.length) {
      const piece = chunk.subarray(0, Math.min(left, chunk.length))
      if (!socket.write(piece)) await once(socket, 'drain', { signal: AbortSignal.timeout(10_000) })
      most = Math.max(most, process.memoryUsage.rss() - before)
    }
  })
  return most
}

for (const version of [4, 5] as const) {
  test(`a message of 200 MB is dropped as it comes, and what follows is read (MQTT ${version})`, async () => {
    await using broker = await startStrictBroker({ refusesVersion5: version === 4 })
    await using agent = startAgent(broker.url)
    assert.equal(await agent.connected(), version)
    const grown = await flood(broker, version)
    const next = generate(
      {
        cmd: 'publish',
        topic: 'a2m/test/command',
        payload: 'pause',
        qos: 1,
        messageId: 10,
        retain: false,
        dup: false,
      },
      { protocolVersion: version },
    )
    broker.socket?.write(next)
    const large = await agent.messages.next('the large message')
    assert.ok(large.payload.length > mostCommandBytes, 'it is long')
    assert.ok(large.payload.length < 0.3 * MB, 'it is cut')
    assert.equal((await agent.messages.next('the next message')).payload.toString(), 'pause')
    assert.equal(await broker.acknowledged.next('the acknowledgement'), 9)
    assert.equal(await broker.acknowledged.next('the acknowledgement'), 10)
    assert.equal(agent.failures.left.length, 0)
    assert.ok(grown < 100 * MB, `memory rose by ${Math.round(grown / MB)} MB`)
  })
}

testBothVersions('a large retained message costs no connection, now or at the next one', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await client.publish('a2m/test/command', Buffer.alloc(20 * MB), { retain: true })
  await using agent = startAgent(peer.gateway.url)
  for (let life = 1; life <= 2; life++) {
    await agent.connected()
    // Stored messages come on 3.1.1 only.
    if (peer.version === 4) {
      const { payload, retained } = await agent.messages.next('the stored message')
      assert.ok(retained && payload.length > mostCommandBytes, `${payload.length} bytes`)
    }
    await client.publish('a2m/test/set/volume', '30')
    await agent.messages.next('a command', ({ topic }) => topic === 'a2m/test/set/volume')
    assert.equal(agent.broker.reconnects, life - 1)
    peer.gateway.cut()
    await agent.failures.next('the loss')
  }
})

test('over TLS as well', { skip: noMosquitto }, async () => {
  await using authority = await createTlsAuthority()
  await using mosquitto = await startMosquitto({ tls: await authority.issue('localhost') })
  await using client = await connectTestClient(mosquitto.url, { ca: authority.ca })
  await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca } })
  await agent.connected()
  await client.publish('a2m/test/command', Buffer.alloc(1.5 * MB))
  const { payload } = await agent.messages.next('the large message')
  assert.ok(payload.length > mostCommandBytes && payload.length < 0.3 * MB, `${payload.length} bytes`)
  await client.publish('a2m/test/command', 'pause')
  assert.equal((await agent.messages.next('the next')).payload.toString(), 'pause')
  assert.equal(agent.broker.reconnects, 0)
})

test('wherever the bytes are parted, the same is let through', () => {
  const packets = [0, 1, 127, 128, 300 * 1024, 5, 262_144 - 4, 262_145, 2 * MB, 20].map((size, n) =>
    generate({
      cmd: 'publish',
      topic: `${n}`,
      payload: Buffer.alloc(size, n),
      qos: 0,
      retain: false,
      dup: false,
    }),
  )
  const stream = Buffer.concat(packets)
  const whole = Buffer.concat(new PacketCutter().take(stream))
  assert.ok(whole.length < 128 + 5 * 262_160, `${whole.length} bytes`)
  for (const parts of [1, 2, 3, 4, 5, 1000, 65_536]) {
    const cutter = new PacketCutter()
    const pieces: Buffer[] = []
    // Small parts around the beginnings of packets, whole ones between them.
    for (let at = 0; at < stream.length;) {
      const size = at % 262_149 < 3000 ? parts : 65_536
      pieces.push(...cutter.take(stream.subarray(at, at + size)))
      at += size
    }
    assert.ok(Buffer.concat(pieces).equals(whole), `parts of ${parts}`)
    assert.equal(cutter.isDropping, false)
  }
})
