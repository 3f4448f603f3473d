import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'

import { startCli } from '../../support/cli-process.ts'

test('demo --approve signs in on its embedded broker, says what to paste, and Ctrl-C ends all without leftovers', async () => {
  await using demo = startCli({ args: ['demo', '--approve'] })
  const runs = await demo.line('amazonmusic2mqtt')
  const { state } = JSON.parse(runs) as { state: string }
  assert.equal(existsSync(state), true)
  await demo.line('Signed in. Now, in another terminal')
  await demo.line('mosquitto_pub')
  demo.kill('SIGINT')
  const { code, stderr } = await demo.ended()
  assert.deepEqual([code, stderr], [0, ''])
  assert.ok(!existsSync(state), 'its state folder is gone')
})
