import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startCli } from '../../support/cli-process.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const hook = `data:text/javascript,${encodeURIComponent(
  `process.on('SIGUSR2', () => { console.log('hangs'); for (;;); })`,
)}`

test('a process that hangs dies of the SIGABRT of a watchdog: no library has taken the signal', async (t) => {
  await using agent = startCli({
    args: ['run'],
    launcher: ['prlimit', '--core=0'],
    nodeArgs: ['--import', hook],
    env: {
      A2M_STATE_DIR: tempFolder(t),
      A2M_PLAYER: 'none',
      A2M_MQTT_URL: 'mqtt://127.0.0.1:1',
      A2M_LWA_URL: 'http://127.0.0.1:1',
      A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.00000000000000000000000000000000',
      A2M_SECURITY_PROFILE_ID: 'amzn1.application.00000000000000000000000000000000',
    },
  })
  await agent.line('runs')
  agent.kill('SIGUSR2')
  await agent.line('hangs')
  agent.kill('SIGABRT')
  // What is still there after that is killed otherwise.
  assert.equal((await agent.ended(5_000)).signal, 'SIGABRT')
})
