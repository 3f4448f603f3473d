import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { signedInAgent, startTestAgent, type TestAgent } from '../../support/agent.ts'
import { keysReadBy, problemsOf } from '../../support/integrations/home-assistant-rules.ts'
import { connectTestClient, type Received } from '../../support/mqtt/mqtt-client.ts'
import { integrationTest, onEachVersion } from '../bridge/each-mqtt-version.ts'
import { componentsIn, configs, deviceConfigs } from './discovery-messages.ts'

const on = { env: { A2M_DISCOVERY: 'device' } }
const morning = { query: 'sunday kitchen', type: 'playlist' }

const save = (agent: TestAgent, name: string): Promise<unknown> =>
  agent.ask('request/preset_save', JSON.stringify({ name, play: morning }))

/** What the broker keeps under the discovery prefix. */
async function kept(agent: TestAgent): Promise<ReadonlyMap<string, Received>> {
  const reader = await connectTestClient(agent.broker.url)
  await reader.publish('marker', 'x')
  await reader.next('marker')
  await reader.close()
  const found = reader.inbox.left.filter(({ topic, retain }) => retain && topic.startsWith('homeassistant/'))
  return new Map(found.map((message) => [message.topic, message]))
}

for (const env of [
  {},
  { A2M_DISCOVERY: 'single' },
  { A2M_HA_MEDIA_PLAYER: 'mqtt_universal_media_player' },
  { A2M_HA_MEDIA_PLAYER: 'mqtt_media_player_shyndman' },
  { A2M_HA_MEDIA_PLAYER: 'off', A2M_STATE_TOPICS: 'off' },
  { A2M_DEVICE_NAME: 'kitchen', A2M_GROUPS: 'down', A2M_BASE_TOPIC: 'a2m' },
]) {
  test(
    `all that is announced is valid, and reads what is there: ${JSON.stringify(env)}`,
    integrationTest,
    async (t) => {
      const agent = await signedInAgent(t, { env: { ...on.env, ...env } })
      await save(agent, `It's "so" {{ x }} 🎵`)
      await agent.play('velvet orchard', 'album')
      await agent.clock.advance(5_000)
      await agent.settle()
      const retained = await kept(agent)
      const problems = [...retained].flatMap(([topic, { text }]) =>
        problemsOf('homeassistant', topic, text).map((problem) => `${topic}: ${problem}`),
      )
      assert.deepEqual(problems, [])
      assert.equal(
        [...configs(agent)].every(({ qos }) => qos === 1),
        true,
      )

      const picture = await agent.retained()
      const components = [...retained.values()].flatMap((message) =>
        message.topic.includes('/device/')
          ? Object.entries(componentsIn(message))
          : [[message.topic, JSON.parse(message.text) as Record<string, unknown>] as const],
      )
      for (const [key, component] of components) {
        for (const name of [...topicsRead(component)]) {
          assert.ok(picture.has(name) || unkept.has(name), `${key}: nothing is kept on ${name}`)
        }
        const { state_topic: topic, value_template: template } = component
        if (typeof template !== 'string') continue
        const state = JSON.parse(picture.get(String(topic).replace('a2m/kitchen/', ''))?.text ?? '') as object
        for (const read of keysReadBy(template)) assert.ok(Object.hasOwn(state, read), `${key} reads ${read}`)
      }
    },
  )
}

/** Occasions, and pictures that are not there. */
const unkept = new Set(['event', 'trigger', 'login/qr', 'error/qr', 'state/preset'])

function* topicsRead(component: Readonly<Record<string, unknown>>): Generator<string> {
  for (const [key, value] of Object.entries(component)) {
    const isRead =
      /^(state|image|json_attributes|media|state_\w+|is_\w+|volume_level|shuffle|repeat|source|source_list)(_\w+)?_topic$/
    if (
      typeof value === 'string' &&
      isRead.test(key) &&
      !/(_set|^seek|select_)/.test(key) &&
      key !== 'play_media_topic'
    )
      yield value.replace('a2m/kitchen/', '')
  }
}

test('it is told before it is shown, and the same is not said twice', integrationTest, async (t) => {
  const agent = await signedInAgent(t, on)
  const place = (start: string): number => agent.messages.findIndex(({ topic }) => topic.startsWith(start))
  assert.ok(
    place('homeassistant/device/') < place('a2m/kitchen/state'),
    `place('homeassistant/device/') < place('a2m/kitchen/state')`,
  )
  assert.equal(configs(agent).length, 2)
  await agent.play('velvet orchard', 'album')
  await agent.clock.advance(60_000)
  await agent.settle()
  assert.equal(configs(agent).length, 2)
})

test('nothing is said while nothing changes', integrationTest, async (t) => {
  const agent = await signedInAgent(t, on)
  await agent.clock.advance(120_000)
  await agent.settle()
  const mark = agent.messages.length
  await agent.clock.advance(600_000)
  // Its answers are those of the barrier.
  await agent.settle()
  const said = agent.since(mark).map(({ topic }) => topic)
  assert.deepEqual(
    said.filter((topic) => !/(health|response\/login)$/.test(topic)),
    [],
  )
})

test('a preset appears at once, two lists are apart, and the state follows', integrationTest, async (t) => {
  const agent = await signedInAgent(t, on)
  await agent.clock.advance(10_000)
  const options = (message: Received | undefined): unknown => componentsIn(message)['preset']?.['options']
  assert.deepEqual(options(deviceConfigs(agent).at(-1)), [])

  const mark = agent.messages.length
  await save(agent, 'Morning')
  await agent.until('the first list', () => deviceConfigs(agent, mark).length === 1)
  assert.deepEqual(options(deviceConfigs(agent).at(-1)), ['Morning'])
  const states = (): number => agent.since(mark).filter(({ topic }) => topic === 'a2m/kitchen/state').length
  const before = states()
  await save(agent, 'Dinner')
  await save(agent, 'Night')
  await agent.clock.advance(1_990)
  await agent.settle()
  assert.equal(deviceConfigs(agent, mark).length, 1, 'not within two seconds')
  await agent.clock.advance(20)
  await agent.until('the second list', () => deviceConfigs(agent, mark).length === 2)
  assert.deepEqual(options(deviceConfigs(agent).at(-1)), ['Morning', 'Dinner', 'Night'])
  await agent.clock.advance(2_100)
  await agent.until('the state again', () => states() >= before + 2)
})

test('a preset saved right after the connection waits as well', integrationTest, async (t) => {
  const agent = await signedInAgent(t, { env: { ...on.env } })
  await agent.broker.kill()
  await agent.broker.start()
  await agent.driveUntilBack()
  const mark = agent.messages.length
  await save(agent, 'Morning')
  await agent.settle()
  assert.equal(deviceConfigs(agent, mark).length, 0)
  await agent.clock.advance(2_000)
  await agent.until('the list', () => deviceConfigs(agent, mark).length === 1)
})

test('a broker that forgets is told again', integrationTest, async (t) => {
  const agent = await signedInAgent(t, on)
  const before = [...(await kept(agent))].map(([topic, { text }]) => [topic, text])
  await agent.broker.kill()
  await agent.broker.start()
  await agent.driveUntilBack()
  assert.deepEqual(
    [...(await kept(agent))].map(([topic, { text }]) => [topic, text]),
    before,
  )
})

onEachVersion(
  'a device that a person removed comes back with the birth message, or the next start',
  async (agent) => {
    const topic = deviceConfigs(agent)[0]?.topic ?? ''
    const remove = async (): Promise<void> => {
      await agent.publish(`/${topic}`, '', { retain: true })
      await agent.settle()
    }
    await remove()
    await agent.publish('get', '')
    await agent.ask('request/preset_save', JSON.stringify({ name: 'Morning', play: morning }))
    await agent.clock.advance(10_000)
    await agent.settle()
    assert.equal((await kept(agent)).has(topic), false, 'not forced back')
    await agent.broker.kill()
    await agent.broker.start()
    assert.equal((await agent.driveUntilBack()).has('state'), true)
    assert.equal((await kept(agent)).has(topic), false, 'not by a new connection either')

    const mark = agent.messages.length
    await agent.publish('/homeassistant/status', 'online')
    await agent.settle()
    await agent.clock.advance(5_000)
    await agent.until('the device', () => deviceConfigs(agent, mark).length > 0)
    assert.deepEqual(componentsIn(deviceConfigs(agent, mark)[0])['preset']?.['options'], ['Morning'])
    await agent.settle()
    await remove()
    await agent.stop()
    await agent.start()
    assert.equal((await kept(agent)).has(topic), true)
  },
  { ...on, signedIn: false },
)

test('a preset that cannot be asked for by its name is not offered', integrationTest, async (t) => {
  const agent = await startTestAgent(t, on)
  await agent.stop()
  const names = ['Good', 'x'.repeat(65), 'two\nlines', ' spaced ', '+/# "🎵"']
  writeFileSync(
    join(agent.stateDir, 'presets.json'),
    JSON.stringify({ presets: names.map((name) => ({ name, play: morning })) }),
  )
  const mark = agent.messages.length
  await agent.start()
  assert.deepEqual(componentsIn(deviceConfigs(agent, mark)[0])['preset']?.['options'], ['Good', '+/# "🎵"'])
})

test('off takes back what was announced, once', integrationTest, async (t) => {
  const agent = await startTestAgent(t, on)
  assert.equal((await kept(agent)).size, 2)
  assert.equal((await agent.retained()).has('player/state'), true)
  await agent.stop()
  let mark = agent.messages.length
  await agent.start({ A2M_DISCOVERY: 'off' })
  await agent.settle()
  assert.equal((await kept(agent)).size, 0)
  assert.deepEqual(
    [...(await agent.retained()).keys()].filter((name) => name.startsWith('player/')),
    [],
  )
  assert.equal(configs(agent, mark).length, 2)
  mark = agent.messages.length
  await agent.publish('get', '')
  await agent.settle()
  await agent.stop()
  await agent.start({ A2M_DISCOVERY: 'off' })
  await agent.settle()
  assert.equal(
    configs(agent, mark).length,
    0,
    'Home Assistant warns of what it is told to remove and does not know',
  )
})

test(
  'what is gone after a change of settings is taken back, also under another prefix',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t, on)
    await agent.stop()
    await agent.start({ A2M_DISCOVERY_PREFIX: 'homeassistant/two', A2M_HA_MEDIA_PLAYER: 'off' })
    await agent.settle()
    const topics = [...(await kept(agent)).keys()]
    assert.equal(topics.length, 1)
    assert.match(topics[0] ?? '', /^homeassistant\/two\/device\//)
  },
)

test('entities move from one form to the other, and back', integrationTest, async (t) => {
  const agent = await startTestAgent(t, on)
  const moving = (message: Received): boolean => message.text === '{"migrate_discovery":true}'
  const empty = (message: Received): boolean => message.text === ''
  for (const [mode, form] of [
    ['single', /^homeassistant\/\w+\/\w+\/\w+\/config$/],
    ['device', /^homeassistant\/device\/\w+\/config$/],
  ] as const) {
    await agent.stop()
    const mark = agent.messages.length
    await agent.start({ A2M_DISCOVERY: mode })
    const said = (): readonly Received[] =>
      configs(agent, mark).filter(({ topic }) => !topic.includes('/media_player/'))
    await agent.until('the old form moves', () => said().some(moving))
    await agent.settle()
    assert.ok(said().every(moving), 'not yet the new one')
    const old = said().map(({ topic }) => topic)
    await agent.clock.advance(2_000)
    await agent.until('the new form', () =>
      said().some((message) => form.test(message.topic) && !moving(message)),
    )
    await agent.settle()
    const [taken, given] = [
      said().map(empty),
      said().map(({ topic, text }) => form.test(topic) && text !== ''),
    ]
    assert.equal(taken.filter((one) => one).length, old.length, 'the old form is cleared')
    assert.ok(taken.lastIndexOf(true) < given.indexOf(true), 'before there is the new one')
    const born = agent.messages.length
    await agent.publish('/homeassistant/status', 'online')
    await agent.clock.advance(6_000)
    await agent.until('the picture', () => configs(agent, born).some(({ topic }) => form.test(topic)))
    assert.ok(!configs(agent, born).some(moving), 'they have moved')
    await agent.settle()
    assert.equal(
      [...(await kept(agent)).keys()].every((topic) => form.test(topic) || topic.includes('media_player')),
      true,
    )

    await agent.stop()
    const later = agent.messages.length
    await agent.start({ A2M_DISCOVERY: mode })
    await agent.settle()
    assert.ok(!configs(agent, later).some((message) => moving(message) || empty(message)), 'once')
  }
})

test('a component that an earlier life had is removed by name', integrationTest, async (t) => {
  const agent = await startTestAgent(t, {
    env: { ...on.env, A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: '/bin/false' },
  })
  assert.equal(Object.hasOwn(componentsIn(deviceConfigs(agent)[0]), 'announce'), true)
  await agent.stop()
  const mark = agent.messages.length
  await agent.start({ A2M_PLAYER: 'none' })
  assert.deepEqual(componentsIn(deviceConfigs(agent, mark)[0])['announce'], { platform: 'notify' })
})
