import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askClient } from '../../../src/cli/ask-client.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { startSandbox } from '../../../src/sandbox/sandbox.ts'

test('a client id that Amazon knows differs from one that it does not know, without a sign-in', async (t) => {
  const lwaClientId = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
  const sandbox = await startSandbox({ clientIds: [lwaClientId] })
  t.after(() => sandbox.close())
  const http = createHttp('test')
  t.after(() => http.close())
  const ask = async (id: string): Promise<string> => {
    const { kind } = await askClient(
      { lwaUrl: new URL(sandbox.url), lwaClientId: id, locale: 'en-US' },
      http,
      AbortSignal.timeout(10_000),
    )
    return kind
  }
  assert.equal(await ask(lwaClientId), 'known')
  assert.equal(await ask(lwaClientId.replace('0123', '9999')), 'refused')
})
