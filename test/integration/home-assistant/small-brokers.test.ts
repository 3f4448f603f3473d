import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { problemsOf } from '../../support/integrations/home-assistant-rules.ts'
import { connectTestClient, type Received } from '../../support/mqtt/mqtt-client.ts'
import type { MosquittoOptions } from '../../support/mqtt/mosquitto.ts'
import { integrationTest } from '../bridge/each-mqtt-version.ts'
import { configs, deviceConfigs } from './discovery-messages.ts'

const env = { A2M_DISCOVERY: 'device' }

/** What the broker holds of single entities. */
async function singles(agent: TestAgent): Promise<readonly Received[]> {
  const reader = await connectTestClient(agent.broker.url)
  await reader.publish('marker', 'x')
  await reader.next('marker')
  await reader.close()
  return reader.inbox.left.filter(
    ({ topic, retain }) => retain && /^homeassistant\/(?!device)\w+\/\w+\/\w+\/config$/.test(topic),
  )
}

const isMove = ({ text }: Received): boolean => text.includes('migrate_discovery')

const bySize = { lines: ['message_size_limit 8192'] }

for (const [limit, broker, version] of [
  ['message_size_limit', bySize, 5],
  ['message_size_limit', bySize, 4],
  ['max_packet_size', { maxPacketSize: 8_192 }, 5],
] as readonly (readonly [string, MosquittoOptions, 4 | 5])[]) {
  test(
    `a broker with ${limit} too small for the device is told of each entity by itself (MQTT ${version})`,
    integrationTest,
    async (t) => {
      const agent = await startTestAgent(t, { env, broker, version, random: () => 0 })
      const some = (): boolean => configs(agent).some(({ topic }) => topic.includes('/button/'))
      await agent.drive('single entities', some)
      await agent.settle()
      const found = await singles(agent)
      assert.ok(found.length > 30, `${found.length} entities`)
      assert.deepEqual(
        found.flatMap(({ topic, text }) => problemsOf('homeassistant', topic, text)),
        [],
      )
      assert.equal(deviceConfigs(agent).length, 0)
      assert.equal(agent.log.filter((line) => line.includes('told of each entity by itself')).length, 1)
      assert.equal(agent.now('availability'), 'online')

      // Known from then on: nothing is tried, and nothing moves.
      await agent.stop()
      const mark = agent.messages.length
      const lines = agent.log.length
      await agent.start({ A2M_DISCOVERY: 'device' })
      await agent.settle()
      assert.equal(
        configs(agent, mark).some(({ topic }) => topic.includes('/button/')),
        true,
      )
      assert.equal(configs(agent, mark).some(isMove), false)
      assert.equal(
        agent.log.slice(lines).some((line) => line.includes('mqtt/too-large')),
        false,
      )
    },
  )
}

test(
  'a device that was announced, and then grows too large, moves to single entities',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t, { env: { ...env, A2M_LOG_LEVEL: 'debug' } })
    const [device] = deviceConfigs(agent)
    assert.ok(device !== undefined, 'device !== undefined')
    await agent.broker.stop()
    await agent.broker.start({ lines: ['message_size_limit 8192', 'set_tcp_nodelay true'] })
    await agent.driveUntilBack()
    const moved = (): boolean => deviceConfigs(agent).some(isMove)
    await agent.drive('the move', moved)
    await agent.drive('the entities', () => configs(agent).some(({ topic }) => topic.includes('/button/')))
    await agent.settle()
    const said = deviceConfigs(agent).map(({ text }) => text)
    assert.equal(said.at(-1), '', 'the device is cleared after the move')
    assert.ok((await singles(agent)).length > 30, '(await singles(agent)).length > 30')
  },
)
