import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { settingKeys } from '../../../../src/settings/table.ts'
import { signedInAgent, startTestAgent } from '../../../support/agent.ts'
import { clientId, prefix, securityProfileId } from '../../../support/built-agent.ts'
import { integrationTest } from '../each-mqtt-version.ts'

test('`info` tells the settings in force and masks what is secret', integrationTest, async (t) => {
  const agent = await startTestAgent(t, {
    env: { A2M_MQTT_USERNAME: 'kitchen-user', A2M_MQTT_PASSWORD: 'hush-hush-hush' },
  })
  const info = JSON.parse(agent.now('info') ?? '{}') as { settings: Record<string, unknown> } & Record<
    string,
    unknown
  >
  assert.deepEqual(Object.keys(info), ['name', 'version', 'contract', 'device_id', 'settings', 'device_name'])
  assert.deepEqual([info['name'], info['contract']], ['amazonmusic2mqtt', 1])
  assert.deepEqual(Object.keys(info.settings), settingKeys)
  assert.equal(info.settings['mqttPassword'], '[secret]')
  assert.equal(info.settings['baseTopic'], 'a2m')
  const kept = JSON.parse(readFileSync(join(agent.stateDir, 'device.json'), 'utf8')) as { deviceId: string }
  assert.equal(info['device_id'], kept.deviceId)
  await agent.ask('request/info')
  const said =
    agent
      .since(0)
      .map(({ text }) => text)
      .join('\n') + agent.log.join('')
  for (const secret of ['hush-hush-hush', clientId, securityProfileId])
    assert.ok(!said.includes(secret), secret)
})

test(
  '`health` is said at most once a minute, and only when something was counted',
  integrationTest,
  async (t) => {
    const agent = await signedInAgent(t, { sandbox: { accessTokenLifetime: 864_000 } })
    await agent.clock.advance(60_000)
    await agent.settle()
    const all = (): string[] =>
      agent
        .since(0)
        .filter(({ topic }) => topic === `${prefix}/health`)
        .map(({ text }) => text)
    const before = all().length
    for (let searches = 0; searches < 5; searches++) {
      await agent.ask('request/search', '{"query":"river"}')
      await agent.clock.advance(1_000)
    }
    await agent.settle()
    assert.equal(all().length, before, 'less than a minute')
    await agent.clock.advance(60_000)
    await agent.until('health', () => all().length === before + 1)
    const health = JSON.parse(all().at(-1) ?? '{}') as Record<string, unknown>
    assert.deepEqual(Object.keys(health), [
      'uptime_seconds',
      'rss_bytes',
      'mqtt_reconnects',
      'mqtt_dropped',
      'api_calls',
      'api_throttled',
      'token_refreshes',
      'unsent_events',
    ])
    assert.equal((health['api_calls'] as { ok: number }).ok, 5)
    assert.equal(health['token_refreshes'], 1)
    for (let minutes = 0; minutes < 30; minutes++) await agent.clock.advance(60_000)
    await agent.settle()
    assert.equal(all().length, before + 1, 'only uptime moved')
  },
)

test('topic `log` is off unless it is asked for', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.ask('command', 'nonsense')
  assert.deepEqual(
    agent.since(0).filter(({ topic }) => topic === `${prefix}/log`),
    [],
  )
})

test('topic `log` says what is logged at and above its level, once', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: { A2M_MQTT_LOG_LEVEL: 'info' } })
  const logged = (): Record<string, unknown>[] =>
    agent
      .since(0)
      .filter(({ topic }) => topic === `${prefix}/log`)
      .map(({ text }) => JSON.parse(text) as Record<string, unknown>)
  const before = logged().length
  await agent.ask('command', 'nonsense')
  await agent.settle()
  assert.deepEqual(logged().slice(before), [
    {
      level: 'info',
      name: 'bridge',
      msg: 'A command was refused',
      command: 'command',
      code: 'command/unknown',
      error: 'There is no command "nonsense"',
    },
  ])
  assert.equal(
    agent
      .since(0)
      .filter(({ topic }) => topic === `${prefix}/log`)
      .every(({ qos, retain }) => qos === 0 && !retain),
    true,
  )
  assert.equal(
    logged().every(({ level }) => level !== 'debug' && level !== 'trace'),
    true,
  )
})

test(
  'a log line that cannot be published does not lead to another, and so on',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t, {
      broker: { maxPacketSize: 3_000 },
      env: { A2M_MQTT_LOG_LEVEL: 'trace', A2M_STATE_TOPICS: 'off' },
    })
    const name = 'x'.repeat(1_400)
    await agent.publish(`set/${name}`, '1').catch(() => undefined)
    // The QR code is too large as well, and comes when it comes.
    await agent.until('the code', () => agent.log.some((line) => line.includes('a2m/kitchen/login/qr')))
    await agent.settle()
    const lines = agent.log.length
    for (let turns = 0; turns < 5; turns++) await agent.settle()
    assert.equal(agent.log.length, lines, agent.log.slice(lines).join(''))
  },
)
