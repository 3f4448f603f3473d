import assert from 'node:assert/strict'

import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { availability, startAgent } from './mqtt-harness.ts'
import { testBothVersions } from './both-versions.ts'

testBothVersions('everything retained stands at the broker before the agent is online', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await using agent = startAgent(peer.gateway.url, {}, (broker) => {
    for (let n = 0; n < 300; n++) broker.retain(`a2m/test/state/${n}`, `value ${n}`)
    broker.retain('a2m/test/cover', Buffer.from([0xff, 0xd8, 0x00]), { qos: 0 })
    broker.retain('a2m/test/state/7', 'newer')
  })
  assert.equal(await agent.connected(), peer.version)
  await client.next(availability, ({ text }) => text === 'online')

  const before = client.inbox.left
  assert.equal(before.length, 301)
  assert.equal(before.find(({ topic }) => topic === 'a2m/test/state/7')?.text, 'newer')
  const cover = await client.next('a2m/test/cover')
  assert.deepEqual(cover.payload, Buffer.from([0xff, 0xd8, 0x00]))

  await using late = await connectTestClient(peer.mosquitto.url)
  assert.equal((await late.next('a2m/test/state/0')).retain, true)
  assert.equal((await late.next(availability)).text, 'online')
})

testBothVersions(
  'a broker that lost everything is told everything again, with the latest values',
  async (peer) => {
    await using agent = startAgent(peer.gateway.url)
    agent.broker.retain('a2m/test/state', 'old')
    agent.broker.retain('a2m/test/account', 'signed in')
    await agent.connected()

    await peer.mosquitto.kill()
    await agent.failures.next('the loss')
    agent.broker.retain('a2m/test/state', 'in between')
    agent.broker.retain('a2m/test/state', 'latest')
    await peer.mosquitto.start()
    await agent.connected()

    await using client = await connectTestClient(peer.mosquitto.url)
    assert.equal((await client.next('a2m/test/state')).text, 'latest')
    assert.equal((await client.next('a2m/test/account')).text, 'signed in')
    assert.equal((await client.next(availability)).text, 'online')
    assert.equal(agent.broker.reconnects, 1)
  },
)

testBothVersions(
  'what did not change is not published again, until somebody asks for all of it',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    agent.broker.retain('a2m/test/state', 'playing')
    agent.broker.retain('a2m/test/state', 'playing')
    agent.broker.retain('a2m/test/state', Buffer.from('playing'))
    agent.broker.send('a2m/test/result', 'end')
    await client.next('a2m/test/result')
    await client.next('a2m/test/state')
    assert.deepEqual(
      client.inbox.left.map(({ topic }) => topic),
      [availability],
    )

    agent.broker.republish()
    assert.equal((await client.next('a2m/test/state')).text, 'playing')
  },
)
