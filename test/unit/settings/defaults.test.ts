import assert from 'node:assert/strict'
import { test } from 'node:test'

import { flagOf, settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { read, enough } from './sources.ts'

test('with the two required settings everything else has its documented default', () => {
  const { settings, notices } = read({})
  assert.deepEqual(notices, [])
  assert.deepEqual(settings, {
    lwaClientId: enough.A2M_LWA_CLIENT_ID,
    securityProfileId: enough.A2M_SECURITY_PROFILE_ID,
    scopes: ['music::playback', 'music::catalog'],
    lwaUrl: new URL('https://api.amazon.com'),
    musicUrl: new URL('https://api.music.amazon.dev'),
    locale: 'en-US',
    mqttUrl: new URL('mqtt://localhost:1883'),
    mqttUsername: undefined,
    mqttPassword: undefined,
    mqttKeyPassphrase: undefined,
    mqttVersion: 'auto',
    baseTopic: 'amazonmusic2mqtt',
    deviceName: 'kitchen',
    groups: [],
    stateTopics: true,
    haStatusTopic: 'homeassistant/status',
    discovery: 'device',
    discoveryPrefix: 'homeassistant',
    haMediaPlayer: 'mqtt_media_player',
    player: 'auto',
    volumeLimit: 100,
    fadeInMs: 0,
    fadeOutMs: 0,
    takeOver: 'ask',
    resume: 'off',
    announceMode: 'duck',
    announceSeconds: 60,
    announceHosts: [],
    duckDb: 20,
    hookSeconds: 10,
    stateDir: '/home/pat/.local/state/amazonmusic2mqtt',
    logLevel: 'info',
    mqttLogLevel: 'off',
  })
})

test('a variable that is empty or only white space counts as not set', () => {
  const { settings } = read({ A2M_LOCALE: '', A2M_DEVICE_NAME: ' ', A2M_SCOPES: '\t' })
  assert.equal(settings.locale, 'en-US')
  assert.equal(settings.deviceName, 'kitchen')
  assert.equal(settings.scopes.length, 2)
})

test('a flag is stronger than its variable', () => {
  assert.equal(read({ A2M_LOCALE: 'de-DE' }, { locale: 'fr-FR' }).settings.locale, 'fr-FR')
})

for (const [env, expected] of [
  [{ STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/xdg' }, '/var/lib/a'],
  [{ XDG_STATE_HOME: '/xdg' }, '/xdg/amazonmusic2mqtt'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/pat/.local/state/amazonmusic2mqtt'],
  [{ A2M_STATE_DIR: '/srv/state', STATE_DIRECTORY: '/var/lib/a' }, '/srv/state'],
] as const) {
  test(`the state folder of ${JSON.stringify(env)} is ${expected}`, () => {
    assert.equal(read(env).settings.stateDir, expected)
  })
}

test('every setting has its own variable and flag, and one line of words', () => {
  const names = settingKeys.map((key) => settingsTable[key].env)
  assert.equal(new Set(names).size, names.length)
  for (const key of settingKeys) {
    const { env, doc } = settingsTable[key]
    assert.match(env, /^A2M_[A-Z]+(_[A-Z]+)*$/)
    assert.match(flagOf(env), /^[a-z]+(-[a-z]+)*$/)
    assert.match(doc, /^\S[^\n]*\.$/)
  }
})
