import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { signedInAgent, startTestAgent } from '../../../support/agent.ts'
import { prefix } from '../../../support/built-agent.ts'
import { requireTool } from '../../../support/tools.ts'
import { integrationTest, onEachVersion } from '../each-mqtt-version.ts'

onEachVersion(
  'a transaction comes back as it was sent, on good answers and bad ones, and not when none was sent',
  async (agent) => {
    for (const transaction of ['a1', '', 'ü"\\\n', 0, 7, -1, 1.5, 9007199254740991]) {
      const good = await agent.ask('set', JSON.stringify({ volume: 30, transaction }))
      assert.deepEqual([good.status, good.transaction], ['ok', transaction])
      const bad = await agent.ask('command', JSON.stringify({ command: 'seek', transaction }))
      assert.deepEqual([bad.status, bad.command, bad.transaction], ['error', 'seek', transaction])
    }
    const spaced = await agent.ask('request/search', ' \n{"transaction":"late"}')
    assert.deepEqual([spaced.status, spaced.transaction], ['error', 'late'])
    assert.ok(
      !('transaction' in (await agent.ask('set/volume', '30'))),
      `!('transaction' in (await agent.ask('set/volume', '30')))`,
    )
    assert.ok(
      !('transaction' in (await agent.ask('command', 'nonsense'))),
      `!('transaction' in (await agent.ask('command', 'nonsense')))`,
    )
  },
  { signedIn: false },
)

onEachVersion(
  'answers have the shape of the contract',
  async (agent) => {
    const ok = await agent.ask('set', '{"volume":31,"transaction":"t"}')
    assert.deepEqual(Object.keys(ok), ['status', 'command', 'data', 'transaction'])
    assert.deepEqual([ok.data?.['state'], ok.data?.['volume'], ok.data?.['media_title']], ['off', 31, null])
    const error = await agent.ask('command', '{"command":"pause","transaction":"t"}')
    assert.deepEqual(Object.keys(error), ['status', 'command', 'error', 'transaction'])
    assert.deepEqual(
      [error.command, error.error?.code, error.error?.['retryable'], error.error?.['retry_after_seconds']],
      ['pause', 'playback/nothing', false, null],
    )
    for (const topic of ['result', 'response/login']) {
      const message = await agent.said(topic)
      assert.deepEqual([message.retain, message.qos], [false, 1])
    }
  },
  { signedIn: false },
)

test('an MQTT 5 response topic is honoured with its correlation data', integrationTest, async (t) => {
  const agent = await startTestAgent(t)
  const correlationData = Buffer.from([0, 1, 254, 255])
  for (const [topic, payload] of [
    ['set/volume', '20'],
    ['set', '{"volume":21,"transaction":"x"}'],
    ['command', 'nonsense'],
    ['request/info', ''],
    ['request/nonsense', '[]'],
  ] as const) {
    const mark = agent.messages.length
    const answer = await agent.ask(topic, payload, {
      properties: { responseTopic: 'reply/me', correlationData },
    })
    const message = agent.messages.findLast((one) => one.topic === 'reply/me')
    assert.ok(message !== undefined, 'message !== undefined')
    assert.deepEqual(message.properties.correlationData, correlationData)
    assert.equal(message.properties.contentType, 'application/json')
    assert.equal(message.retain, false)
    assert.equal(answer.transaction, payload.includes('transaction') ? 'x' : undefined)
    const others = agent.since(mark).filter(({ topic: name }) => /\/(result|response\/(?!login))/.test(name))
    assert.deepEqual(others, [], 'the answer took the place of the default one')
  }
  const plain = await agent.ask('set/volume', '22', { properties: { responseTopic: 'reply/plain' } })
  assert.equal(plain.status, 'ok')
  assert.equal(
    agent.messages.findLast((one) => one.topic === 'reply/plain')?.properties.correlationData,
    undefined,
  )
})

// Those with wildcards a broker does not pass on; they are in test/unit/bridge/topics.test.ts.
test('a response topic that cannot carry an answer is not used', integrationTest, async (t) => {
  const agent = await startTestAgent(t)
  for (const responseTopic of [
    `${prefix}/command`,
    `${prefix}/set/volume`,
    `${prefix}/get`,
    `${prefix}/request/play`,
    'a2m/bedroom/command',
    'a2m/bedroom/availability',
    'a2m/bedroom/info',
    'homeassistant/status',
    'homeassistant/sensor/other/config',
    'homeassistant/device/other/config',
    'a2m/all/set',
    'a2m/group/up/set/muted',
    `${prefix}/state`,
    `${prefix}/availability`,
    `${prefix}/state/volume`,
    '$SYS/broker/version',
    '$share/x/y',
    'a/'.repeat(250),
  ]) {
    const mark = agent.messages.length
    const correlationData = Buffer.from('mine')
    await agent.publish('set/volume', '+0', { properties: { responseTopic, correlationData } })
    await agent.settle()
    const result = agent.messages.slice(mark).find(({ topic }) => topic === `${prefix}/result`)
    assert.match(result?.text ?? '', /"status":"ok"/, responseTopic.slice(0, 40))
    assert.deepEqual(result?.properties.correlationData, correlationData)
  }
  assert.equal(agent.messages.filter(({ text }) => text === 'offline').length, 0, 'the connection held')
})

test(
  'mosquitto_rr, which sends no correlation data, gets its answer',
  { ...integrationTest, skip: requireTool('mosquitto_pub') },
  async (t) => {
    const agent = await signedInAgent(t)
    const { stdout } = await promisify(execFile)('mosquitto_rr', [
      ...['-V', '5', '-h', 'localhost', '-p', String(agent.broker.port), '-W', '10'],
      ...['-t', `${prefix}/request/search`, '-e', 'reply/1', '-m', '{"query":"sunday","limit":1}'],
    ])
    const answer = JSON.parse(stdout) as { status: string; command: string; data: { title: string }[] }
    assert.deepEqual([answer.status, answer.command, answer.data.length], ['ok', 'search', 1])
  },
)
