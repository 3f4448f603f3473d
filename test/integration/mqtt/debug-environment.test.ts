import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { startStrictBroker } from './strict-broker.ts'

test('DEBUG in the environment prints nothing of the connection, the password least of all', async () => {
  await using broker = await startStrictBroker()
  const script = join(import.meta.dirname, 'probe-child.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, DEBUG: '*', A2M_TEST_BROKER: broker.url.href },
    timeout: 30_000,
  })
  assert.equal(stdout, 'MQTT 5\n')
  assert.doesNotMatch(stderr, /canary|mqtt/)
})
