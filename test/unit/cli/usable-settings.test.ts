import assert from 'node:assert/strict'
import { test } from 'node:test'

import { usableSettings } from '../../../src/cli/usable-settings.ts'
import { facts } from '../settings/sources.ts'

test('settings are read whatever is wrong with the others, a misspelled name included', () => {
  const env = { A2M_STATE_DIR: '/var/lib/a2m', A2M_MQTT_URL: 'nonsense', A2M_MQTT_ULR: 'mqtt://broker' }
  const sources = { env, flags: { logLevel: 'loud' }, facts: facts() }
  assert.equal(usableSettings(sources, ['stateDir'])?.stateDir, '/var/lib/a2m')
  assert.equal(usableSettings(sources, ['stateDir', 'mqttUrl']), undefined)
})
