import assert from 'node:assert/strict'

import type { IncomingMessage } from '../../../src/mqtt/broker.ts'
import { eventually } from '../../support/eventually.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { startAgent } from './mqtt-harness.ts'
import { testBothVersions } from './both-versions.ts'

testBothVersions(
  'what is stored on the claimed topics is read before anything is said, and a name may be given up for another',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await client.publish('a2m/one/info', 'theirs', { retain: true })
    let device = 'one'
    const seen: IncomingMessage[] = []
    const asked: string[] = []
    await using agent = startAgent(peer.gateway.url, {
      get availabilityTopic() {
        return `a2m/${device}/availability`
      },
      get subscriptions() {
        return [`a2m/${device}/command`]
      },
      claim: {
        get topics() {
          return [`a2m/${device}/info`]
        },
        holds() {
          asked.push(`${device}: ${seen.map(({ topic, retained }) => `${topic} ${retained}`).join()}`)
          const taken = seen.splice(0).length > 0
          if (taken) {
            agent.broker.rename('a2m/one/', 'a2m/two/')
            device = 'two'
          }
          return Promise.resolve(!taken)
        },
      },
      onMessage(message) {
        if (!message.topic.endsWith('/availability')) seen.push(message)
      },
    })
    agent.broker.retain('a2m/one/state', 'idle')
    await agent.connected()
    assert.deepEqual(asked, ['one: a2m/one/info true', 'two: '])
    await client.next('a2m/two/availability', ({ text }) => text === 'online')
    const said = client.inbox.left.map(({ topic, text }) => `${topic} ${text}`)
    assert.deepEqual(said, ['a2m/one/info theirs', 'a2m/two/state idle'])

    // On 3.1.1 every live message is unflagged; here the flag must tell stored from live on 5, too.
    await client.publish('a2m/two/info', 'live', { retain: true })
    await client.next('a2m/two/info')
    await client.publish('a2m/two/command', 'pause')
    await eventually('both messages', () => seen.length >= 2, { seen: () => seen })
    assert.deepEqual(
      seen.map(({ topic, retained }) => [topic, retained]),
      [
        ['a2m/two/info', false],
        ['a2m/two/command', false],
      ],
    )
  },
)

testBothVersions(
  'online is said again, and a connection is renewed without a word of offline',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    agent.broker.sayOnline()
    await agent.connected()
    await client.next('a2m/test/availability', ({ text }) => text === 'online')
    agent.broker.sayOnline()
    await client.next('a2m/test/availability', ({ text }) => text === 'online')
    agent.broker.reconnect()
    await agent.connected()
    await client.next('a2m/test/availability', ({ text }) => text === 'online')
    assert.deepEqual(client.inbox.left, [])
    assert.equal(agent.broker.reconnects, 1)
  },
)

testBothVersions('who subscribes after a crash reads offline, too', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await using agent = startAgent(peer.gateway.url, {
    // It stays away long enough to look.
    random: () => 0.99,
  })
  await agent.connected()
  await client.next('a2m/test/availability', ({ text }) => text === 'online')
  peer.gateway.cut()
  await client.next('a2m/test/availability', ({ text }) => text === 'offline')
  await using later = await connectTestClient(peer.mosquitto.url)
  const stored = await later.next('a2m/test/availability')
  assert.deepEqual([stored.text, stored.retain], ['offline', true])
})
