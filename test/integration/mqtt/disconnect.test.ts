import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { freePort } from '../../support/mqtt/mosquitto.ts'
import { availability, startAgent } from './mqtt-harness.ts'
import { testBothVersions } from './both-versions.ts'

testBothVersions('a connection that breaks leaves the last will, and online comes back', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  await using agent = startAgent(peer.gateway.url)
  await client.next(availability, ({ text }) => text === 'online')

  peer.gateway.cut()
  await client.next(availability, ({ text }) => text === 'offline')
  await client.next(availability, ({ text }) => text === 'online')
  await agent.failed('net/failed')
  assert.equal(agent.broker.connected, true)
})

testBothVersions('a stop says what is unsent, then offline, then goodbye', async (peer) => {
  await using client = await connectTestClient(peer.mosquitto.url)
  const agent = startAgent(peer.gateway.url)
  await agent.connected()
  for (let n = 0; n < 200; n++) agent.broker.send('a2m/test/event', String(n))
  agent.broker.retain('a2m/test/state', 'off')
  await agent.stop()

  await client.next(availability, ({ text }) => text === 'offline')
  assert.equal(client.inbox.left.filter(({ topic }) => topic === 'a2m/test/event').length, 200)
  assert.equal((await client.next('a2m/test/state')).text, 'off')
  await using late = await connectTestClient(peer.mosquitto.url)
  assert.deepEqual((await late.next(availability)).text, 'offline')
  assert.equal(agent.broker.connected, false)
  assert.equal(agent.failures.left.length, 0)
})

testBothVersions(
  'a stop does not wait for a broker that fell silent, which then says the last will',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    const agent = startAgent(peer.gateway.url)
    await agent.connected()
    await client.next(availability, ({ text }) => text === 'online')
    peer.gateway.hold()
    agent.broker.send('a2m/test/event', 'never acknowledged')

    const startedMs = performance.now()
    await agent.stop()
    assert.ok(
      performance.now() - startedMs < 4_000,
      `performance.now() - startedMs < 4_000: ${performance.now() - startedMs}`,
    )
    await client.next(availability, ({ text }) => text === 'offline')
  },
)

test('a stop while no broker was ever reached is prompt, whatever was to be published', async () => {
  const agent = startAgent(new URL(`mqtt://localhost:${await freePort()}`))
  agent.broker.retain('a2m/test/state', 'idle')
  agent.broker.send('a2m/test/event', 'x')
  await agent.failed('net/refused')

  const startedMs = performance.now()
  await agent.stop()
  assert.ok(
    performance.now() - startedMs < 500,
    `performance.now() - startedMs < 500: ${performance.now() - startedMs}`,
  )
})

test('a stop before the first try is prompt too', async () => {
  const agent = startAgent(new URL(`mqtt://localhost:${await freePort()}`))
  const startedMs = performance.now()
  await agent.stop()
  const tookMs = performance.now() - startedMs
  assert.ok(tookMs < 500, `${tookMs} ms`)
  assert.deepEqual([agent.connections.left, agent.failures.left], [[], []])
})
