import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startCli } from '../../support/cli-process.ts'

test('wrong settings are all named at once, and the exit code is 78', async () => {
  await using agent = startCli({
    env: {
      A2M_MQTT_URL: 'ftp://broker',
      A2M_LWA_URL: 'http://example.org',
      A2M_LWA_CLIENT_ID: 'amzn1.application.00',
    },
  })
  const { code, stderr } = await agent.ended()
  assert.equal(code, 78)
  for (const name of ['A2M_MQTT_URL', 'A2M_LWA_URL', 'A2M_LWA_CLIENT_ID', 'A2M_SECURITY_PROFILE_ID']) {
    assert.ok(stderr.includes(name), `${name} is named in: ${stderr}`)
  }
  assert.match(stderr, /settings\/invalid/)
})

test('a command line that is not understood ends with 64', async () => {
  await using agent = startCli({ args: ['rnu', '--mqtt-ulr', 'x'] })
  const { code, stderr } = await agent.ended()
  assert.equal(code, 64)
  assert.match(stderr, /did you mean "?run/)
})

test('a password on the command line is refused, and not repeated', async () => {
  await using agent = startCli({ args: ['run', '--mqtt-password=hunter2'] })
  const { code, stderr } = await agent.ended()
  assert.equal(code, 64)
  assert.equal(stderr.includes('hunter2'), false)
})

test('help and version need no settings', async () => {
  await using help = startCli({ args: ['--help'] })
  const said = await help.ended()
  assert.equal(said.code, 0)
  assert.match(said.stdout, /A2M_LWA_CLIENT_ID/)
  await using version = startCli({ args: ['--version'] })
  assert.match((await version.ended()).stdout, /^\d+\.\d+\.\d+\n$/)
})
