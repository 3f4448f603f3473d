import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readSettings } from '../../../src/settings/read-settings.ts'
import { facts, read } from './sources.ts'

test('a write scope includes its :read twin, which is dropped with a notice', () => {
  const { settings, notices } = read({
    A2M_SCOPES: 'music::library:read music::library music::profile:read profile',
  })
  assert.deepEqual(settings.scopes, ['music::library', 'music::profile:read', 'profile'])
  assert.deepEqual(notices, [
    'A2M_SCOPES: "music::library:read" is not asked for: "music::library" includes it',
  ])
})

test('the ten scopes of the API and the three of Login with Amazon are known', () => {
  const all =
    'music::catalog music::favorites:read music::history music::library:read music::playback music::profile:read ' +
    'music::recommendation profile profile:user_id postal_code'
  assert.equal(read({ A2M_SCOPES: all }).settings.scopes.join(' '), all)
  const writing = 'music::favorites music::library music::profile'
  assert.equal(read({ A2M_SCOPES: writing }).settings.scopes.join(' '), writing)
})

test('scopes are taken with commas too, and each once', () => {
  assert.deepEqual(read({ A2M_SCOPES: 'profile, music::catalog,profile' }).settings.scopes, [
    'profile',
    'music::catalog',
  ])
})

test('white space around ids is cut off', () => {
  const { settings } = read({ A2M_SECURITY_PROFILE_ID: '  amzn1.application.abc\n' })
  assert.equal(settings.securityProfileId, 'amzn1.application.abc')
})

for (const url of [
  'http://localhost:8080/',
  'http://127.0.0.1:1/',
  'http://[::1]:2/',
  'https://host/base/',
]) {
  test(`tokens may go to ${url}`, () => {
    assert.equal(read({ A2M_MUSIC_URL: url }).settings.musicUrl.href, url)
  })
}

for (const url of [
  'mqtt://h',
  'mqtts://h:8883',
  'ws://h:9001/mqtt?x=y',
  'wss://h/mqtt',
  'mqtt://[::1]:1883',
]) {
  test(`${url} is a broker's address`, () => {
    assert.equal(read({ A2M_MQTT_URL: url }).settings.mqttUrl.href, url)
  })
}

test('languages are written as Accept-Language wants them', () => {
  assert.equal(read({ A2M_LOCALE: 'es_mx' }).settings.locale, 'es-MX')
})

test('groups are split, trimmed and kept once', () => {
  assert.deepEqual(read({ A2M_GROUPS: 'up, down,up,' }).settings.groups, ['up', 'down'])
})

for (const [word, value] of [
  ['on', true],
  ['OFF', false],
  ['true', true],
  ['0', false],
] as const) {
  test(`A2M_STATE_TOPICS=${word} is ${value}`, () => {
    assert.equal(read({ A2M_STATE_TOPICS: word }).settings.stateTopics, value)
  })
}

for (const [hostName, slug] of [
  ['raspberrypi', 'raspberrypi'],
  ['Living Room.local', 'living-room'],
  ['küche', 'k-che'],
  ['', 'device'],
  ['日本', 'device'],
] as const) {
  test(`the device on host ${JSON.stringify(hostName)} is called ${slug}`, () => {
    const { settings } = readSettings({ env: {}, flags: {}, facts: { ...facts(), hostName } }, ['deviceName'])
    assert.equal(settings.deviceName, slug)
  })
}

test('a command that needs few settings does not ask for the others', () => {
  const { settings } = readSettings({ env: { A2M_PLAYER: 'wrong' }, flags: {}, facts: facts() }, ['stateDir'])
  assert.equal(settings.stateDir, '/home/pat/.local/state/amazonmusic2mqtt')
})

test('Home Assistant is told in one of three ways, and of a media player or none', () => {
  const { settings } = read({
    A2M_DISCOVERY: 'Single',
    A2M_DISCOVERY_PREFIX: 'ha/discovery',
    A2M_HA_MEDIA_PLAYER: 'mqtt_universal_media_player',
  })
  assert.deepEqual(
    [settings.discovery, settings.discoveryPrefix, settings.haMediaPlayer],
    ['single', 'ha/discovery', 'mqtt_universal_media_player'],
  )
  assert.throws(() => read({ A2M_DISCOVERY: 'on' }), /A2M_DISCOVERY: expected device, single or off/)
  assert.throws(() => read({ A2M_DISCOVERY_PREFIX: 'ha/#' }), /A2M_DISCOVERY_PREFIX: expected a topic/)
})
