import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Secret } from '../../../src/lib/secret.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { startAgent } from './mqtt-harness.ts'
import { startDeafBroker } from './no-ack-broker.ts'
import { testBothVersions } from './both-versions.ts'

const password = 'canary-of-the-password'

testBothVersions(
  'a refused password is said in words and tried again until the broker accepts it',
  async (peer) => {
    const credentials = { username: 'agent', password: new Secret(password) }
    await using agent = startAgent(peer.gateway.url, credentials)
    const refusal = await agent.failed('mqtt/refused')
    assert.match(
      refusal.message,
      peer.version === 5 ? /not authorized.*code 135/ : /not authorized.*code 5\)/,
    )

    await peer.mosquitto.stop()
    await peer.mosquitto.start({ passwords: { agent: password } })
    assert.equal(await agent.connected(), peer.version)
    assert.equal(JSON.stringify(agent.lines.left).includes(password), false)
  },
  { passwords: { agent: 'another' } },
)

testBothVersions('a broker that is down at the start is waited for', async (peer) => {
  await peer.mosquitto.stop()
  await using agent = startAgent(peer.mosquitto.url, { clientId: 'early' })
  await agent.failed('net/refused')
  assert.equal(agent.broker.connected, false)
  assert.equal(agent.broker.protocolVersion, undefined)
  await peer.mosquitto.start()
  await agent.connected()
  assert.equal(agent.broker.reconnects, 0)
})

testBothVersions(
  'what is sent while there is no connection is dropped and counted, not queued',
  async (peer) => {
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    await peer.mosquitto.kill()
    await agent.failures.next('the loss')
    for (let n = 0; n < 5_000; n++) {
      agent.broker.send('a2m/test/event', `stale ${n}`, n % 2 === 0 ? {} : { qos: 0 })
      agent.broker.retain('a2m/test/state', `state ${n}`)
    }
    assert.equal(agent.broker.dropped, 5_000)

    await peer.mosquitto.start()
    await using client = await connectTestClient(peer.mosquitto.url)
    await agent.connected()
    agent.broker.send('a2m/test/event', 'fresh')
    await client.next('a2m/test/event', ({ text }) => text === 'fresh')
    assert.deepEqual(
      client.inbox.left.filter(({ topic }) => topic === 'a2m/test/event'),
      [],
    )
    assert.equal((await client.next('a2m/test/state')).text, 'state 4999')
  },
)

testBothVersions('the same client id twice is called a take-over', async (peer) => {
  await using agent = startAgent(peer.gateway.url, { clientId: 'twin' })
  await agent.connected()
  await using rival = startAgent(peer.mosquitto.url, { clientId: 'twin' })
  const [failure] = await Promise.all([agent.failed('mqtt/taken-over'), rival.connected()])
  assert.match(failure.message, /client id/)
})

testBothVersions(
  'a broker that dies while a flood of messages is on its way comes back to a working agent',
  async (peer) => {
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    for (let n = 0; n < 900; n++) agent.broker.send('a2m/test/event', 'x'.repeat(1_000))
    await peer.mosquitto.kill()
    await agent.failures.next('the loss')
    await peer.mosquitto.start()
    await agent.connected()
    await using client = await connectTestClient(peer.mosquitto.url)
    agent.broker.send('a2m/test/result', 'alive')
    assert.equal((await client.next('a2m/test/result')).text, 'alive')
  },
)

test('a broker that answers pings but acknowledges nothing is left', async () => {
  await using broker = await startDeafBroker()
  await using agent = startAgent(broker.url, { subscriptions: ['a2m/test/command'] })
  agent.broker.retain('a2m/test/state', 'idle')
  await agent.connected()
  const failure = await agent.failed('net/timeout')
  assert.match(failure.message, /no longer acknowledges/)
})

testBothVersions(
  'what the broker forbids to publish is said, as far as MQTT tells it, and the rest still works',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    agent.broker.retain('a2m/test/state', 'forbidden')
    agent.broker.send('a2m/test/result', 'allowed')
    await client.next('a2m/test/result')
    assert.equal(
      client.inbox.left.every(({ topic }) => topic !== 'a2m/test/state'),
      true,
    )
    if (peer.version === 5) {
      const line = await agent.lines.next(
        'a log line',
        ({ fields }) => fields['code'] === 'mqtt/not-authorized',
      )
      assert.equal(line.fields['topic'], 'a2m/test/state')
    }
    assert.equal(agent.broker.reconnects, 0)
  },
  { acl: 'topic read #\ntopic write a2m/test/result\ntopic write a2m/test/availability\n' },
)
