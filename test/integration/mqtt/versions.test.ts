import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'

import { Aedes } from 'aedes'

import { noMosquitto, startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { startAgent } from './mqtt-harness.ts'
import { startGateway } from './broker-proxy.ts'
import { within } from '../../support/eventually.ts'

test(
  'with a broker that says it does not know MQTT 5 it is 3.1.1 at once, and again at the next connection',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto()
    await using gateway = await startGateway(mosquitto.url, { refuseVersion5: 'said' })
    await using agent = startAgent(gateway.url)
    assert.equal(await agent.connected(), 4)
    gateway.cut()
    assert.equal(await agent.connected(), 4)
    assert.deepEqual(gateway.connects, [5, 4, 4])
  },
)

test(
  'with a broker that closes on MQTT 5 without a word it is 3.1.1, and 5 is tried again next time',
  { skip: noMosquitto },
  async () => {
    await using mosquitto = await startMosquitto()
    await using gateway = await startGateway(mosquitto.url, { refuseVersion5: 'silently' })
    await using agent = startAgent(gateway.url)
    assert.equal(await agent.connected(), 4)
    gateway.cut()
    assert.equal(await agent.connected(), 4)
    assert.deepEqual(gateway.connects, [5, 4, 5, 4])
  },
)

test('Aedes, which speaks 3.1.1 only, gets 3.1.1', async () => {
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle).listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  const retained: string[] = []
  aedes.subscribe(
    'a2m/#',
    ({ topic, payload }, done) => {
      retained.push(`${topic} ${payload.toString()}`)
      done()
    },
    () => undefined,
  )

  const agent = startAgent(new URL(`mqtt://localhost:${(server.address() as AddressInfo).port}`))
  agent.broker.retain('a2m/test/state', 'idle')
  assert.equal(await agent.connected(), 4)
  await agent.stop()
  assert.deepEqual(retained, [
    'a2m/test/state idle',
    'a2m/test/availability online',
    'a2m/test/availability offline',
  ])

  await new Promise<void>((resolve) => aedes.close(resolve))
  server.close()
})
