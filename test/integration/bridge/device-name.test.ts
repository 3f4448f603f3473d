import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { integrationTest, onEachVersion } from './each-mqtt-version.ts'

/** Ids that come before and after any that is made of hexadecimal digits. */
const lesser = '!'
const greater = 'z'

const retained = { retain: true }

function idOf(agent: TestAgent): string {
  const { deviceId } = JSON.parse(readFileSync(join(agent.stateDir, 'device.json'), 'utf8')) as {
    deviceId: string
  }
  return deviceId
}

function count(agent: TestAgent, mark: number, topic: string, text: string): number {
  return agent.messages.slice(mark).filter((one) => one.topic === topic && one.text.includes(text)).length
}

onEachVersion(
  'who says offline in our name is contradicted, at once and then ever more slowly',
  async (agent) => {
    const mark = agent.messages.length
    const onlines = (): number => count(agent, mark, 'a2m/kitchen/availability', 'online')
    await agent.publish('availability', 'offline', retained)
    await agent.until('online', () => onlines() === 1)
    for (let times = 0; times < 20; times++) await agent.publish('availability', 'offline', retained)
    await agent.settle()
    assert.equal(onlines(), 1)
    await agent.clock.advance(1_000)
    await agent.until('online again', () => onlines() === 2)
    assert.equal((await agent.retained()).get('availability')?.text, 'online')
    await agent.publish('availability', 'offline', retained)
    await agent.settle()
    await agent.clock.advance(1_500)
    await agent.settle()
    assert.equal(onlines(), 2)
    await agent.clock.advance(500)
    await agent.until('online after twice as long', () => onlines() === 3)
    // Long after it is at once again.
    await agent.clock.advance(200_000)
    await agent.publish('availability', 'offline', retained)
    await agent.until('online at once', () => onlines() === 4)
    await agent.publish('availability', 'offline', retained)
    await agent.settle()
    await agent.clock.advance(1_000)
    await agent.until('online after the shortest pause', () => onlines() === 5)
  },
  { signedIn: false },
)

test('its own end is not contradicted', integrationTest, async (t) => {
  const agent = await startTestAgent(t)
  await agent.stop()
  assert.equal((await agent.retained()).get('availability')?.text, 'offline')
})

onEachVersion(
  'a newcomer that does not give way is answered with the whole picture; of two that began at once the greater id goes',
  async (agent) => {
    const id = idOf(agent)
    const mark = agent.messages.length
    await agent.publish('state', 'of another', retained)
    await agent.publish('info', JSON.stringify({ device_id: greater }), retained)
    await agent.until('its own info', () => count(agent, mark, 'a2m/kitchen/info', id) === 1)
    assert.notEqual((await agent.retained()).get('state')?.text, 'of another')
    for (let times = 0; times < 10; times++)
      await agent.publish('info', JSON.stringify({ device_id: greater }), retained)
    await agent.settle()
    assert.equal(count(agent, mark, 'a2m/kitchen/info', id), 1, 'no fight')

    await agent.publish('info', JSON.stringify({ device_id: lesser }), retained)
    const alias = `kitchen-${id.slice(0, 4)}`
    await agent.until('another name', () => count(agent, mark, `a2m/${alias}/availability`, 'online') === 1)
    assert.equal(count(agent, mark, 'a2m/kitchen/availability', 'offline'), 0)
    const error = await agent.said(`/a2m/${alias}/error`)
    assert.match(error.text, /"code":"mqtt\/name-taken"/)
    assert.match((await agent.said(`/a2m/${alias}/info`)).text, new RegExp(`"device_name":"${alias}"`))
    await agent.publish(`/a2m/${alias}/command`, '{"command":"volume_up","transaction":"x"}')
    await agent.said(`/a2m/${alias}/result`, ({ text }) => text.includes('"x"'))
  },
  { signedIn: false },
)

test(
  'what Home Assistant is told follows the name, and nothing of the other is cleared',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t, {
      env: { A2M_DISCOVERY: 'device', A2M_HA_MEDIA_PLAYER: 'mqtt_media_player' },
    })
    const id = idOf(agent)
    const player = (name: string): string => `homeassistant/media_player/amazonmusic2mqtt_${name}/config`
    await agent.said(`/${player('kitchen')}`)
    await agent.clock.advance(5_000)
    const mark = agent.messages.length
    for (let times = 0; times < 2; times++)
      await agent.publish('info', JSON.stringify({ device_id: lesser }), retained)
    const alias = `kitchen-${id.slice(0, 4)}`
    await agent.until('another name', () => count(agent, mark, `a2m/${alias}/availability`, 'online') === 1)
    const config = await agent.said(`/${player(`kitchen_${id.slice(0, 4)}`)}`)
    assert.equal(config.text.includes(`a2m/${alias}/player/`), true, config.text)
    assert.doesNotMatch(config.text, /a2m\/kitchen\//)
    const device = await agent.said(`/homeassistant/device/amazonmusic2mqtt_${id}/config`, ({ text }) =>
      text.includes(alias),
    )
    assert.doesNotMatch(device.text, /a2m\/kitchen\//)
    // No cover is zero bytes, too.
    const cleared = agent.messages
      .slice(mark)
      .filter(({ payload, topic }) => payload.length === 0 && !topic.endsWith('/albumart'))
    assert.deepEqual(
      cleared
        .map(({ topic }) => topic)
        .filter((topic) => /kitchen\/player|amazonmusic2mqtt_kitchen\//.test(topic)),
      [],
    )
    // The media player is commanded under the new name.
    const { command_volume_topic: volume } = JSON.parse(config.text) as Record<string, string>
    await agent.publish(`/${volume ?? ''}`, '0.35')
    await agent.said(`/a2m/${alias}/state`, ({ text }) => text.includes('"volume":35'))
  },
)

test('where info cannot be read, the name is as the settings have it', integrationTest, async (t) => {
  const read = ['command', 'set', 'set/+', 'get', 'request/+'].map((name) => `topic read a2m/kitchen/${name}`)
  const agent = await startTestAgent(t, {
    broker: {
      passwords: { agent: 'secret' },
      lines: ['allow_anonymous true'],
      acl: ['topic readwrite #', 'user agent', 'topic write a2m/kitchen/#', ...read, ''].join('\n'),
    },
    env: { A2M_MQTT_USERNAME: 'agent', A2M_MQTT_PASSWORD: 'secret' },
  })
  await agent.stop()
  await agent.publish('info', JSON.stringify({ device_id: lesser }), retained)
  await agent.publish('availability', 'online', retained)
  await agent.start()
  assert.match((await agent.said('info')).text, new RegExp(idOf(agent)))
  assert.equal((await agent.ask('request/login')).status, 'ok')
})

test(
  'what stood under a former name is cleared, unless another device has it now',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t)
    const id = idOf(agent)
    await agent.stop()
    const former = ['a2m/bath/', 'a2m/hall/', 'a2m/attic/', 'a2m/kitchen/']
    const file = join(agent.stateDir, 'topics.json')
    const prefixes = (): unknown => (JSON.parse(readFileSync(file, 'utf8')) as { prefixes: unknown }).prefixes
    assert.deepEqual(prefixes(), ['a2m/kitchen/'])
    writeFileSync(file, JSON.stringify({ prefixes: former }))
    for (const [name, owner] of [
      ['bath', id],
      ['hall', lesser],
    ] as const) {
      await agent.publish(`/a2m/${name}/info`, JSON.stringify({ device_id: owner }), retained)
      for (const topic of ['state', 'state/volume', 'login/qr', 'availability'])
        await agent.publish(`/a2m/${name}/${topic}`, 'online', retained)
    }
    const mark = agent.messages.length
    await agent.start()
    await agent.settle()
    const cleared = agent.messages
      .slice(mark)
      .filter(({ payload, topic }) => payload.length === 0 && !topic.startsWith('a2m/kitchen/'))
    const names = new Set(cleared.map(({ topic }) => topic))
    for (const topic of ['info', 'state', 'state/volume', 'login/qr', 'availability'])
      assert.ok(names.has(`a2m/bath/${topic}`), topic)
    assert.deepEqual(
      [...names].filter((topic) => !topic.startsWith('a2m/bath/')),
      [],
    )
    // Of the attic nobody knows: it is looked at again the next time.
    assert.deepEqual(prefixes(), ['a2m/attic/', 'a2m/kitchen/'])
    // Once is enough.
    const after = agent.messages.length
    await agent.publish('get', '')
    await agent.settle()
    assert.equal(agent.messages.slice(after).filter(({ topic }) => topic.startsWith('a2m/bath/')).length, 0)
  },
)
