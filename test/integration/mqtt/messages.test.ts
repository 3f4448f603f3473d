import assert from 'node:assert/strict'

import { systemClock } from '../../../src/lib/clock.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { startAgent } from './mqtt-harness.ts'
import { testBothVersions } from './both-versions.ts'

testBothVersions(
  'a command arrives with its answer address and its end, as far as MQTT tells them',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    const beforeMs = systemClock.monotonicMs()
    await client.publish('a2m/test/set/volume', '30', {
      properties: {
        responseTopic: 'answers/1',
        correlationData: Buffer.from([1, 0, 2]),
        messageExpiryInterval: 60,
      },
    })
    const message = await agent.messages.next('the command')
    assert.equal(message.topic, 'a2m/test/set/volume')
    assert.equal(message.payload.toString(), '30')
    assert.equal(message.retained, false)
    assert.ok(message.receivedAtMs >= beforeMs, `message.receivedAtMs >= beforeMs: ${message.receivedAtMs}`)
    if (peer.version === 5) {
      assert.equal(message.responseTopic, 'answers/1')
      assert.deepEqual(message.correlationData, Buffer.from([1, 0, 2]))
      assert.equal(message.expiresAtMs, message.receivedAtMs + 60_000)
    } else {
      assert.deepEqual(
        Object.keys(message).sort(),
        'duplicate messageId payload receivedAtMs retained topic'.split(' '),
      )
    }
  },
)

testBothVersions('an answer carries correlation data, content type and expiry', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await using agent = startAgent(peer.gateway.url)
  await agent.connected()
  agent.broker.send('answers/1', '{}', {
    correlationData: Buffer.from([1, 0, 2]),
    contentType: 'application/json',
    messageExpirySeconds: 30,
  })
  const answer = await client.next('answers/1')
  assert.equal(answer.retain, false)
  if (peer.version === 5) {
    assert.deepEqual(answer.properties.correlationData, Buffer.from([1, 0, 2]))
    assert.equal(answer.properties.contentType, 'application/json')
    assert.ok(
      (answer.properties.messageExpiryInterval ?? 0) >= 29,
      `(answer.properties.messageExpiryInterval ?? 0) >= 29: ${answer.properties.messageExpiryInterval ?? 0}`,
    )
  }
})

testBothVersions('a retained command cannot pass for a live one', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await client.publish('a2m/test/command', 'play', { retain: true })
  await using agent = startAgent(peer.gateway.url)
  await agent.connected()
  await client.publish('a2m/test/command', 'live')

  const first = await agent.messages.next('a command')
  if (peer.version === 5) {
    // The stored one does not come at all, and a live one that was sent retained is known by its flag.
    assert.deepEqual([first.payload.toString(), first.retained], ['live', false])
    await client.publish('a2m/test/command', 'pause', { retain: true })
    const sentRetained = await agent.messages.next('the command sent retained')
    assert.deepEqual([sentRetained.payload.toString(), sentRetained.retained], ['pause', true])
  } else {
    assert.deepEqual([first.payload.toString(), first.retained], ['play', true])
    const second = await agent.messages.next('the live command')
    assert.deepEqual([second.payload.toString(), second.retained], ['live', false])
  }
})

testBothVersions('a stored message is wanted where the subscription says so', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await client.publish('homeassistant/status', 'online', { retain: true })
  await using agent = startAgent(peer.gateway.url, {
    extraSubscriptions: [{ topic: 'homeassistant/status', retainHandling: 0 }],
  })
  const birth = await agent.messages.next('the birth message')
  assert.deepEqual([birth.topic, birth.retained], ['homeassistant/status', true])
})

testBothVersions('a listener that throws is logged, and the next message still comes', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  let heard = 0
  await using agent = startAgent(peer.gateway.url, {
    onMessage() {
      heard++
      throw new Error('a fault of ours')
    },
  })
  await agent.lines.next('the connection', ({ msg }) => msg.startsWith('Connected'))
  await client.publish('a2m/test/command', '1')
  await client.publish('a2m/test/command', '2')
  const failed = (): Promise<unknown> =>
    agent.lines.next('the log line', ({ fields }) => fields['code'] === 'internal/fault')
  await failed()
  await failed()
  assert.equal(heard, 2)
  assert.equal(agent.broker.reconnects, 0)
})

testBothVersions(
  'a payload of 200 kB, an empty one and bytes that are no text all arrive as they are',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    for (const payload of [Buffer.alloc(200 * 1024, 7), Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0x00])]) {
      await client.publish('a2m/test/command', payload)
      assert.equal((await agent.messages.next('the payload')).payload.equals(payload), true)
    }
  },
)
