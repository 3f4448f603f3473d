import assert from 'node:assert/strict'
import { test } from 'node:test'

import { knownSecrets } from '../../../src/cli/known-secrets.ts'
import { facts } from '../settings/sources.ts'

test("the password of the broker's address is known whole, as written and decoded", () => {
  const env = { A2M_MQTT_URL: 'mqtts://pat:first:sec%40nd@broker.home.arpa' }
  const known = knownSecrets({ env, flags: {}, facts: facts() })
  assert.ok(known.includes('first:sec%40nd'), known.join(' '))
  assert.ok(known.includes('first:sec@nd'), known.join(' '))
  assert.ok(!known.includes('pat'), known.join(' '))
})

test('passwords in files and credentials are known, and a file that is missing is none', () => {
  const env = { A2M_MQTT_PASSWORD_FILE: '/run/a', CREDENTIALS_DIRECTORY: '/run/credentials/a2m' }
  const files = { '/run/a': 'of-the-file\n', '/run/credentials/a2m/mqtt-password': 'of-systemd\n' }
  const known = knownSecrets({ env, flags: {}, facts: facts(files) })
  assert.ok(known.includes('of-the-file'), known.join(' '))
  assert.ok(known.includes('of-systemd'), known.join(' '))
  assert.deepEqual(new Set(knownSecrets({ env, flags: {}, facts: facts() })), new Set(['']))
})
