import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { AppError } from '../../../src/lib/errors.ts'
import { Inbox } from '../../support/inbox.ts'
import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { startAgent, type Agent } from './mqtt-harness.ts'
import { startGateway } from './broker-proxy.ts'
import { testBothVersions } from './both-versions.ts'

const small = { lines: ['message_size_limit 8192'] }

/** Lines at warn and above that name `topic`, of those that have come. */
function warnings(agent: Agent, topic: string): readonly string[] {
  return agent.lines.left
    .filter(({ level, fields }) => level !== 'debug' && fields['topic'] === topic)
    .map(({ msg }) => msg)
}

testBothVersions(
  'a message that the broker refuses for its size is left out, and everything else goes on',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    const refused = new Inbox<{ readonly topic: string; readonly error: AppError }>()
    await using agent = startAgent(
      peer.gateway.url,
      { onRefused: (topic, error) => refused.push({ topic, error }) },
      (broker) => {
        broker.retain('a2m/test/device', 'd'.repeat(9_000))
        broker.retain('a2m/test/state', 'idle')
      },
    )
    assert.equal(await agent.connected(), peer.version)
    assert.equal((await client.next('a2m/test/state')).text, 'idle')
    agent.broker.send('a2m/test/result', 'r'.repeat(9_000))
    agent.broker.send('a2m/test/result', 'small')
    await client.next('a2m/test/result', ({ text }) => text === 'small')
    assert.equal(agent.broker.reconnects, 0)
    // On 3.1.1 mosquitto acknowledges what it throws away.
    if (peer.version === 4) return
    const { topic, error } = await refused.next('the refusal')
    assert.equal(topic, 'a2m/test/device')
    assert.equal(error.code, 'mqtt/too-large')
    assert.match(error.message, /packet too large \(code 149\)/)
    await refused.next('the second refusal', (one) => one.topic === 'a2m/test/result')
    assert.equal(agent.broker.tooLarge, 2)
  },
  small,
)

test(
  'a refused message is logged once, however many connections there are',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto(small)
    await using gateway = await startGateway(mosquitto.url)
    const refused = new Inbox<string>()
    await using agent = startAgent(gateway.url, { onRefused: (topic) => refused.push(topic) }, (broker) => {
      broker.retain('a2m/test/device', 'd'.repeat(9_000))
    })
    for (let life = 1; life <= 5; life++) {
      await agent.connected()
      agent.broker.send('a2m/test/result', 'r'.repeat(9_000))
      // Acknowledged in order: what came before the answer has been refused by then.
      await refused.next('the answer refused', (topic) => topic === 'a2m/test/result')
      gateway.cut()
      await agent.failures.next('the loss')
      agent.broker.retryNow()
    }
    assert.equal(warnings(agent, 'a2m/test/device').length, 1)
    assert.equal(warnings(agent, 'a2m/test/result').length, 1)
    assert.deepEqual(
      refused.left.map((topic) => topic),
      ['a2m/test/device', 'a2m/test/device', 'a2m/test/device'],
      'sent anew at three connections, then left alone',
    )
    // What changes is tried again.
    await agent.connected()
    await using client = await connectTestClient(mosquitto.url)
    agent.broker.retain('a2m/test/device', 'small')
    assert.equal((await client.next('a2m/test/device')).text, 'small')
  },
)

test(
  'a message that the broker forbids is sent again once it is allowed',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto({
      acl: 'topic read #\ntopic write a2m/test/availability\n',
    })
    const refused = new Inbox<AppError>()
    await using agent = startAgent(
      mosquitto.url,
      { onRefused: (_topic, error) => refused.push(error) },
      (broker) => broker.retain('a2m/test/state', 'idle'),
    )
    await agent.connected()
    const error = await refused.next('the refusal')
    assert.equal(error.code, 'mqtt/not-authorized')
    assert.match(error.message, /a2m\/test\/state: not authorized/)
    await mosquitto.stop()
    await mosquitto.start({})
    await agent.connected()
    await using client = await connectTestClient(mosquitto.url)
    assert.equal((await client.next('a2m/test/state')).text, 'idle')
  },
)

for (const [line, expected] of [
  ['retain_available false', /does not support retained messages$/],
  ['max_qos 0', /does not support QoS 1$/],
] as const) {
  test(
    `with ${line} in mosquitto the agent goes on without it, and says so once`,
    { skip: noMosquitto },
    async () => {
      await using mosquitto = await startMosquitto({ lines: [line] })
      await using client = await connectTestClient(mosquitto.url)
      await using agent = startAgent(mosquitto.url, {}, (broker) => broker.retain('a2m/test/state', 'idle'))
      assert.equal(await agent.connected(), 5)
      assert.equal((await client.next('a2m/test/state')).text, 'idle')
      const logged = await agent.lines.next('a log line', ({ msg }) => msg.startsWith('Published without'))
      assert.match(String(logged.fields['error']), expected)
      assert.equal(agent.failures.left.length, 0)
      await agent.stop()
      assert.equal(
        (await client.next('a2m/test/availability', ({ text }) => text === 'offline')).text,
        'offline',
      )
    },
  )
}
