import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent, type TestAgent } from '../../support/agent.ts'
import { prefix, type Answer } from '../../support/built-agent.ts'
import { integrationTest, onEachVersion } from './each-mqtt-version.ts'

function results(agent: TestAgent, mark: number, topic = `${prefix}/result`): Answer[] {
  return agent
    .since(mark)
    .concat(
      agent.messages.slice(mark).filter((message) => message.topic === topic && !topic.startsWith(prefix)),
    )
    .filter((message) => message.topic === topic)
    .map(({ text }) => JSON.parse(text) as Answer)
}

async function untilResults(agent: TestAgent, mark: number, many: number): Promise<Answer[]> {
  await agent.until(`${many} answers`, () => results(agent, mark).length >= many)
  await agent.settle()
  const found = results(agent, mark)
  assert.equal(found.length, many)
  return found
}

onEachVersion(
  'a QoS 1 message that comes again with DUP is carried out once and answered twice',
  async (agent) => {
    const mark = agent.messages.length
    await agent.publish('command', 'volume_up')
    const [one, two] = await untilResults(agent, mark, 2)
    assert.deepEqual(one, two)
    assert.equal(agent.state()['volume'], 55)
    // The same words in a message of its own are another command.
    await agent.publish('command', 'volume_up')
    await untilResults(agent, mark, 4)
    assert.equal(agent.state()['volume'], 60)
  },
  { gateway: { again: { topicEnd: '/command', when: 'at once' } } },
)

test('a redelivery on the next connection is no new command', integrationTest, async (t) => {
  const agent = await signedInAgent(t, {
    gateway: { again: { topicEnd: '/command', when: 'on the next connection' } },
  })
  const mark = agent.messages.length
  await agent.publish('command', 'volume_up')
  await untilResults(agent, mark, 1)
  agent.gateway?.cut()
  await agent.until('offline', () => agent.since(mark).some(({ text }) => text === 'offline'))
  await agent.drive('online again', () => agent.since(mark).some(({ text }) => text === 'online'))
  const [one, two] = await untilResults(agent, mark, 2)
  assert.deepEqual(one, two)
  assert.equal(agent.state()['volume'], 55)
})

onEachVersion('a transaction that comes again within a minute gets its first answer again', async (agent) => {
  const mark = agent.messages.length
  const command = '{"command":"volume_up","step":10,"transaction":"t"}'
  for (let times = 0; times < 3; times++) await agent.publish('command', command)
  const answers = await untilResults(agent, mark, 3)
  assert.deepEqual(answers[1], answers[0])
  assert.deepEqual(answers[2], answers[0])
  assert.equal(agent.state()['volume'], 60)

  // Another payload, or another topic, is another command.
  await agent.publish('command', '{"command":"volume_down","step":10,"transaction":"t"}')
  await agent.publish('set', '{"volume":20,"transaction":"t"}')
  await agent.publish('/a2m/all/set', '{"volume":20,"transaction":"t"}')
  await untilResults(agent, mark, 6)
  await agent.publish('set/volume', '50')
  await untilResults(agent, mark, 7)

  await agent.clock.advance(59_000)
  await agent.publish('command', command)
  await untilResults(agent, mark, 8)
  assert.equal(agent.state()['volume'], 50)
  await agent.clock.advance(1_001)
  await agent.publish('command', command)
  await untilResults(agent, mark, 9)
  assert.equal(agent.state()['volume'], 60)
})

test(
  'a repeat of what is under way waits for its answer, at its own response topic',
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t)
    await agent.play('sunday kitchen', 'playlist')
    const [following] = (JSON.parse(agent.now('queue') ?? '') as { next: { title: string }[] }).next
    agent.sandbox.control.fault({ method: 'GET', path: '/v1/playback/sessions', delayMs: 1_000 })
    const mark = agent.messages.length
    const held = agent.clock.sleeping
    const command = '{"command":"next","transaction":7}'
    await agent.publish('command', command)
    await agent.until('the service holds the call', () => agent.clock.sleeping > held)
    const properties = { responseTopic: 'mine/1', correlationData: Buffer.from('c') }
    await agent.publish('command', command, { properties })
    await agent.settle()
    assert.deepEqual(results(agent, mark), [])
    await agent.clock.advance(1_000)
    const [first] = await untilResults(agent, mark, 1)
    const [second] = results(agent, mark, 'mine/1')
    assert.deepEqual(second, first)
    assert.equal(
      agent.messages.findLast(({ topic }) => topic === 'mine/1')?.properties.correlationData?.toString(),
      'c',
    )
    assert.equal(agent.state()['media_title'], following?.title)
  },
)

test('a question, and what may be tried again, is asked again', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  const question = '{"transaction":"same"}'
  const before = await agent.ask('request/queue', question)
  assert.equal(before.data?.['session_id'], null)
  await agent.play('sunday kitchen', 'playlist')
  assert.notEqual((await agent.ask('request/queue', question)).data?.['session_id'], null)

  agent.sandbox.control.fault({ method: 'POST', path: '/v1/playback/sessions', status: 503, times: 10 })
  const play = '{"query":"velvet orchard","type":"album","transaction":"again"}'
  const mark = agent.messages.length
  await agent.publish('request/play', play)
  const answers = (): readonly unknown[] =>
    agent
      .since(mark)
      .filter(({ topic, text }) => topic === `${prefix}/response/play` && text.includes('again'))
  await agent.drive('a refusal', () => answers().length === 1)
  assert.match(agent.now('response/play') ?? '', /"retryable":true/)
  // What is left of the fault is used up by trying again.
  for (let times = 2; !(agent.now('response/play') ?? '').includes('"status":"ok"'); times++) {
    assert.ok(times < 20, 'never tried again')
    await agent.publish('request/play', play)
    await agent.drive('an answer', () => answers().length === times)
  }
})
