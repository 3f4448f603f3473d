import assert from 'node:assert/strict'

import { connectTestClient } from '../../support/mqtt/mqtt-client.ts'
import { startAgent } from './mqtt-harness.ts'
import { testBothVersions } from './both-versions.ts'

const rounds = 60
const scalars = 40

testBothVersions(
  'an answer comes after every topic that was set before it, also when more are set than may be in flight',
  async (peer) => {
    await using client = await connectTestClient(peer.mosquitto.url)
    await using agent = startAgent(peer.gateway.url)
    await agent.connected()
    for (let round = 1; round <= rounds; round++) {
      for (let key = 0; key < scalars; key++) agent.broker.retain(`a2m/test/state/${key}`, String(round))
      agent.broker.send('a2m/test/result', String(round))
    }
    await client.next('a2m/test/result', ({ text }) => text === String(rounds))

    const shown = new Map<string, number>()
    for (const { topic, text } of client.inbox.left) {
      if (topic.startsWith('a2m/test/state/')) shown.set(topic, Number(text))
      if (topic !== 'a2m/test/result') continue
      const late = [...shown].filter(([, round]) => round < Number(text))
      assert.deepEqual(late, [], `answer ${text} told of a state that was not there yet`)
    }
    assert.equal(shown.size, scalars)
    assert.deepEqual([...new Set(shown.values())], [rounds])
  },
)
