import assert from 'node:assert/strict'
import { test } from 'node:test'

import { configTopics } from '../../../src/home-assistant/config-topics.ts'
import { describe, type DiscoveryMode } from '../../../src/home-assistant/describe.ts'
import { displayNameOf, nodeOf, wordOf } from '../../../src/home-assistant/described.ts'
import type { MediaPlayerDialect } from '../../../src/home-assistant/media-player-dialect.ts'
import { mirrorTopics } from '../../../src/home-assistant/mirror-topics.ts'
import { problemsOf } from '../../support/integrations/home-assistant-rules.ts'

const product = 'amazonmusic2mqtt'

const dialects: readonly MediaPlayerDialect[] = [
  'mqtt_media_player',
  'mqtt_media_player_shyndman',
  'mqtt_universal_media_player',
  'off',
]

interface Variant {
  readonly mode?: DiscoveryMode
  readonly mediaPlayer?: MediaPlayerDialect
  readonly deviceName?: string
  readonly presets?: readonly string[]
  readonly ever?: Readonly<Record<string, string>>
  readonly canAnnounce?: boolean
  readonly scalars?: boolean
  readonly prefix?: string
}

/** Everything Home Assistant is told, JSON by topic. */
function told({
  mode = 'device',
  mediaPlayer = 'mqtt_media_player',
  deviceName = 'kitchen',
  presets = ['Morning'],
  ever = {},
  canAnnounce = true,
  scalars = true,
  prefix = 'homeassistant',
}: Variant = {}): ReadonlyMap<string, string> {
  const topicOf = (name: string): string => `a2m/${deviceName}/${name}`
  const described = {
    deviceId: '0123456789abcdef',
    deviceName,
    product,
    version: '1.2.3',
    topicOf,
    canAnnounce,
  }
  const topics = configTopics(prefix, nodeOf(described), [product, wordOf(described)].join('_'))
  const mirror = mirrorTopics(topicOf, scalars, mediaPlayer)
  return describe({ described, mode, mediaPlayer, topics, mirror }, presets, ever).messages
}

function assertValid(messages: ReadonlyMap<string, string>, prefix = 'homeassistant'): void {
  const problems = [...messages].flatMap(([topic, payload]) =>
    problemsOf(prefix, topic, payload).map((problem) => `${topic}: ${problem}`),
  )
  assert.deepEqual(problems, [])
}

for (const mode of ['device', 'single'] as const) {
  for (const mediaPlayer of dialects) {
    for (const canAnnounce of [true, false]) {
      for (const scalars of [true, false]) {
        test(`${mode}, media player ${mediaPlayer}, ${canAnnounce ? '' : 'without '}announcements, ${scalars ? '' : 'without '}scalar topics`, () => {
          assertValid(told({ mode, mediaPlayer, canAnnounce, scalars }))
        })
      }
    }
  }
}

const hostile = [
  [],
  ['+', '#', '/', 'a/b/+/#', '$SYS', '~'],
  ['"', "'", '\\', '`', `it's "so" \\" good`, '\\u0041', "\\'"],
  ['{{ states("x") }}', '{% raw %}', '}}', '{#', "{{ '", '%}'],
  ['🎵', '👩‍👩‍👧‍👦'.repeat(5), 'Ünïcode', '日本語', '\u202eabc', 'None', 'null', ''],
  ['x'.repeat(255), '🎵'.repeat(32)],
  Array.from({ length: 100 }, (_, number) => `Preset ${number}`),
]

for (const [number, presets] of hostile.entries()) {
  const names = presets.filter((name) => name !== '')
  test(`presets of hostile names, ${number}: the payload stays valid, and each can be chosen and shown`, () => {
    for (const mode of ['device', 'single'] as const) {
      for (const mediaPlayer of dialects) {
        const messages = told({ mode, mediaPlayer, presets: names })
        assertValid(messages)
        const select = componentIn(messages, 'preset')
        assert.deepEqual(select['options'], names)
        // As Jinja reads a list of texts in double quotes: JSON's escapes are its own.
        const [, list = ''] = / in (\[.*\]) else none \}\}$/s.exec(String(select['value_template'])) ?? []
        assert.deepEqual(JSON.parse(list), names)
      }
    }
  })
}

for (const deviceName of ['a', '-', '_', '__-__', '0', 'living-room', 'x'.repeat(64), 'a--b__c']) {
  test(`a device called ${deviceName}`, () => {
    for (const mode of ['device', 'single'] as const) assertValid(told({ mode, deviceName }))
  })
}

test('names are those of people', () => {
  const described = { deviceId: '0', product, version: '1', topicOf: String, canAnnounce: true }
  assert.equal(displayNameOf({ ...described, deviceName: 'living-room' }), 'Living room player')
  assert.equal(displayNameOf({ ...described, deviceName: '_' }), 'Player')
})

test('ids come from what never changes', () => {
  const ids = (deviceName: string): unknown[] =>
    Object.values(componentsIn(told({ deviceName }))).map((component) => component['unique_id'])
  assert.deepEqual(ids('kitchen'), ids('bath'))
})

test('another prefix', () => {
  for (const mode of ['device', 'single'] as const) {
    assertValid(told({ mode, prefix: 'ha/dis covery' }), 'ha/dis covery')
  }
})

test('both forms are of the same things, so that Home Assistant can move from one to the other', () => {
  const single = [...told({ mode: 'single', mediaPlayer: 'off' }).keys()].sort()
  const fromDevice = Object.entries(componentsIn(told())).map(
    ([key, { platform }]) => `homeassistant/${String(platform)}/${product}_0123456789abcdef/${key}/config`,
  )
  assert.deepEqual(single, fromDevice.sort())
})

test('what is gone is named with its platform only, and not at all where each has a topic', () => {
  const ever = { announce: 'notify', old: 'sensor', title: 'sensor' }
  const messages = told({ canAnnounce: false, ever })
  assertValid(messages)
  const components = componentsIn(messages)
  assert.deepEqual(
    [components['announce'], components['old']],
    [{ platform: 'notify' }, { platform: 'sensor' }],
  )
  assert.equal(components['title']?.['name'], 'Title')
  assert.equal(
    [...told({ mode: 'single', ever }).keys()].every((topic) => !topic.includes('/old/')),
    true,
  )
})

test('off tells nothing', () => {
  assert.equal(told({ mode: 'off' }).size, 0)
})

test('the sign-in stays in reach while the service is not, and music can be started to find out that it is back', () => {
  const components = componentsIn(told())
  const needs = (key: string): string => JSON.stringify(components[key]?.['availability'] ?? [])
  for (const key of [
    'login',
    'login_url',
    'login_code',
    'account',
    'problem',
    'last_error',
    'pause',
    'volume',
  ]) {
    assert.equal(needs(key), '[]', key)
  }
  for (const key of ['play', 'play_pause', 'preset', 'play_media', 'play_long']) {
    assert.match(needs(key), /value_json\.state/, key)
    assert.doesNotMatch(needs(key), /value_json\.service/, key)
  }
  for (const key of ['next', 'previous', 'shuffle', 'repeat'])
    assert.match(needs(key), /value_json\.service/, key)
  assert.match(needs('login_qr'), /login\/status/)
})

test('the device payload is far from the limits of brokers', () => {
  const longest = told({ presets: Array.from({ length: 100 }, (_, number) => `${number}`.padEnd(64, 'ü')) })
  for (const [topic, payload] of longest) assert.ok(Buffer.byteLength(payload) < 64_000, topic)
})

function componentsIn(messages: ReadonlyMap<string, string>): Record<string, Record<string, unknown>> {
  const [topic] = [...messages.keys()].filter((name) => name.includes('/device/'))
  const payload = JSON.parse(messages.get(topic ?? '') ?? '{}') as {
    components: Record<string, Record<string, unknown>>
  }
  return payload.components
}

function componentIn(messages: ReadonlyMap<string, string>, key: string): Record<string, unknown> {
  const alone = [...messages].find(([topic]) => topic.endsWith(`/${key}/config`))?.[1]
  const component =
    alone === undefined ? componentsIn(messages)[key] : (JSON.parse(alone) as Record<string, unknown>)
  assert.ok(component !== undefined, 'component !== undefined')
  return component
}
