import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { probeBroker, type ProbeResult } from '../../../src/mqtt/probe.ts'
import { noMosquitto, startMosquitto, type MosquittoOptions } from '../../support/mqtt/mosquitto.ts'

const options = { skip: noMosquitto, timeout: 60_000 }

const place = { clientId: 'a2m-check', topic: 'a2m/kitchen/check', clock: systemClock }

async function probe(broker: MosquittoOptions, version: 4 | 5): Promise<ProbeResult> {
  await using mosquitto = await startMosquitto(broker)
  const sizes = [25_000, 200_000]
  return await probeBroker({ ...place, url: mosquitto.url, version, sizes }, AbortSignal.timeout(30_000))
}

const limits = [
  ['no limit', {}, undefined],
  ['message_size_limit 8192', { lines: ['message_size_limit 8192'] }, 25_000],
  ['message_size_limit 131072', { lines: ['message_size_limit 131072'] }, 200_000],
  ['max_packet_size 8192', { maxPacketSize: 8_192 }, 25_000],
  ['max_packet_size 131072', { maxPacketSize: 131_072 }, 200_000],
] as const

for (const version of [5, 4] as const) {
  for (const [name, broker, refusedBytes] of limits) {
    test(`a probe knows the size that MQTT ${version} with ${name} refuses`, options, async () => {
      assert.deepEqual(await probe(broker, version), { version, refusedBytes })
    })
  }
}

test('what cannot be known is no refusal: no right to publish, and none to read', options, async () => {
  const nothing = 'topic read elsewhere\n'
  const writing = 'topic write a2m/kitchen/#\n'
  assert.deepEqual(await probe({ acl: nothing, maxPacketSize: 8_192 }, 4), {
    version: 4,
    refusedBytes: 25_000,
  })
  assert.deepEqual(await probe({ acl: nothing, lines: ['message_size_limit 8192'] }, 4), {
    version: 4,
    refusedBytes: undefined,
  })
  assert.deepEqual(await probe({ acl: writing, lines: ['message_size_limit 8192'] }, 4), {
    version: 4,
    refusedBytes: undefined,
  })
  assert.deepEqual(await probe({ acl: writing, lines: ['message_size_limit 8192'] }, 5), {
    version: 5,
    refusedBytes: 25_000,
  })
})
