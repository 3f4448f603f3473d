import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../../support/agent.ts'
import { prefix, type Answer } from '../../../support/built-agent.ts'
import { calls } from '../service-calls.ts'
import { integrationTest, onEachVersion } from '../each-mqtt-version.ts'

/** The answers on `result` from `mark` on, in the order they came. */
function results(agent: TestAgent, mark: number): Answer[] {
  return agent
    .since(mark)
    .filter(({ topic }) => topic === `${prefix}/result`)
    .map(({ text }) => JSON.parse(text) as Answer)
}

/** A `next` is under way until the clock has moved on. */
async function hold(agent: TestAgent, delayMs = 1_000): Promise<void> {
  agent.sandbox.control.fault({ method: 'GET', path: '/v1/playback/sessions', delayMs })
  const held = agent.clock.sleeping
  await agent.publish('command', '{"command":"next","transaction":"held"}')
  await agent.until('the service holds the call', () => agent.clock.sleeping > held)
}

async function letGo(agent: TestAgent): Promise<void> {
  await agent.clock.advance(1_000)
}

onEachVersion(
  'a newer volume or position takes the place of one that waits; steps are all done',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    const mark = agent.messages.length
    await hold(agent)
    for (const volume of ['10', '20', '+5', '30', '+5']) await agent.publish('set/volume', volume)
    for (const position of [5, 9]) await agent.publish('command', `{"command":"seek","position":${position}}`)
    await agent.publish('command', '{"command":"seek","offset":-2}')
    await agent.settle()
    await letGo(agent)
    await agent.until('all answers', () => results(agent, mark).length === 9)
    await agent.settle()
    const said = results(agent, mark)
    assert.deepEqual(
      said.map(({ status, error }) => error?.code ?? status),
      ['command/superseded', 'command/superseded', 'command/superseded', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
    )
    // +5 on 50, then 30, then +5.
    assert.equal(agent.state()['volume'], 35)
    assert.equal(agent.state()['media_position'], 7)
  },
)

onEachVersion(
  'the 65th command that waits is refused, but one that takes the place of another is not',
  async (agent) => {
    await agent.play('sunday kitchen', 'playlist')
    await agent.ask('set/volume', '0')
    const mark = agent.messages.length
    await hold(agent)
    await agent.publish('set/volume', '1')
    for (let sent = 1; sent < 64; sent++) await agent.publish('set/volume', '+1')
    await agent.settle()
    assert.deepEqual(results(agent, mark), [])
    await agent.publish('set/volume', '+1')
    await agent.until('a refusal', () => results(agent, mark).length === 1)
    assert.equal(results(agent, mark)[0]?.error?.code, 'command/queue-full')
    assert.equal(results(agent, mark)[0]?.error?.['retryable'], true)
    await agent.publish('set/volume', '9')
    await agent.until('it is taken', () => results(agent, mark).length === 2)
    assert.equal(results(agent, mark)[1]?.error?.code, 'command/superseded')
    assert.equal((await agent.ask('request/info')).status, 'ok', 'questions do not wait for it')
    await letGo(agent)
    await agent.until('all answers', () => results(agent, mark).length === 67)
    assert.equal(results(agent, mark).filter(({ status }) => status === 'ok').length, 65)
    assert.equal(agent.state()['volume'], 9)
  },
)

test('a command that waited past its message expiry is not carried out', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.play('sunday kitchen', 'playlist')
  const mark = agent.messages.length
  await hold(agent, 9_000)
  await agent.publish('command', 'pause', { properties: { messageExpiryInterval: 5 } })
  await agent.publish('set/volume', '77', { properties: { messageExpiryInterval: 3_600 } })
  await agent.settle()
  await agent.clock.advance(9_000)
  await agent.until('the answers', () => results(agent, mark).length === 3)
  const [held, pause, volume] = results(agent, mark)
  assert.equal(held?.transaction, 'held')
  assert.deepEqual([pause?.command, pause?.error?.code], ['pause', 'command/expired'])
  assert.deepEqual([volume?.status, agent.state()['volume']], ['ok', 77])
  assert.notEqual(agent.state()['state'], 'paused')
})

onEachVersion('a stopping agent refuses what waits, in words, and ends', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  const mark = agent.messages.length
  await hold(agent)
  await agent.publish('command', 'pause')
  await agent.publish('set', '{"volume":3,"transaction":"w"}')
  await agent.settle()
  const before = agent.now('state/volume')
  agent.abort()
  await agent.until('the refusals', () => results(agent, mark).length === 2)
  await agent.publish('command', '{"command":"next","transaction":"late"}')
  await agent.until('one more', () => results(agent, mark).length === 3)
  await agent.drive('the end', () => agent.now('availability') === 'offline')
  await agent.stop()
  const said = results(agent, mark)
  assert.deepEqual(
    said.slice(0, 3).map(({ command, error, transaction }) => [command, error?.code, transaction]),
    [
      ['pause', 'command/stopping', undefined],
      ['set', 'command/stopping', 'w'],
      ['next', 'command/stopping', 'late'],
    ],
  )
  assert.equal(said.length, 4, 'and the one under way had its answer')
  assert.equal(agent.now('state/volume'), before)
})

onEachVersion('changes are made one after the other, in the order they came', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  const mark = agent.messages.length
  const sent = ['next', 'shuffle_on', 'next', 'pause', 'play', 'volume_up', 'repeat_all', 'previous', 'stop']
  await Promise.all(sent.map((verb) => agent.publish('command', verb)))
  await agent.until('all answers', () => results(agent, mark).length === sent.length)
  assert.deepEqual(
    results(agent, mark).map(({ command, status }) => `${command} ${status}`),
    sent.map((verb) => `${verb} ok`),
  )
  assert.deepEqual(agent.sandbox.control.violations(), [])
  assert.ok(calls(agent.sandbox).length >= 5, 'calls(agent.sandbox).length >= 5')
})
