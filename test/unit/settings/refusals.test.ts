import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readSettings } from '../../../src/settings/read-settings.ts'
import { enough, facts, problems, read } from './sources.ts'

/** Variable, value, what the refusal must say. */
const refused: readonly (readonly [string, string, RegExp])[] = [
  ['A2M_LWA_CLIENT_ID', enough.A2M_SECURITY_PROFILE_ID, /Security Profile ID.*A2M_SECURITY_PROFILE_ID/],
  ['A2M_LWA_CLIENT_ID', 'amzn1.application-ao2-client.abc', /"ao2".*oa2/],
  ['A2M_LWA_CLIENT_ID', '{amzn1.application-oa2-client.abc}', /without braces or quotes/],
  ['A2M_LWA_CLIENT_ID', '"amzn1.application-oa2-client.abc', /without braces or quotes/],
  ['A2M_LWA_CLIENT_ID', 'amzn1.application-oa2-client.', /goes on with/],
  ['A2M_LWA_CLIENT_ID', 'amzn1.application-oa2-client.a b', /without spaces/],
  ['A2M_LWA_CLIENT_ID', 'amzn1.application-oa2-client.a\r\nx: y', /without spaces/],
  ['A2M_LWA_CLIENT_ID', `amzn1.application-oa2-client.${'a'.repeat(72)}`, /at most 100 bytes/],
  ['A2M_LWA_CLIENT_ID', 'my-client', /begins with "amzn1.application-oa2-client."/],
  ['A2M_SECURITY_PROFILE_ID', enough.A2M_LWA_CLIENT_ID, /Client ID.*A2M_LWA_CLIENT_ID/],
  ['A2M_SECURITY_PROFILE_ID', 'amzn1.application-ao2-client.abc', /Client ID.*A2M_LWA_CLIENT_ID/],
  ['A2M_SECURITY_PROFILE_ID', "amzn1.application.abc'", /without braces or quotes/],
  ['A2M_SECURITY_PROFILE_ID', `amzn1.application.${'a'.repeat(83)}`, /at most 100 bytes/],
  ['A2M_SECURITY_PROFILE_ID', 'abc', /begins with "amzn1.application."/],
  ['A2M_SCOPES', 'music::playback music::libary', /"music::libary" \(did you mean "music::library"\?\)/],
  ['A2M_SCOPES', 'alexa:all', /unknown scope "alexa:all"; expected any of: music::catalog/],
  ['A2M_SCOPES', ',', /expected scopes/],
  ['A2M_LWA_URL', 'http://api.amazon.com', /expected https/],
  ['A2M_LWA_URL', 'http://localhost.example.com', /expected https/],
  ['A2M_LWA_URL', 'api.amazon.com', /expected a web address/],
  ['A2M_LWA_URL', 'ftp://api.amazon.com', /expected a web address/],
  ['A2M_MUSIC_URL', 'https://user:pass@host', /without user and password/],
  ['A2M_MUSIC_URL', 'https://host/?a=b', /without "\?" or "#"/],
  ['A2M_LOCALE', 'english please', /en-US/],
  ['A2M_MQTT_URL', 'localhost:1883', /expected mqtt:\/\//],
  ['A2M_MQTT_URL', 'http://localhost', /expected mqtt:\/\//],
  ['A2M_MQTT_URL', 'mqtt://', /expected mqtt:\/\//],
  ['A2M_MQTT_URL', 'mqtt://host:99999', /expected mqtt:\/\//],
  ['A2M_MQTT_URL', 'mqtt://host/path', /only ws and wss have a path/],
  ['A2M_MQTT_URL', 'mqtt://host?x=y', /without "\?"/],
  ['A2M_MQTT_URL', 'mqtt://us%4:1@host', /two hex digits/],
  ['A2M_MQTT_URL', 'mqtt://a:b%00@host', /zero byte/],
  ['A2M_MQTT_CA_FILE', '~/ca.pem', /without "~"/],
  ['A2M_MQTT_CA_FILE', '/nowhere/ca.pem', /\/nowhere\/ca.pem cannot be read \(ENOENT\)/],
  ['A2M_MUSIC_ROUTES_FILE', '/nowhere/routes.json', /cannot be read \(ENOENT\)/],
  ['A2M_MQTT_PASSWORD_FILE', '/nowhere/password', /cannot be read \(ENOENT\)/],
  ['A2M_BASE_TOPIC', 'a/+/b', /without "\+" and "#"/],
  ['A2M_BASE_TOPIC', 'a#', /without "\+" and "#"/],
  ['A2M_BASE_TOPIC', '/a', /"\/" at its ends/],
  ['A2M_BASE_TOPIC', 'a/', /"\/" at its ends/],
  ['A2M_BASE_TOPIC', 'a//b', /"\/" at its ends or twice/],
  ['A2M_BASE_TOPIC', 'a\u0001b', /control characters/],
  ['A2M_BASE_TOPIC', '$SYS', /begin with "\$"/],
  ['A2M_BASE_TOPIC', 'ü'.repeat(101), /at most 200 bytes/],
  ['A2M_HA_STATUS_TOPIC', 'homeassistant/#', /without "\+" and "#"/],
  ['A2M_DEVICE_NAME', 'Living Room', /small letters/],
  ['A2M_DEVICE_NAME', 'a/b', /small letters/],
  ['A2M_DEVICE_NAME', 'all', /other than all and group/],
  ['A2M_DEVICE_NAME', 'group', /other than all and group/],
  ['A2M_GROUPS', 'upstairs,Down Stairs', /small letters/],
  ['A2M_LOG_LEVEL', 'loud', /expected fatal, error, warn, info, debug, trace or silent/],
  ['A2M_MQTT_LOG_LEVEL', 'silent', /expected off, fatal/],
  ['A2M_PLAYER', 'vlc', /expected auto, none, mpv or command/],
  ['A2M_STATE_TOPICS', 'maybe', /expected on or off/],
]

for (const [name, value, says] of refused) {
  test(`${name}=${JSON.stringify(value)} is refused in words`, () => {
    const found = problems({ [name]: value })
    assert.equal(found.length, 1)
    assert.match(found[0] ?? '', says)
    assert.ok(found[0]?.startsWith(`${name}: `), 'found[0]?.startsWith(`${name}: `)')
  })
}

test('all problems are told at once, by name', () => {
  const found = problems(
    {
      A2M_LWA_CLIENT_ID: '',
      A2M_SECURITY_PROFILE_ID: undefined,
      A2M_PLAYER: 'vlc',
      A2M_MQTT_CERT_FILE: '/cert.pem',
    },
    { logLevel: 'loud' },
    { '/cert.pem': '-----BEGIN CERTIFICATE-----' },
  )
  assert.deepEqual(
    found.map((line) => line.split(/[ :]/)[0]),
    ['A2M_LWA_CLIENT_ID', 'A2M_SECURITY_PROFILE_ID', 'A2M_PLAYER', 'A2M_LOG_LEVEL', 'A2M_MQTT_KEY_FILE'],
  )
  assert.match(found[3] ?? '', /given as --log-level/)
})

test('a variable one slip away from a setting is a problem, for that setting is silently not in force', () => {
  assert.deepEqual(problems({ A2M_MQTT_ULR: 'mqtt://broker' }), [
    'A2M_MQTT_ULR is no setting: did you mean A2M_MQTT_URL?',
  ])
})

test('a variable that is like no setting is named and does not stop the agent', () => {
  assert.deepEqual(read({ A2M_PORT: 'tcp://10.0.0.1:80' }).notices, [
    'A2M_PORT is no setting of this agent and is ignored.',
  ])
})

test('a host name that no device may have asks for a name', () => {
  assert.throws(
    () => readSettings({ env: enough, flags: {}, facts: { ...facts(), hostName: 'all' } }),
    /A2M_DEVICE_NAME \(its default\): expected a name other than/,
  )
})
