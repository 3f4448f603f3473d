import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { probeBroker } from '../../../src/mqtt/probe.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { startAgent } from './mqtt-harness.ts'
import { startStrictBroker } from './strict-broker.ts'

test('a wrong scheme or port is named as such', { skip: noMosquitto }, async () => {
  await using authority = await createTlsAuthority()
  const tls = await authority.issue('localhost')
  const brokers = {
    mqtt: await startMosquitto(),
    mqtts: await startMosquitto({ tls }),
    ws: await startMosquitto({ webSockets: true }),
  }
  try {
    const { mqtt, mqtts, ws } = brokers
    for (const [scheme, { port }, words] of [
      ['mqtts', mqtt, /closed the connection without a reason: it may not speak TLS there$/],
      ['wss', mqtt, /it may be no port for WebSockets$/],
      ['ws', mqtt, /it may be no port for WebSockets$/],
      ['mqtts', ws, /does not speak TLS there: use mqtt:\/\//],
      ['wss', ws, /does not speak TLS there: use ws:\/\//],
      ['mqtt', mqtts, /it may expect TLS there \(mqtts:\/\/\)$/],
      ['mqtt', ws, /is a WebSocket or web port: use ws:\/\//],
    ] as const) {
      await using agent = startAgent(new URL(`${scheme}://localhost:${port}`), { tls: { ca: authority.ca } })
      const failure = await agent.failures.next('a failure')
      assert.match(failure.message, words, `${scheme} to ${port}`)
      assert.match(failure.remedy, /scheme and port of A2M_MQTT_URL/, `${scheme} to ${port}`)
    }
  } finally {
    for (const broker of Object.values(brokers)) await broker[Symbol.asyncDispose]()
  }
})

test('a broker that wants a client certificate is said to', { skip: noMosquitto }, async () => {
  await using authority = await createTlsAuthority()
  const tls = { ...(await authority.issue('localhost')), clientCaFile: authority.caFile }
  await using mosquitto = await startMosquitto({ tls })
  await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca } })
  assert.match(
    (await agent.failed('mqtt/refused')).message,
    /wants a client certificate .*A2M_MQTT_CERT_FILE/,
  )
})

for (const webSockets of [false, true]) {
  test(
    `a certificate of another name: both are named, and can be set (${webSockets ? 'wss' : 'mqtts'})`,
    { skip: noMosquitto },
    async () => {
      await using authority = await createTlsAuthority()
      await using mosquitto = await startMosquitto({
        tls: await authority.issue('elsewhere.example'),
        webSockets,
      })
      const tls = { ca: authority.ca }
      await using agent = startAgent(mosquitto.url, { tls })
      const failure = await agent.failed('net/certificate')
      assert.match(failure.message, /made out to .*elsewhere\.example, not to localhost/)
      await using named = startAgent(mosquitto.url, { tls, serverName: 'elsewhere.example' })
      await named.connected()
      await using wrong = startAgent(mosquitto.url, { tls, serverName: 'third.example' })
      await wrong.failed('net/certificate')
    },
  )
}

test(
  'a broker silent on MQTT 5 gets 3.1.1, and after the second time at once',
  { timeout: 30_000 },
  async () => {
    await using broker = await startStrictBroker({ ignoresVersion5: true })
    await using agent = startAgent(broker.url, { connectTimeoutMs: 300 })
    for (let life = 1; life <= 3; life++) {
      assert.equal(await agent.connected(), 4)
      broker.socket?.destroy()
      await agent.failures.next('the loss')
      agent.broker.retryNow()
    }
    assert.equal(await agent.connected(), 4)
    assert.deepEqual(broker.connects.left, [5, 4, 5, 4, 4, 4])
  },
)

test('a set version is the only one that is tried', { timeout: 30_000 }, async () => {
  await using broker = await startStrictBroker({ ignoresVersion5: true })
  await using old = startAgent(broker.url, { version: 4 })
  assert.equal(await old.connected(), 4)
  await using strict = startAgent(broker.url, { version: 5, connectTimeoutMs: 200 })
  for (let times = 0; times < 2; times++) {
    assert.match(
      (await strict.failed('net/timeout')).message,
      /accepts the connection and does not answer MQTT/,
    )
    strict.broker.retryNow()
  }
  assert.deepEqual(broker.connects.left.slice(0, 3), [4, 5, 5])
})

test('a probe finds the version of a broker silent on MQTT 5, or stays with the one that is set', async () => {
  await using broker = await startStrictBroker({ ignoresVersion5: true })
  const place = {
    url: broker.url,
    clientId: 'a2m-check',
    topic: 'a2m-check/check',
    clock: systemClock,
    connectTimeoutMs: 300,
  }
  const { signal } = new AbortController()
  assert.equal((await probeBroker(place, signal)).version, 4)
  await assert.rejects(probeBroker({ ...place, version: 5 }, signal), { code: 'net/timeout' })
})
