import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { askDoctor, has } from '../../support/doctor-page.ts'
import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('nothing secret is on the page, wherever it was', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  mkdirSync(home.stateDir, { mode: 0o700 })
  const plant = (file: string, content: object): void =>
    writeFileSync(join(home.stateDir, file), JSON.stringify(content), { mode: 0o600 })
  plant('tokens.json', {
    refresh_token: 'Atzr|MARKER-token',
    client_id: home.env['A2M_LWA_CLIENT_ID'],
    scopes: ['music::playback'],
    user_id: 'amzn1.account.MARKERMARKER',
  })
  plant('login.json', {
    state: 'awaiting_user',
    user_code: 'MARKER7',
    verification_uri: 'https://amazon.com/code',
    verification_uri_complete: 'https://amazon.com/code?cbl-code=MARKER7',
    expires_at: '2030-01-01T00:00:00.000Z',
    attempt: 1,
  })
  const passwordFile = join(tempFolder(t), 'password')
  writeFileSync(passwordFile, 'MARKER-from-a-file\n')
  const broker = `mqtt://MARKER-user:MARKER-password@localhost:${home.broker.port}`
  const environments: readonly Readonly<Record<string, string>>[] = [
    {
      A2M_MQTT_URL: broker,
      A2M_HOOK: '/bin/hook --key MARKER',
      A2M_LWA_CLIENT_ID: `amzn1.application-oa2-client.MARKER0123456789`,
    },
    { A2M_MQTT_USERNAME: 'MARKER-user', A2M_MQTT_PASSWORD: 'MARKER-password' },
    { A2M_MQTT_USERNAME: 'MARKER-user', A2M_MQTT_PASSWORD_FILE: passwordFile },
    // In the wrong places, and in the wrong form.
    { A2M_MQTT_URL: 'MARKER://user:MARKER@x', A2M_LWA_URL: 'https://u:MARKER@x', A2M_GROUPS: 'MARKER!' },
    {
      A2M_LWA_CLIENT_ID: 'MARKER',
      A2M_DEVICE_NAME: 'MARKER',
      A2M_QUIET_HOURS: 'MARKER',
    },
    { A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: 'false MARKER' },
    { A2M_MQTT_USERNAME: 'u', A2M_MQTT_PASSWORD: 'MARKER-a', A2M_MQTT_PASSWORD_FILE: passwordFile },
  ]
  for (const env of environments) {
    for (const args of [['doctor'], ['doctor', '--json']]) {
      const { stdout, stderr } = await home.start({ args, env }).ended(30_000)
      assert.ok(stdout.includes('Last warnings and errors'), stdout)
      assert.ok(!(stdout + stderr).includes('MARKER'), stdout + stderr)
    }
  }
})

test(
  'the page of a running agent holds neither its tokens nor the code that waits',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    const shown = await home.client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
    const { user_code: userCode } = JSON.parse(shown.text) as { user_code: string }
    const waiting = await askDoctor(home)
    has(waiting.said('Running agent'), /^warn account: .*a code waits/)
    assert.equal(waiting.text.includes(userCode), false)
    home.sandbox.control.approve(userCode)
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    const page = await askDoctor(home)
    has(page.said('Amazon Music'), /^ok signed-in call/)
    assert.doesNotMatch(page.text, /At[a-z]{2}\|/)
  },
)
