import assert from 'node:assert/strict'
import { test } from 'node:test'

import { problems, read } from './sources.ts'

const env = { A2M_MQTT_USERNAME: 'pat', CREDENTIALS_DIRECTORY: '/run/credentials/x' }
const files = { '/run/credentials/x/mqtt-password': ' s3cret \n' }

test("systemd's credential is the broker's password where none is set, without its last line feed", () => {
  assert.equal(read(env, {}, files).settings.mqttPassword?.reveal(), ' s3cret ')
})

test('a password that is set is meant, wherever it is set', () => {
  const more = { ...files, '/other': 'other' }
  const revealed = (change: Record<string, string>): string | undefined =>
    read({ ...env, ...change }, {}, more).settings.mqttPassword?.reveal()
  assert.equal(revealed({ A2M_MQTT_PASSWORD: 'set' }), 'set')
  assert.equal(revealed({ A2M_MQTT_PASSWORD_FILE: '/other' }), 'other')
  assert.equal(revealed({ A2M_MQTT_URL: 'mqtt://pat:url@h' }), 'url')
})

test('a service without that credential has no password', () => {
  assert.equal(read(env, {}, {}).settings.mqttPassword, undefined)
  assert.equal(read({ ...env, CREDENTIALS_DIRECTORY: '' }, {}, files).settings.mqttPassword, undefined)
})

test('an empty credential, and one without its user, are refused', () => {
  const empty = problems(env, {}, { '/run/credentials/x/mqtt-password': '\n' })
  assert.match(empty[0] ?? '', /^Credential mqtt-password: .* is empty$/)
  const nobody = problems({ CREDENTIALS_DIRECTORY: '/run/credentials/x' }, {}, files)
  assert.match(nobody[0] ?? '', /^A2M_MQTT_USERNAME is not set/)
})
