import assert from 'node:assert/strict'
import { test } from 'node:test'

import { reasonText } from '../../../src/mqtt/connection/reasons.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { startAgent } from './mqtt-harness.ts'
import { startStrictBroker } from './strict-broker.ts'
import { testBothVersions } from './both-versions.ts'

const twenty = Array.from({ length: 20 }, (_, n) => `a2m/test/filter-${n}`)

for (const closesWith of [undefined, 151]) {
  const how = closesWith === undefined ? 'without a reason' : `with reason ${closesWith}`
  test(`at most 8 filters go in one packet: the broker closes over more, ${how}`, async () => {
    await using broker = await startStrictBroker({
      mostFilters: 8,
      ...(closesWith === undefined ? {} : { closesWith }),
    })
    await using agent = startAgent(broker.url, { subscriptions: twenty })
    await agent.connected()
    const sizes = broker.subscribes.left.map((filters) => filters.length)
    assert.deepEqual(sizes, [8, 8, 4])
    assert.deepEqual(broker.subscribes.left.flat(), twenty)
    assert.equal(agent.failures.left.length, 0)
  })

  test(`a broker that takes fewer is asked in smaller packets, and then serves (${how})`, async () => {
    await using broker = await startStrictBroker({
      mostFilters: 3,
      ...(closesWith === undefined ? {} : { closesWith }),
    })
    await using agent = startAgent(broker.url, { subscriptions: twenty })
    for (let times = 0; times < 2; times++) {
      const failure = await agent.failures.next('a failure')
      assert.match(failure.message, /closes the connection over the subscription to a2m\/test\/filter-0/)
      agent.broker.retryNow()
    }
    await agent.connected()
    assert.equal(Math.max(...broker.subscribes.left.slice(2).map((filters) => filters.length)), 2)
  })
}

test('a filter that costs the connection is found and left out; the others serve', async () => {
  const hated = 'a2m/test/filter-5'
  await using broker = await startStrictBroker({ hates: hated })
  await using agent = startAgent(broker.url, { subscriptions: twenty })
  // Packets of 8, 4, 2 and 1, the last one twice.
  for (let times = 0; times < 5; times++) {
    assert.equal((await agent.failures.next('a failure')).code, 'mqtt/not-authorized')
    agent.broker.retryNow()
  }
  await agent.connected()
  const line = await agent.lines.next('a log line', ({ level }) => level === 'error')
  assert.equal(line.fields['topic'], hated)
  assert.equal(agent.failures.left.length, 0)
})

test('each filter that is refused is named with its reason and its purpose; the others serve', async () => {
  await using broker = await startStrictBroker({
    refuses: { 'a2m/test/filter-3': 135, 'homeassistant/status': 158, 'a2m/test/filter-9': 200 },
  })
  await using agent = startAgent(broker.url, {
    subscriptions: twenty,
    extraSubscriptions: [
      { topic: 'homeassistant/status', retainHandling: 2, purpose: "Home Assistant's start" },
    ],
  })
  await agent.connected()
  const refusals = agent.lines.left.filter(({ level }) => level === 'error')
  assert.deepEqual(
    refusals.map(({ msg, fields }) => [msg, fields['error']]),
    [
      [
        "The broker refused a subscription: Home Assistant's start will not work",
        'The broker refused the subscription to homeassistant/status: shared subscriptions are not supported (code 158)',
      ],
      [
        'The broker refused a subscription: commands will not work',
        `The broker refused the subscription to a2m/test/filter-3: ${reasonText(135)}`,
      ],
      [
        'The broker refused a subscription: commands will not work',
        'The broker refused the subscription to a2m/test/filter-9: unknown reason code 200',
      ],
    ],
  )
})

test('no reason that a broker can give is without words, known or not', async () => {
  for (const [code, words] of [
    [130, /protocol error \(code 130\)/],
    [143, /the topic filter is not allowed/],
    [160, /the longest time of a connection/],
    [222, /: unknown reason code 222$/],
  ] as const) {
    await using refusing = await startStrictBroker({ connack: code })
    await using one = startAgent(refusing.url)
    assert.match((await one.failed('mqtt/refused')).message, words)
    await using ending = await startStrictBroker({ disconnects: code })
    await using other = startAgent(ending.url)
    assert.match((await other.failures.next('the end')).message, words)
    await using denying = await startStrictBroker({ puback: code })
    await using third = startAgent(denying.url, {}, (broker) => broker.retain('a2m/test/state', 'idle'))
    await third.connected()
    const line = await third.lines.next('a log line', ({ fields }) => fields['topic'] === 'a2m/test/state')
    assert.match(String(line.fields['error']), words)
  }
})

testBothVersions(
  'a filter that an access list forbids is not the end of the others',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url, { username: 'tester' })
    await using agent = startAgent(peer.gateway.url, { subscriptions: ['a2m/test/command', 'secret/#'] })
    await agent.connected()
    await client.publish('a2m/test/command', 'pause')
    await agent.messages.next('the command', ({ topic }) => topic === 'a2m/test/command')
    assert.equal(agent.broker.reconnects, 0)
  },
  {
    acl: 'topic read a2m/#\ntopic write a2m/#\nuser tester\ntopic readwrite #\n',
  },
)
