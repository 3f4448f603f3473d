import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { askDoctor, has } from '../../support/doctor-page.ts'
import { fakedClock, noFaketime } from '../../support/clocks/faked-clock.ts'
import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { within } from '../../support/eventually.ts'

test('a clock that is wrong is told by how much', { skip: noMosquitto || noFaketime }, async (t) => {
  const home = await makeHome(t)
  const page = await askDoctor(home, fakedClock(t, -86_400).env)
  has(page.said('Clock'), /^FAIL time: net\/clock .* 14(39|40|41) minutes behind/)
  has(page.said('Login with Amazon'), /^ok Login with Amazon/)
  assert.equal(page.code, 69)
})

test('so it is where certificates are refused for it', { skip: noMosquitto || noFaketime }, async (t) => {
  const home = await makeHome(t)
  await using authority = await createTlsAuthority()
  const { cert, key } = await authority.issue('localhost')
  const server = createHttpsServer({ cert, key }, (_, response) => void response.end('{}'))
  server.listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => server.close())
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const env = { A2M_LWA_URL: url, A2M_MUSIC_URL: url, NODE_EXTRA_CA_CERTS: authority.caFile }
  const right = await askDoctor(home, env)
  has(right.said('Clock'), /^ok time: .*as the servers have it/)
  const wrong = await askDoctor(home, { ...env, ...fakedClock(t, -400 * 86_400).env })
  has(wrong.said('Login with Amazon'), /^FAIL Login with Amazon: net\/clock/)
  has(wrong.said('Clock'), /^FAIL time: net\/clock .* is before this agent was made/)
  has(wrong.said('Clock'), /^FAIL time: net\/clock .* (575\d{3}|576\d{3}) minutes behind/)
})
