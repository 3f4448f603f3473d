import assert from 'node:assert/strict'

import { prefix, type Answer } from '../../../support/built-agent.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

const stored = [
  ['set/volume', '3'],
  ['set', '{"volume":4,"transaction":"s"}'],
  ['command', '{"command":"volume_up","transaction":"c"}'],
  ['request/play', '{"query":"sunday kitchen","type":"playlist","transaction":"p"}'],
] as const

onEachVersion('a command that is stored at the broker is never obeyed', async (agent, version) => {
  const before = agent.state()['volume']
  await agent.stop()
  const mark = agent.messages.length
  const requests = agent.sandbox.control.requests(undefined, '/v1/').length
  for (const [topic, payload] of stored) await agent.publish(topic, payload, { retain: true })
  await agent.publish('get', 'x', { retain: true })
  await agent.start()
  await agent.settle()
  const said = agent
    .since(mark)
    .filter(({ topic }) => /\/(result|response\/play)$/.test(topic))
    .map(({ text }) => JSON.parse(text) as Answer)
  // On 5 the broker is asked not to send them at all; on 3.1.1 it sends them, marked.
  const expected = version === 5 ? [] : stored.map(() => 'command/retained')
  assert.deepEqual(
    said.map(({ error }) => error?.code),
    expected,
  )
  assert.deepEqual(
    said
      .map(({ transaction }) => transaction)
      .filter((mark_) => mark_ !== undefined)
      .sort(),
    version === 5 ? [] : ['c', 'p', 's'],
  )
  assert.equal(agent.state()['volume'], before)
  assert.equal(agent.sandbox.control.requests(undefined, '/v1/').length, requests)
})

onEachVersion(
  'a live command with the retain flag is refused where the flag can be seen, and clearing it is no command',
  async (agent, version) => {
    if (version === 5) {
      const refused = await agent.ask('set/volume', '3', { retain: true })
      assert.equal(refused.error?.code, 'command/retained')
      assert.match(refused.error.message, /retain/)
      const mark = agent.messages.length
      await agent.publish('set/volume', '', { retain: true })
      await agent.settle()
      assert.deepEqual(
        agent.since(mark).filter(({ topic }) => topic === `${prefix}/result`),
        [],
      )
    } else {
      // A 3.1.1 broker takes the flag off what it passes on at once; at the next connection it is refused.
      assert.equal((await agent.ask('set/volume', '3', { retain: true })).status, 'ok')
      await agent.stop()
      const mark = agent.messages.length
      await agent.start()
      await agent.settle()
      const said = agent.since(mark).filter(({ topic }) => topic === `${prefix}/result`)
      assert.equal(said.length, 1)
      assert.match(said[0]?.text ?? '', /command\/retained/)
    }
  },
  { signedIn: false },
)
