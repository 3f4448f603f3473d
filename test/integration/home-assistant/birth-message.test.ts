import assert from 'node:assert/strict'

import type { TestAgent } from '../../support/agent.ts'
import { onEachVersion } from '../bridge/each-mqtt-version.ts'

const birth = '/homeassistant/status'

/** How often `state`, which stands for the picture, was sent since `mark`. */
function pictures(agent: TestAgent, mark: number): number {
  return agent.since(mark).filter(({ topic }) => topic === 'a2m/kitchen/state').length
}

for (const [random, seconds] of [
  [0, 1],
  [0.5, 3],
  [0.999, 4.996],
] as const) {
  onEachVersion(
    `Home Assistant's birth message brings the picture once, ${seconds} s later`,
    async (agent) => {
      const mark = agent.messages.length
      for (const payload of ['online', 'online', 'offline', 'nonsense', 'online'])
        await agent.publish(birth, payload)
      await agent.settle()
      await agent.clock.advance(seconds * 1_000 - 5)
      await agent.settle()
      assert.equal(pictures(agent, mark), 0)
      await agent.clock.advance(5)
      await agent.until('the picture', () => pictures(agent, mark) > 0)
      for (let passed = 0; passed < 10; passed++) await agent.clock.advance(1_000)
      await agent.settle()
      assert.equal(pictures(agent, mark), 1)

      await agent.publish(birth, 'online')
      await agent.settle()
      await agent.clock.advance(5_000)
      await agent.until('a second birth is answered too', () => pictures(agent, mark) === 2)
    },
    { random: () => random, signedIn: false },
  )
}

onEachVersion(
  'Home Assistant may announce itself elsewhere',
  async (agent) => {
    const mark = agent.messages.length
    await agent.publish('/ha/birth', 'online')
    await agent.settle()
    await agent.clock.advance(5_000)
    await agent.until('the picture', () => pictures(agent, mark) === 1)
    await agent.settle()
    assert.equal(pictures(agent, mark), 1)
  },
  { signedIn: false, env: { A2M_HA_STATUS_TOPIC: 'ha/birth' } },
)
