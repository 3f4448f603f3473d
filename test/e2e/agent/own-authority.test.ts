import assert from 'node:assert/strict'
import { test } from 'node:test'

import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { tlsFront } from '../../support/tls-proxy.ts'
import { requireTool } from '../../support/tools.ts'

const skip = noMosquitto || requireTool('openssl')

test("services with an authority of one's own are trusted once A2M_CA_FILE names it", { skip }, async (t) => {
  await using authority = await createTlsAuthority()
  const home = await makeHome(t)
  const front = await tlsFront(t, new URL(home.sandbox.url), await authority.issue('localhost'))
  const env = { A2M_LWA_URL: front.url.href, A2M_MUSIC_URL: front.url.href }
  const strange = await home.start({ args: ['check'], env }).ended()
  for (const part of ['Login with Amazon', 'Amazon Music']) {
    assert.match(strange.stdout, new RegExp(`^FAIL +${part} .*net/certificate`, 'm'))
  }
  const trusted = { ...env, A2M_CA_FILE: authority.caFile }
  const { code, stdout } = await home.start({ args: ['check'], env: trusted }).ended()
  assert.equal(code, 0, stdout)
  const page = await home.start({ args: ['doctor'], env: trusted }).ended()
  assert.doesNotMatch(page.stdout, /net\/certificate/)
  const login = home.start({ args: ['login'], env: trusted })
  await login.line('/us/code')
  login.kill('SIGINT')
  await login.ended()
})

test('A2M_CA_FILE that is no certificate is a problem of that setting', async (t) => {
  const home = await makeHome(t)
  const env = { A2M_CA_FILE: '/etc/hostname' }
  const { code, stdout } = await home.start({ args: ['check', '--settings-only'], env }).ended()
  assert.ok(code !== 0, `exit code ${code}`)
  assert.match(stdout, /A2M_CA_FILE: expected a PEM file/)
})
