import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../support/agent.ts'
import { prefix, type Answer } from '../../support/built-agent.ts'
import { integrationTest, onEachVersion } from './each-mqtt-version.ts'

function results(agent: TestAgent, mark: number): Answer[] {
  return agent
    .since(mark)
    .filter(({ topic }) => topic === `${prefix}/result`)
    .map(({ text }) => JSON.parse(text) as Answer)
}

onEachVersion('a set of several keys that waits is not replaced by one of its keys', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  agent.sandbox.control.fault({ method: 'GET', path: '/v1/playback/sessions', delayMs: 1_000 })
  const held = agent.clock.sleeping
  const mark = agent.messages.length
  await agent.publish('command', 'next')
  await agent.until('the service holds the call', () => agent.clock.sleeping > held)
  await agent.publish('set', '{"volume":10,"media_position":5}')
  await agent.publish('set', '{"volume":20}')
  await agent.publish('set/volume', '30')
  await agent.settle()
  await agent.clock.advance(1_000)
  await agent.until('all answers', () => results(agent, mark).length === 4)
  assert.deepEqual(
    results(agent, mark).map(({ error, status }) => error?.code ?? status),
    ['command/superseded', 'ok', 'ok', 'ok'],
  )
  assert.deepEqual([agent.state()['volume'], agent.state()['media_position']], [30, 5])
})

onEachVersion('a stored get asks for nothing, now or at the next connection', async (agent, version) => {
  const states = (mark: number): number =>
    agent.since(mark).filter(({ topic }) => topic === `${prefix}/state`).length
  const live = agent.messages.length
  await agent.publish('get', 'x', { retain: true })
  await agent.settle()
  // On 3.1.1 a live message does not show that it is to be stored.
  assert.equal(states(live), version === 5 ? 0 : 1)
  await agent.stop()
  const start = agent.messages.length
  await agent.start()
  await agent.settle()
  assert.equal(states(start), 1, 'once, by the connection')
})

test('events and triggers expire in a minute, answers do not', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.play('sunday kitchen', 'playlist')
  const expiry = async (name: string): Promise<number | undefined> =>
    (await agent.said(name)).properties.messageExpiryInterval
  for (const name of ['event', 'trigger']) {
    const seconds = await expiry(name)
    // The broker takes off what it has waited itself.
    assert.equal(seconds === 60 || seconds === 59, true, `${name}: ${seconds}`)
  }
  assert.equal(await expiry('response/play'), undefined)
  assert.equal((await agent.said('trigger', ({ text }) => text === 'playback_started')).retain, false)
})

test('a pause and a stop are the trigger playback_stopped, once each', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.play('sunday kitchen', 'playlist')
  for (const verb of ['pause', 'stop']) {
    const mark = agent.messages.length
    await agent.ask('command', verb)
    const triggers = agent.since(mark).filter(({ topic }) => topic === `${prefix}/trigger`)
    assert.deepEqual(
      triggers.map(({ text }) => text),
      ['playback_stopped'],
      verb,
    )
  }
})
