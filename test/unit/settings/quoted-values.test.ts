import assert from 'node:assert/strict'
import { test } from 'node:test'

import { settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { givenText } from '../../../src/settings/given-text.ts'
import { enough, read } from './sources.ts'

test('quotes around a value, as docker --env-file leaves them, count for no setting but a secret', () => {
  for (const key of settingKeys) {
    const setting = settingsTable[key]
    for (const quote of ['"', "'"]) {
      const given = `${quote}a b${quote}`
      const { text, notice } = givenText(setting, { [setting.env]: given }, undefined)
      assert.equal(text, setting.secret ? given : 'a b')
      assert.match(notice ?? '', new RegExp(`^${setting.env}: the quotes around the value`))
      assert.equal((notice ?? '').includes('a b'), false)
    }
  }
})

test('quoted settings run, each with a notice', () => {
  const quoted = Object.fromEntries(Object.entries(enough).map(([name, value]) => [name, `"${value}"`]))
  const { settings, notices } = read({
    ...quoted,
    A2M_VOLUME_LIMIT: "'60'",
    A2M_DEVICE_NAME: '" garage "',
    A2M_MQTT_USERNAME: '""',
  })
  assert.equal(settings.lwaClientId, enough.A2M_LWA_CLIENT_ID)
  assert.equal(settings.volumeLimit, 60)
  assert.equal(settings.deviceName, 'garage')
  assert.equal(settings.mqttUsername, undefined)
  assert.equal(notices.filter((notice) => notice.includes('quotes')).length, 5)
})

test('a quoted password is taken as it is, with a notice that does not repeat it', () => {
  const { settings, notices } = read({ A2M_MQTT_USERNAME: 'pat', A2M_MQTT_PASSWORD: '"s3cret"' })
  assert.equal(settings.mqttPassword?.reveal(), '"s3cret"')
  assert.deepEqual(notices.length, 1)
  assert.match(notices[0] ?? '', /^A2M_MQTT_PASSWORD: the quotes around the value are taken for a part of it/)
  assert.equal((notices[0] ?? '').includes('s3cret'), false)
})

test('one quote, quotes of two words, and quotes in a flag stay', () => {
  assert.equal(read({ A2M_MQTT_USERNAME: '"pat' }).settings.mqttUsername, '"pat')
  assert.equal(read({ A2M_MQTT_USERNAME: '"a" "b"' }).settings.mqttUsername, '"a" "b"')
  assert.equal(read({}, { mqttUsername: '"pat"' }).settings.mqttUsername, '"pat"')
})
