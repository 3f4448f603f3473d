import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readSettings } from '../../../src/settings/read-settings.ts'
import { enough, facts, problems } from './sources.ts'

test('a credential that is there and cannot be read is named: only a missing one is no credential', () => {
  const readFile = (): string => {
    throw Object.assign(new Error('no'), { code: 'EACCES' })
  }
  const env = { ...enough, A2M_MQTT_USERNAME: 'pat', CREDENTIALS_DIRECTORY: '/run/credentials/x' }
  assert.throws(() => readSettings({ env, flags: {}, facts: { ...facts(), readFile } }), {
    code: 'settings/invalid',
    message: /Credential mqtt-password: \/run\/credentials\/x\/mqtt-password cannot be read \(EACCES\)/,
  })
})

test('hours that end when they begin are refused: nobody knows whether they are a day or nothing', () => {
  assert.match(problems({ A2M_QUIET_HOURS: '07:00-7:00' })[0] ?? '', /^A2M_QUIET_HOURS: expected two times/)
})

test('a command line without a program is refused', () => {
  for (const value of ['[""]', '["", "x"]', '[]', '[1]']) {
    assert.match(problems({ A2M_HOOK: value })[0] ?? '', /^A2M_HOOK: expected a program/, value)
  }
})
