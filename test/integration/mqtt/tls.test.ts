import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority, type Certificate, type TlsAuthority } from '../../support/tls-authority.ts'
import { startAgent } from './mqtt-harness.ts'

describe('TLS', { skip: noMosquitto }, () => {
  let authority: TlsAuthority
  let stranger: TlsAuthority
  let host: Certificate

  before(async () => {
    ;[authority, stranger] = await Promise.all([createTlsAuthority(), createTlsAuthority()])
    host = await authority.issue('localhost')
  })
  after(async () => {
    await authority[Symbol.asyncDispose]()
    await stranger[Symbol.asyncDispose]()
  })

  for (const webSockets of [false, true]) {
    const over = webSockets ? 'wss' : 'mqtts'

    test(`${over}: a broker with a certificate of one's own authority is trusted when that is set`, async () => {
      await using mosquitto = await startMosquitto({ tls: host, webSockets })
      await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca } })
      assert.equal(await agent.connected(), 5)
    })

    test(`${over}: a broker of an unknown authority is not, and that is said`, async () => {
      await using mosquitto = await startMosquitto({ tls: host, webSockets })
      await using agent = startAgent(mosquitto.url)
      const failure = await agent.failed('net/certificate')
      assert.match(failure.message, /UNABLE_TO|SELF_SIGNED/)
      await agent.failed('net/certificate')
      assert.equal(agent.connections.left.length, 0)
    })

    test(`${over}: unless somebody asked not to check`, async () => {
      await using mosquitto = await startMosquitto({ tls: host, webSockets })
      await using agent = startAgent(mosquitto.url, { insecureTls: true })
      assert.equal(await agent.connected(), 5)
      assert.deepEqual(agent.failures.left, [])
    })
  }

  test('a certificate for another name is refused', async () => {
    await using mosquitto = await startMosquitto({ tls: await authority.issue('elsewhere.example') })
    await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca } })
    await agent.failed('net/certificate')
    assert.deepEqual(agent.connections.left, [])
  })

  test('a certificate that has run out is called that, unless the clock is known to be wrong', async () => {
    await using mosquitto = await startMosquitto({ tls: await authority.issue('localhost', { days: -1 }) })
    await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca } })
    await agent.failed('net/expired')
    const asked: string[] = []
    const dates = {
      judge(nodeCode: string) {
        asked.push(nodeCode)
        return { code: 'net/clock', words: "this device's clock is a year ahead" } as const
      },
      timesSet: () => 0,
    }
    await using other = startAgent(mosquitto.url, { tls: { ca: authority.ca }, dates })
    assert.match(
      (await other.failed('net/clock')).message,
      /CERT_HAS_EXPIRED: this device's clock is a year ahead$/,
    )
    assert.equal(asked[0], 'CERT_HAS_EXPIRED')
  })

  test('what a clock refused that is set meanwhile is tried again at once, and nobody is told', async () => {
    await using mosquitto = await startMosquitto({ tls: await authority.issue('localhost', { days: -1 }) })
    let sets = 0
    let judged = 0
    const dates = {
      judge() {
        judged++
        if (judged <= 3) sets++
        return { code: 'net/expired', words: 'so it is' } as const
      },
      timesSet: () => sets,
    }
    // The longest waits the back-off has.
    const options = { tls: { ca: authority.ca }, dates, random: () => 0.999 }
    const startedMs = performance.now()
    await using agent = startAgent(mosquitto.url, options)
    await agent.failed('net/expired')
    assert.ok(judged > 3, 'it was tried again')
    assert.ok(performance.now() - startedMs < 3_000, 'no wait in between')
    assert.equal(agent.failures.left.length, 0)
  })

  test('a client certificate is shown to a broker that wants one', async () => {
    const { cert, key } = await authority.issue('agent')
    await using mosquitto = await startMosquitto({ tls: { ...host, clientCaFile: authority.caFile } })
    await using agent = startAgent(mosquitto.url, { tls: { ca: authority.ca, cert, key } })
    assert.equal(await agent.connected(), 5)
    assert.deepEqual(agent.failures.left, [])
  })

  test('without one, or with a strange one, the broker refuses us, and recovers no connection by it', async () => {
    const { cert, key } = await stranger.issue('agent')
    await using mosquitto = await startMosquitto({ tls: { ...host, clientCaFile: authority.caFile } })
    for (const tls of [{ ca: authority.ca }, { ca: authority.ca, cert, key }]) {
      await using agent = startAgent(mosquitto.url, { tls })
      await agent.failed('mqtt/refused')
      assert.equal(agent.connections.left.length, 0)
    }
  })

  test('files that hold no certificate are a failure like another, not a crash', async () => {
    await using mosquitto = await startMosquitto({ tls: host })
    const nonsense = Buffer.from('nonsense')
    await using agent = startAgent(mosquitto.url, { tls: { cert: nonsense, key: nonsense } })
    await agent.failed('net/certificate')
    assert.deepEqual(agent.connections.left, [])
  })
})

test('plain WebSockets', { skip: noMosquitto }, async () => {
  await using mosquitto = await startMosquitto({ webSockets: true })
  await using agent = startAgent(mosquitto.url)
  assert.equal(await agent.connected(), 5)
})
