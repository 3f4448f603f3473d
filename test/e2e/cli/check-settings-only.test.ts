import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startCli } from '../../support/cli-process.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const wanted = {
  A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.0123',
  A2M_SECURITY_PROFILE_ID: 'amzn1.application.0123',
  // Port 9 of nobody: whoever asked would be refused.
  A2M_MQTT_URL: 'mqtt://127.0.0.1:9',
  A2M_LWA_URL: 'http://127.0.0.1:9',
}

test('check --settings-only is content with good settings, whatever cannot be reached, and makes no state folder', async (t) => {
  const stateDir = join(tempFolder(t), 'state')
  await using check = startCli({
    args: ['check', '--settings-only'],
    env: { ...wanted, A2M_STATE_DIR: stateDir },
  })
  const { code, stdout } = await check.ended()
  assert.match(stdout, /^ok +settings +all usable\n$/)
  assert.equal(code, 0)
  assert.equal(existsSync(stateDir), false)
})

test('check --settings-only names what is wrong, and ends with 78', async () => {
  await using check = startCli({
    args: ['check', '--settings-only'],
    env: { ...wanted, A2M_MQTT_URL: 'ftp://broker', A2M_SECURITY_PROFILE_ID: '' },
  })
  const { code, stdout } = await check.ended()
  assert.match(stdout, /^FAIL +settings +2 settings need attention:/)
  assert.match(stdout, /^ +A2M_MQTT_URL: expected mqtt:/m)
  assert.match(stdout, /^ +A2M_SECURITY_PROFILE_ID is not set/m)
  assert.equal(code, 78)
})

test('--settings-only belongs to check', async () => {
  await using run = startCli({ args: ['run', '--settings-only'], env: wanted })
  const { code, stderr } = await run.ended()
  assert.match(stderr, /--settings-only belongs to check, not to run/)
  assert.equal(code, 64)
})
