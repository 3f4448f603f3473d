import assert from 'node:assert/strict'

import { prefix } from '../../../support/built-agent.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

onEachVersion(
  '`all` and the groups of the device are heard, other groups and devices are not',
  async (agent) => {
    const answered = async (topic: string, payload: string): Promise<number> => {
      const mark = agent.messages.length
      await agent.publish(topic, payload)
      await agent.settle()
      return agent.since(mark).filter(({ topic: name }) => name === `${prefix}/result`).length
    }
    for (const start of ['/a2m/all', '/a2m/group/up', '/a2m/group/living-room']) {
      assert.equal(await answered(`${start}/set/volume`, '20'), 1, start)
      assert.equal(await answered(`${start}/set`, '{"muted":true}'), 1, start)
      assert.equal(await answered(`${start}/command`, 'volume_up'), 1, start)
      assert.equal(agent.state()['volume'], 25)
    }
    for (const topic of [
      '/a2m/group/down/set/volume',
      '/a2m/bedroom/set/volume',
      '/a2m/all/request/info',
      '/a2m/all/get',
      '/a2m/group/up/get',
      '/a2m/group/set/volume',
      '/other/all/set/volume',
      '/a2m/all/set/volume/now',
    ]) {
      assert.equal(await answered(topic, '99'), 0, topic)
    }
    assert.equal(agent.state()['volume'], 25)
  },
  { signedIn: false, env: { A2M_GROUPS: 'up,living-room' } },
)
