import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { createAccount, type Account } from '../../../src/account/account.ts'
import { createLwa } from '../../../src/account/lwa.ts'
import { openTokenStore } from '../../../src/account/token-store.ts'
import { createHttp, type Http } from '../../../src/lib/http/http.ts'
import { Liveness } from '../../../src/lib/liveness.ts'
import { aborted } from '../../../src/lib/async/tasks.ts'
import { startSandbox } from '../../../src/sandbox/sandbox.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { realTime } from '../../support/real-time.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { startAgent } from '../mqtt/mqtt-harness.ts'
import { startGateway } from '../mqtt/broker-proxy.ts'

const skip = noMosquitto
const roundMs = 30_000

const soon = (): Promise<void> => realTime(10, 'packets come over a real socket')

async function until(holds: () => boolean): Promise<void> {
  await eventually(String(holds), holds)
}

test(
  'a connection answers by the packets that come, and not when nothing comes any more',
  { skip },
  async (t) => {
    const mosquitto = await startMosquitto()
    t.after(() => mosquitto[Symbol.asyncDispose]())
    const gateway = await startGateway(mosquitto.url)
    t.after(() => gateway[Symbol.asyncDispose]())
    const roll = new Liveness()
    await using agent = startAgent(gateway.url, { heartbeat: roll.join('broker') })
    await agent.connected()
    assert.deepEqual(await roll.check(roundMs), [], 'it has come this far in this round')
    for (let round = 0; round < 20; round++) {
      agent.broker.send('a2m/test/event', String(round))
      // Its acknowledgement is a packet.
      await soon()
      await soon()
      assert.deepEqual(await roll.check(roundMs), [], `round ${round}`)
    }
    gateway.hold()
    agent.broker.send('a2m/test/event', 'lost')
    await soon()
    // MQTT.js ends a connection after 45 s without a packet; here no time passes for it, as if it had forgotten to.
    assert.deepEqual(await roll.check(roundMs), [])
    assert.deepEqual(await roll.check(roundMs), ['broker'])
  },
)

test(
  'a broker that is away is no reason to be killed, however long; a wait that never ends is',
  { skip },
  async () => {
    const clock = new ManualClock()
    const roll = new Liveness()
    // Nobody listens on the first port there is.
    await using agent = startAgent(new URL('mqtt://localhost:1'), {
      clock,
      random: () => 0.99,
      heartbeat: roll.join('broker'),
    })
    for (let round = 0; round < 60; round++) {
      await until(() => clock.sleeping === 1)
      await clock.advance(roundMs)
      assert.deepEqual(await roll.check(roundMs), [], `round ${round}`)
    }
    assert.ok(
      agent.failures.left.length > 10,
      `agent.failures.left.length > 10: ${agent.failures.left.length}`,
    )
    // Its clock stands still from now on, as a lost timer would.
    const answers = []
    for (let round = 0; round < 6; round++) answers.push((await roll.check(roundMs)).join())
    assert.equal(answers[0], '')
    assert.equal(answers.at(-1), 'broker')
  },
)

function account(
  t: TestContext,
  http: Http,
  url: string,
): { readonly clock: ManualClock; readonly roll: Liveness; readonly account: Account } {
  const clock = new ManualClock()
  const roll = new Liveness()
  const folder = tempFolder(t)
  const { log } = logSink()
  const scopes = ['music::playback']
  const clientId = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
  const created = createAccount({
    lwa: createLwa({ http, lwaUrl: new URL(url), clientId, locale: 'en-US' }),
    store: openTokenStore({ folder, clientId, scopes, log }),
    scopes,
    checkWritable: () => undefined,
    clock,
    random: () => 0.5,
    log,
    liveness: roll,
    onChange: () => undefined,
    onEvent: () => undefined,
  })
  const stop = new AbortController()
  const ended = created.run(stop.signal)
  t.after(async () => {
    stop.abort()
    await ended
  })
  return { clock, roll, account: created }
}

test('the loops of the account answer through sign-in, refreshes and the hours between', async (t) => {
  const http = createHttp('test')
  const clockOfSandbox = new ManualClock()
  const sandbox = await startSandbox({ clock: clockOfSandbox, interval: 1, tps: Infinity })
  t.after(() => sandbox.close())
  const { clock, roll, account: made } = account(t, http, sandbox.url)
  await until(() => made.state.state === 'awaiting_user')
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += roundMs) {
      await clockOfSandbox.advance(roundMs)
      await clock.advance(roundMs)
      await soon()
      assert.deepEqual(await roll.check(roundMs), [], `${made.state.state} after ${passed} ms`)
    }
  }
  await pass(300_000)
  sandbox.control.approve()
  await pass(60_000)
  assert.equal(made.state.state, 'signed_in')
  const before = sandbox.control.state().requests
  await pass(3 * 3_600_000)
  assert.equal(made.state.state, 'signed_in')
  assert.ok(sandbox.control.state().requests > before, 'the hours went on as ever')
  http.close()
})

test('a request that never ends is seen when its time limit is over, and only its loop is named', async (t) => {
  // As one whose timer was lost.
  const hung: Http = {
    exchange: (_request, signal) => aborted(signal).then(() => Promise.reject(signal.reason as Error)),
    close: () => undefined,
  }
  const { roll } = account(t, hung, 'https://api.amazon.com')
  await soon()
  const answers = []
  for (let round = 0; round < 4; round++) answers.push((await roll.check(roundMs)).join())
  // 30 s are its limit, 10 s the room for it; when in the first round it began is not known.
  assert.deepEqual(answers, ['', '', 'account (sign-in)', 'account (sign-in)'])
})
