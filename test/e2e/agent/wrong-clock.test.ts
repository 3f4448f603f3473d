import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import type { CliProcess } from '../../support/cli-process.ts'
import { fakedClock, noFaketime, type FakedClock } from '../../support/clocks/faked-clock.ts'
import { makeHome, prefix, type Home } from '../../support/built-agent.ts'
import { freePort, noMosquitto } from '../../support/mqtt/mosquitto.ts'
import type { TestClient } from '../../support/mqtt/mqtt-client.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { tlsFront } from '../../support/tls-proxy.ts'
import { requireTool } from '../../support/tools.ts'

const skip = noMosquitto || noFaketime || requireTool('openssl')
const yearSeconds = 365 * 86_400
/** The looks at a clock that is wrong are a second apart, and then a sign-in is proven. */
const recoversWithinMs = 10_000

interface House {
  readonly home: Home
  /** The settings of an agent whose broker and services all show certificates of the present. */
  readonly tls: Readonly<Record<string, string>>
  readonly closeServices: () => Promise<void>
}

/** Everybody speaks TLS, and the device is signed in from an earlier life. */
async function signedInHouse(t: TestContext): Promise<House> {
  const authority = await createTlsAuthority()
  t.after(() => authority[Symbol.asyncDispose]())
  const certificate = await authority.issue('localhost')
  const port = await freePort()
  // The test's own client keeps to the plain listener.
  const lines = [
    `listener ${port} localhost`,
    `certfile ${certificate.certFile}`,
    `keyfile ${certificate.keyFile}`,
  ]
  const home = await makeHome(t, { broker: { lines } })
  const front = await tlsFront(t, new URL(home.sandbox.url), certificate)
  const earlier = home.start()
  await home.signIn()
  earlier.kill('SIGTERM')
  await earlier.ended()
  const tls = {
    A2M_LWA_URL: front.url.href,
    A2M_MUSIC_URL: front.url.href,
    A2M_MQTT_URL: `mqtts://localhost:${port}`,
    A2M_MQTT_CA_FILE: authority.caFile,
    NODE_EXTRA_CA_CERTS: authority.caFile,
  }
  return { home, tls, closeServices: front.close }
}

/** The time comes: signed in and connected, by itself, in the same process. @param client saw it wrong */
async function recovers(client: TestClient, agent: CliProcess, clock: FakedClock): Promise<void> {
  clock.set(0)
  const setAtMs = performance.now()
  await agent.line('The clock of this device was set')
  await agent.line('Connected to the broker')
  await client.next(`${prefix}/availability`, ({ text }) => text === 'online')
  // What was retained is of an earlier life.
  await client.next(
    `${prefix}/account`,
    ({ retain, text }) => !retain && text.includes('"state":"signed_in"'),
  )
  const tookMs = performance.now() - setAtMs
  assert.ok(tookMs < recoversWithinMs, `took ${Math.round(tookMs)} ms`)
}

/** What is shown in the end is dated by the clock that is right, and nothing is wrong. */
async function isOfToday(home: Home): Promise<void> {
  const client = await home.visit()
  const error = await client.next(`${prefix}/error`)
  assert.match(error.text, /"active":false,"code":null/)
  const { text } = await client.next(`${prefix}/account`)
  const shown = JSON.parse(text) as { refreshed_at: string; token_expires_at: string }
  assert.ok(Math.abs(Date.parse(shown.refreshed_at) - Date.now()) < 60_000, text)
  assert.ok(Math.abs(Date.parse(shown.token_expires_at) - Date.now() - 3_600_000) < 120_000, text)
}

for (const [words, bySeconds, code] of [
  ['1970', () => 120 - Date.now() / 1000, 'CERT_NOT_YET_VALID'],
  ['last year', () => -yearSeconds, 'CERT_NOT_YET_VALID'],
  ['next year', () => yearSeconds, 'CERT_HAS_EXPIRED'],
] as const) {
  test(
    `a device that boots with a clock of ${words} says so, and is signed in and connected as soon as the time is there`,
    { skip },
    async (t) => {
      const { home, tls } = await signedInHouse(t)
      const clock = fakedClock(t, bySeconds())
      const agent = home.start({ env: { ...tls, ...clock.env } })
      // The retries go on, and none of them takes it for the network.
      for (const who of ['mqtts://', '/auth/o2/token']) {
        const isOfIt = (line: string): boolean =>
          line.includes('"net/clock"') && line.includes(code) && line.includes(who)
        for (let line = ''; !isOfIt(line);) line = await agent.line(who)
      }
      assert.doesNotMatch(agent.printed, /"net\/(failed|dns|timeout|refused|certificate)"/)
      const client = await home.visit()
      await recovers(client, agent, clock)
      agent.kill('SIGTERM')
      assert.equal((await agent.ended()).code, 0)
      await isOfToday(home)
    },
  )
}

test(
  'over a plain broker a wrong clock stands in topic error, and a network that is down does as what it is',
  { skip },
  async (t) => {
    const { home, tls, closeServices } = await signedInHouse(t)
    const services = { ...tls, A2M_MQTT_URL: home.broker.url.href }
    const clock = fakedClock(t, yearSeconds)
    const agent = home.start({ env: { ...services, ...clock.env } })
    const client = await home.visit()
    const error = await client.next(`${prefix}/error`, ({ text }) => text.includes('net/clock'))
    assert.match(
      error.text,
      /"active":true.*this device's clock says 20\d\d-.* and is \d+ days ahead of the server's/,
    )
    await client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"refresh_failing"'))
    await recovers(client, agent, clock)
    agent.kill('SIGTERM')
    await agent.ended()
    await isOfToday(home)
    assert.doesNotMatch(agent.printed, /net\/(expired|refused|failed)/)

    await closeServices()
    const later = home.start({ env: services })
    const down = await (
      await home.visit()
    ).next(`${prefix}/error`, ({ text }) => text.includes('"active":true'))
    assert.match(down.text, /net\/refused/)
    assert.doesNotMatch(later.printed, /net\/(clock|expired)/)
  },
)

test(
  'a certificate that has run out under a clock that is right is told as that, at the service and at the broker',
  { skip },
  async (t) => {
    const authority = await createTlsAuthority()
    t.after(() => authority[Symbol.asyncDispose]())
    const { certFile, keyFile, ...pair } = await authority.issue('localhost', { days: -1 })
    const port = await freePort()
    const lines = [`listener ${port} localhost`, `certfile ${certFile}`, `keyfile ${keyFile}`]
    const home = await makeHome(t, { broker: { lines } })
    const front = await tlsFront(t, new URL(home.sandbox.url), { certFile, keyFile, ...pair })
    const agent = home.start({
      env: {
        A2M_LWA_URL: front.url.href,
        A2M_MQTT_URL: `mqtts://localhost:${port}`,
        A2M_MQTT_CA_FILE: authority.caFile,
        NODE_EXTRA_CA_CERTS: authority.caFile,
      },
    })
    const line = await agent.line('/auth/o2/create/codepair')
    assert.match(
      line,
      /"net\/expired".*CERT_HAS_EXPIRED: this device's clock says 20.*, and so does the server's/,
    )
    assert.match(agent.printed, /"net\/expired"[^\n]*mqtts:/)
    assert.doesNotMatch(agent.printed, /net\/clock/)
  },
)
