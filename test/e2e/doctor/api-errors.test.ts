import assert from 'node:assert/strict'
import { test } from 'node:test'

import { errorCodes, type ErrorCode } from '../../../src/lib/error-codes.ts'
import type { Fault } from '../../../src/sandbox/http/faults.ts'
import { askDoctor, has } from '../../support/doctor-page.ts'
import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

const refusal = (code: string, message: string): object => ({ error: { code, message } })

/** What the search meets, and what the page says of it. */
const failures: readonly (readonly [fault: Fault, code: ErrorCode, words: RegExp])[] = [
  [{ status: 401, body: refusal('UNAUTHORIZED', 'No.') }, 'music/unauthorized', /No\./],
  [{ status: 403, body: refusal('INVALID_CLIENT_ID', 'Which one?') }, 'music/api-key', /Which one\?/],
  [{ status: 403, body: refusal('AUTH_NO_MUSIC_ACCOUNT_FOUND', 'Nobody.') }, 'music/no-account', /Nobody\./],
  [{ status: 403, body: refusal('FORBIDDEN', 'Not you.') }, 'music/forbidden', /Not you\./],
  [{ status: 400, body: 'plain words' }, 'music/bad-request', /status 400/],
  [{ garbage: true }, 'net/answer', /searchTracks/],
  [{ drop: 'before' }, 'net/failed', /./],
  [{ delayMs: 30_000 }, 'net/timeout', /no answer within 6 s/],
  [{ status: 503, body: refusal('INTERNAL', 'Out of order.') }, 'music/unavailable', /Out of order\./],
  // Longer than doctor waits, and shorter than a command would. The last: the agent keeps to it.
  [
    { status: 429, headers: { 'retry-after': '12' }, body: refusal('THROTTLED', 'Slower.') },
    'music/throttled',
    /asked for a pause: \d+ s are left/,
  ],
]

test(
  'a call that fails through the running agent is told with its code and its remedy',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    home.start()
    await home.signIn()
    for (const [fault, code, words] of failures) {
      home.sandbox.control.fault({ path: '/v1/search', times: 1e9, ...fault })
      const page = await askDoctor(home)
      home.sandbox.control.clearFaults()
      has(page.said('Amazon Music'), /^ok Amazon Music/)
      const [line = ''] = page.said('Amazon Music').filter((one) => one.includes('signed-in call'))
      assert.ok(line.startsWith(`FAIL signed-in call: ${code} `), line)
      assert.match(line, words)
      assert.equal(page.remedyOf('Amazon Music', 'signed-in call'), errorCodes[code].remedy)
      assert.equal(page.code, 69)
    }
  },
)
