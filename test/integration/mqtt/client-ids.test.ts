import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { probeBroker } from '../../../src/mqtt/probe.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { startAgent } from './mqtt-harness.ts'

const options = { skip: noMosquitto, timeout: 60_000 }

for (const version of [5, 4] as const) {
  test(
    `MQTT ${version}: a broker of certain client ids (clientid_prefixes) says what to set`,
    options,
    async () => {
      await using mosquitto = await startMosquitto({ lines: ['clientid_prefixes house-'] })
      await using refused = startAgent(mosquitto.url, { version, clientId: 'a2m-0123456789abcdef' })
      assert.match((await refused.failed('mqtt/refused')).remedy, /clientid_prefixes.*A2M_MQTT_CLIENT_ID/)
      await using named = startAgent(mosquitto.url, { version, clientId: 'house-kitchen' })
      assert.equal(await named.connected(), version)
      const place = { url: mosquitto.url, version, topic: 'a2m/test/check', clock: systemClock }
      const asked = await probeBroker(
        { ...place, clientId: 'house-kitchen-check-1' },
        AbortSignal.timeout(20_000),
      )
      assert.equal(asked.version, version)
    },
  )

  test(
    `MQTT ${version}: two agents of one user at a broker that takes it for the client id are told so`,
    options,
    async () => {
      await using mosquitto = await startMosquitto({
        passwords: { house: 'secret', garden: 'secret' },
        lines: ['use_username_as_clientid true'],
      })
      const user = { version, password: new Secret('secret') }
      await using first = startAgent(mosquitto.url, { ...user, username: 'house' })
      await first.connected()
      await using second = startAgent(mosquitto.url, { ...user, username: 'house' })
      const failure = await Promise.any([first.failed('mqtt/taken-over'), second.failed('mqtt/taken-over')])
      assert.match(failure.remedy, /same user .*use_username_as_clientid/)
      await second.stop()
      await using other = startAgent(mosquitto.url, { ...user, username: 'garden' })
      assert.equal(await other.connected(), version)
    },
  )
}
