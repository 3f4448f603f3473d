import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { createLwa, type Lwa } from '../../../src/account/lwa.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientId, usualScopes } from './signed-in-device.ts'

const { signal } = new AbortController()

async function peer(t: TestContext): Promise<{ sandbox: Sandbox; at: (path: string) => Lwa }> {
  const sandbox = await startSandbox()
  const http = createHttp('test')
  t.after(async () => {
    http.close()
    await sandbox.close()
  })
  const at = (path: string): Lwa =>
    createLwa({ http, lwaUrl: new URL(path, sandbox.url), clientId, locale: 'en-US' })
  return { sandbox, at }
}

for (const path of ['/', '/auth/o2', '/auth/o2/', '/auth/O2/', '/auth/o2/?a=b#c']) {
  test(`the address of Login with Amazon may be spelled with ${path}`, async (t) => {
    const { sandbox, at } = await peer(t)
    const outcome = await at(path).requestCodePair(usualScopes, signal)
    assert.equal(outcome.kind, 'ok')
    assert.equal(sandbox.control.requests('POST', '/auth/o2/create/codepair').length, 1)
  })
}

test('a folder before the path of Login with Amazon is kept', async (t) => {
  const { sandbox, at } = await peer(t)
  await at('/proxy/auth/o2/').requestCodePair(usualScopes, signal)
  assert.equal(sandbox.control.requests('POST', '/proxy/auth/o2/create/codepair').length, 1)
})

test("a Retry-After that is a date counts from the answer's own date", async (t) => {
  const { sandbox, at } = await peer(t)
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT'
  const headers = { date, 'retry-after': 'Wed, 21 Oct 2015 07:30:00 GMT' }
  sandbox.control.fault({ path: '/auth/o2/create', status: 503, headers })
  const outcome = await at('/').requestCodePair(usualScopes, signal)
  assert.equal(outcome.kind === 'transient' && outcome.error.retryAfterMs, 120_000)
})
