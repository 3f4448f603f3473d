import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { startAgent } from './mqtt-harness.ts'
import { startGateway } from './broker-proxy.ts'
import { testBothVersions } from './both-versions.ts'

test(
  'a message larger than the broker accepts is not sent, said, and costs no connection',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto({ maxPacketSize: 10_000 })
    await using client = await connectTestClient(mosquitto.url)
    await using agent = startAgent(mosquitto.url, {}, (broker) =>
      broker.retain('a2m/test/cover', Buffer.alloc(20_000)),
    )
    await agent.connected()
    assert.equal(agent.broker.maximumPacketSize, 10_000)
    agent.broker.send('a2m/test/result', 'y'.repeat(10_001))
    agent.broker.send('a2m/test/result', 'small')
    await client.next('a2m/test/result', ({ text }) => text === 'small')

    assert.equal(agent.broker.tooLarge, 2)
    assert.equal(agent.broker.reconnects, 0)
    const line = await agent.lines.next('a log line', ({ fields }) => fields['code'] === 'mqtt/too-large')
    assert.equal(line.fields['topic'], 'a2m/test/cover')
    assert.equal(line.fields['limit'], 10_000)
  },
)

test('the largest message that fits is sent', { skip: noMosquitto }, async () => {
  await using mosquitto = await startMosquitto({ maxPacketSize: 10_000 })
  await using client = await connectTestClient(mosquitto.url)
  await using agent = startAgent(mosquitto.url)
  await agent.connected()
  agent.broker.send('a2m/test/result', 'y'.repeat(9_900), { contentType: 'text/plain' })
  assert.equal((await client.next('a2m/test/result')).text.length, 9_900)
})

test(
  'a limit that MQTT 3.1.1 cannot announce is learnt from the connections it costs',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto({ maxPacketSize: 10_000 })
    await using gateway = await startGateway(mosquitto.url, { refuseVersion5: 'said' })
    await using client = await connectTestClient(mosquitto.url)
    await using agent = startAgent(gateway.url, {}, (broker) => {
      broker.retain('a2m/test/cover', Buffer.alloc(20_000), { qos: 0 })
      broker.retain('a2m/test/state', 'idle')
      broker.retain('a2m/test/queue', 'q'.repeat(9_000))
    })
    const failure = await agent.failed('mqtt/too-large')
    assert.equal(failure.facts['topic'], 'a2m/test/cover')
    await client.next('a2m/test/state')
    await client.next('a2m/test/queue')
    const reconnects = agent.broker.reconnects
    assert.equal(reconnects, 2)
    agent.broker.retain('a2m/test/cover', Buffer.alloc(9_000), { qos: 0 })
    await client.next('a2m/test/cover')
    assert.equal(agent.broker.reconnects, reconnects)
  },
)

testBothVersions(
  'a burst arrives whole and in order, however few unacknowledged messages the broker takes',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    for (let n = 0; n < 1_000; n++) agent.broker.send('a2m/test/event', String(n))
    for (let n = 0; n < 1_000; n++) {
      assert.equal((await client.next('a2m/test/event')).text, String(n))
    }
    assert.equal(agent.broker.dropped, 0)
  },
  { lines: ['max_inflight_messages 3', 'max_queued_messages 0'] },
)

testBothVersions(
  'beyond the bound messages are dropped and counted, and retained topics keep their latest value',
  async (peer) => {
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    // Nothing is acknowledged from now on, so what is sent has to wait.
    peer.gateway.hold()
    for (let n = 0; n < 3_000; n++) {
      agent.broker.send('a2m/test/event', String(n))
      agent.broker.retain('a2m/test/state', String(n))
    }
    assert.ok(agent.broker.dropped >= 1_900 && agent.broker.dropped < 2_100, String(agent.broker.dropped))
    peer.gateway.release()
    await agent.failures.next('the loss')
    await agent.connected()
    await using client = await connectTestClient(peer.mosquitto.url)
    assert.equal((await client.next('a2m/test/state')).text, '2999')
  },
)

testBothVersions(
  'a topic nobody can publish to is refused in words and costs no connection',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    const odd = ['', 'a/+/b', 'a/#', 'a\u0000b', 'a\u0007b', 'a\uffff', 'é'.repeat(40_000), '/'.repeat(201)]
    for (const topic of odd) {
      agent.broker.send(topic, 'x')
      agent.broker.retain(topic, 'x')
      const line = await agent.lines.next('a log line', ({ msg }) => msg.startsWith('Not published'))
      assert.match(line.msg, /the topic/)
    }
    for (const topic of ['$SYS/x', '$share/g/x', 'é', 'a'.repeat(65_535), '/'.repeat(200), ' ']) {
      agent.broker.send(topic, 'x')
    }
    agent.broker.send('a2m/test/result', 'end')
    await client.next('a2m/test/result')
    assert.equal(agent.broker.reconnects, 0)
    assert.equal(agent.broker.connected, true)
  },
)
