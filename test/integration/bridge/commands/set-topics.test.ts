import assert from 'node:assert/strict'

import { calls, pick, stateBeforeAnswer } from '../service-calls.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

interface Step {
  readonly topic: string
  readonly send: string
  readonly state: Readonly<Record<string, unknown>>
  readonly calls?: readonly string[]
}

const shuffle = 'PUT playback/sessions/{id}/shuffle'
const loop = 'PUT playback/sessions/{id}/loop'

/** One after the other, on a playlist that plays. */
const steps: readonly Step[] = [
  { topic: 'set/volume', send: '30', state: { volume: 30 } },
  { topic: 'set/volume', send: '+5', state: { volume: 35 } },
  { topic: 'set/volume', send: '-15', state: { volume: 20 } },
  { topic: 'set/volume', send: '-100', state: { volume: 0 } },
  { topic: 'set/volume', send: '100', state: { volume: 100 } },
  { topic: 'set/volume', send: '+1', state: { volume: 100 } },
  { topic: 'set/volume', send: ' 42.0\n', state: { volume: 42 } },
  { topic: 'set/muted', send: 'ON', state: { muted: true } },
  { topic: 'set/muted', send: 'TOGGLE', state: { muted: false } },
  { topic: 'set/muted', send: 'true', state: { muted: true } },
  { topic: 'set/muted', send: 'off', state: { muted: false } },
  { topic: 'set/shuffle', send: 'ON', state: { shuffle: true }, calls: [shuffle] },
  { topic: 'set/shuffle', send: 'TOGGLE', state: { shuffle: false }, calls: [shuffle] },
  { topic: 'set/repeat', send: 'all', state: { repeat: 'all' }, calls: [loop] },
  { topic: 'set/repeat', send: 'TOGGLE', state: { repeat: 'off' }, calls: [loop] },
  { topic: 'set/media_position', send: '20', state: { media_position: 20 } },
  { topic: 'set/media_position', send: '+10', state: { media_position: 30 } },
  { topic: 'set/media_position', send: '-5', state: { media_position: 25 } },
  { topic: 'set', send: '{"volume":10}', state: { volume: 10 } },
  { topic: 'set', send: '{"muted":"TOGGLE"}', state: { muted: true } },
  {
    topic: 'set',
    send: '{"volume":33,"muted":false,"shuffle":true,"repeat":"all","media_position":7,"transaction":"a2"}',
    state: { volume: 33, muted: false, shuffle: true, repeat: 'all', media_position: 7 },
    calls: [shuffle, loop],
  },
]

onEachVersion(
  'every key can be set, as text and as JSON, and `state` says so before the answer',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    for (const { topic, send, state, calls: wanted } of steps) {
      const before = calls(agent.sandbox).length
      const answer = await agent.ask(topic, send)
      assert.equal(answer.status, 'ok', `${topic} ${send}: ${JSON.stringify(answer)}`)
      assert.equal(answer.command, topic)
      assert.equal(answer.transaction, send.includes('transaction') ? 'a2' : undefined)
      assert.deepEqual(pick(stateBeforeAnswer(agent), state), state, `${topic} ${send}`)
      const made = calls(agent.sandbox).slice(before)
      for (const call of wanted ?? []) assert.ok(made.includes(call), `${topic} ${send}: ${made.join(', ')}`)
      if (wanted === undefined) assert.deepEqual(made, [], send)
    }
  },
)

onEachVersion('a set of several keys of which one fails puts volume and mute back', async (agent) => {
  await agent.ask('set/volume', '40')
  const before = agent.now('state')
  const answer = await agent.ask('set', '{"volume":90,"muted":true,"shuffle":true}')
  assert.equal(answer.error?.code, 'playback/nothing')
  assert.equal(answer.error['done'], undefined)
  assert.equal(agent.now('state'), before)
  assert.deepEqual(calls(agent.sandbox), [])
})
