import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test, type TestContext } from 'node:test'

import { reach } from '../../../src/diagnostics/service-answer.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { listen, stop } from '../../support/listen.ts'

/** How far a clock is ahead by what a server with this header `date` answers. */
async function aheadMs(t: TestContext, date: string, nowEpochMs: number): Promise<number | undefined> {
  const server = createServer((_, response) => response.setHeader('date', date).end('{}'))
  t.after(() => stop(server))
  const url = new URL(await listen(server))
  const http = createHttp('test')
  t.after(() => http.close())
  const place = {
    epochMs: () => nowEpochMs,
    monotonicMs: () => 0,
    heardErrorMs: () => undefined,
    get: (of: URL, signal: AbortSignal) => http.exchange({ method: 'GET', url: of }, signal),
  }
  const found = Promise.resolve({ ok: true as const, words: '' })
  const { response, clockErrorMs } = await reach(place, url, found, AbortSignal.timeout(10_000))
  assert.equal(response?.status, 200)
  return clockErrorMs
}

test('a clock that is ahead of the server has a positive error, one that is behind a negative one', async (t) => {
  const now = Date.UTC(2026, 4, 1, 12)
  assert.equal(await aheadMs(t, new Date(now - 90_000).toUTCString(), now), 90_000)
  assert.equal(await aheadMs(t, new Date(now + 90_000).toUTCString(), now), -90_000)
  assert.equal(await aheadMs(t, 'tomorrow', now), undefined)
})
