import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'

import { startSandbox } from '../../../src/sandbox/sandbox.ts'

const address = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

test(
  'a request from the network reaches the page, and not the control API',
  { skip: address === undefined && 'this machine has no network' },
  async (t) => {
    const sandbox = await startSandbox({ host: '0.0.0.0', publicHost: address ?? '' })
    t.after(() => sandbox.close())
    const outside = new URL(sandbox.url)
    outside.hostname = address ?? ''
    assert.equal((await fetch(new URL('/us/code', outside))).status, 200)
    assert.equal((await fetch(new URL('/control/secrets', outside))).status, 403)
    assert.equal((await fetch(new URL('/control/secrets', sandbox.url))).status, 200)
  },
)
