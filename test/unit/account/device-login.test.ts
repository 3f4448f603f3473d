import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pollForTokens, type DeviceLoginOutcome } from '../../../src/account/device-login.ts'
import { classifyRefusal } from '../../../src/account/lwa-refusal.ts'
import type { CodePair } from '../../../src/account/lwa-wire.ts'
import type { FirstGrant, Lwa, LwaOutcome } from '../../../src/account/lwa.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { createLog } from '../../../src/lib/log.ts'
import { Heartbeat } from '../../../src/lib/liveness.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

type Poll = LwaOutcome<FirstGrant, 'poll'>

const pair: CodePair = {
  deviceCode: new Secret('device-code'),
  userCode: 'BEYHYS',
  verificationUri: 'https://amazon.com/us/code',
  verificationUriComplete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
  lifetimeMs: 600_000,
  intervalMs: 30_000,
}
const granted: Poll = {
  kind: 'ok',
  value: {
    accessToken: new Secret('a'),
    refreshToken: new Secret('r'),
    lifetimeMs: 3_600_000,
    scopes: undefined,
  },
}
const answer = (error: string, retryAfterMs?: number): Poll =>
  classifyRefusal('poll', { status: 400, body: JSON.stringify({ error }), retryAfterMs })
const unavailable = (retryAfterMs?: number): Poll =>
  classifyRefusal('poll', { status: 503, body: '', retryAfterMs })
const pending = answer('authorization_pending')
const slowDown = answer('slow_down')
const timeOut: Poll = { kind: 'transient', error: new AppError('net/timeout', 'no answer in time') }
const noNetwork: Poll = { kind: 'transient', error: new AppError('net/dns', 'no name') }

interface Run {
  readonly outcome: DeviceLoginOutcome
  /** Milliseconds before each poll since the one before it. */
  readonly gaps: readonly number[]
  /** Milliseconds from the request of the pair to each poll. */
  readonly times: readonly number[]
  readonly lines: readonly string[]
  /** Milliseconds from the request of the pair to each call of `onNearEnd`. */
  readonly nearEnds: readonly number[]
}

/** Lets a code pair run its course; `answers` in turn, then `authorization_pending` for ever. */
async function run(
  answers: readonly Poll[],
  change: Partial<CodePair> = {},
  { travelMs = 0, pollMs = 0 } = {},
): Promise<Run> {
  const clock = new ManualClock()
  const askedAtMs = clock.monotonicMs()
  const times: number[] = []
  const lines: string[] = []
  const nearEnds: number[] = []
  const lwa: Pick<Lwa, 'pollToken'> = {
    pollToken: async (_, signal) => {
      times.push(clock.monotonicMs() - askedAtMs)
      const answer = answers[times.length - 1] ?? pending
      if (pollMs > 0) await clock.sleep(pollMs, signal)
      return answer
    },
  }
  const log = createLog({ level: 'debug', write: (line) => lines.push(line) })
  const polling = pollForTokens(
    { ...pair, ...change },
    {
      lwa,
      heartbeat: new Heartbeat(),
      clock,
      log,
      askedAtMs,
      travelMs,
      onNearEnd: () => nearEnds.push(clock.monotonicMs() - askedAtMs),
    },
    new AbortController().signal,
  )
  await clock.advance(36_000_000)
  const outcome = await polling
  assert.equal(clock.sleeping, 0)
  return { outcome, times, gaps: times.map((time, i) => time - (times[i - 1] ?? 0)), lines, nearEnds }
}

test('the first poll waits for the interval and a fifth of it', async () => {
  const { times } = await run([granted])
  assert.equal(times.length, 1)
  assert.ok((times[0] ?? 0) >= 36_000, `(times[0] ?? 0) >= 36_000: ${times[0] ?? 0}`)
  assert.ok((times[0] ?? 0) < 38_000, `(times[0] ?? 0) < 38_000: ${times[0] ?? 0}`)
})

test('a code nobody uses is polled evenly, the last time half a second before its end', async () => {
  const { outcome, times, gaps, nearEnds } = await run([])
  assert.deepEqual(outcome, { kind: 'expired' })
  assert.equal(times.length, 16)
  assert.equal(Math.round(times.at(-1) ?? 0), 599_500)
  for (const gap of gaps) assert.ok(gap >= 36_000 && gap < 38_000, String(gap))
  assert.deepEqual(nearEnds, [595_000])
})

test('the last poll leaves room for as long as the slowest answer took', async () => {
  assert.equal(Math.round((await run([], {}, { travelMs: 1_500 })).times.at(-1) ?? 0), 598_500)
  assert.equal(Math.round((await run([], {}, { pollMs: 2_000 })).times.at(-1) ?? 0), 598_000)
  assert.equal(Math.round((await run([], {}, { travelMs: 60_000 })).times.at(-1) ?? 0), 595_000)
})

test('the time to show another code is told once, also when a poll is under way then', async () => {
  const { nearEnds } = await run([timeOut, timeOut], {}, { pollMs: 9_000 })
  assert.equal(nearEnds.length, 1)
  assert.ok((nearEnds[0] ?? 0) >= 595_000 && (nearEnds[0] ?? 0) <= 600_000, String(nearEnds[0]))
  assert.deepEqual((await run([pending, granted])).nearEnds, [])
})

test('waiting for the user is no line in the log', async () => {
  const { lines } = await run([pending, pending, granted])
  assert.deepEqual(lines, [])
})

test('an interval below five seconds is taken as five', async () => {
  const { gaps } = await run([granted], { intervalMs: 0 })
  assert.ok(
    (gaps[0] ?? 0) >= 6_000 && (gaps[0] ?? 0) < 6_100,
    '(gaps[0] ?? 0) >= 6_000 && (gaps[0] ?? 0) < 6_100',
  )
})

test('slow_down lengthens the interval by five seconds for good, each time', async () => {
  const { gaps } = await run([slowDown, pending, pending, slowDown, pending, pending], {
    lifetimeMs: 36_000_000,
  })
  // 1.2 times 30, 35, 35, 35, 40, 40 seconds; spreading over ten hours adds next to nothing.
  assert.deepEqual(
    gaps.slice(0, 6).map((gap) => Math.floor(gap / 1000)),
    [36, 42, 42, 42, 48, 48],
  )
})

test('a time-out doubles the wait, and an answer brings it back', async () => {
  const { gaps } = await run([timeOut, timeOut, pending, granted], { lifetimeMs: 36_000_000 })
  assert.deepEqual(
    gaps.map((gap) => Math.floor(gap / 1000)),
    [36, 72, 144, 36],
  )
})

test('slow_down after time-outs brings the wait back to the interval, which is longer by five seconds', async () => {
  const { gaps } = await run([timeOut, timeOut, slowDown, pending], { lifetimeMs: 36_000_000 })
  assert.deepEqual(
    gaps.slice(0, 4).map((gap) => Math.floor(gap / 1000)),
    [36, 72, 144, 42],
  )
})

test('Retry-After of a slow_down is honoured once', async () => {
  const { gaps } = await run([answer('slow_down', 100_000), pending, granted], { lifetimeMs: 36_000_000 })
  assert.deepEqual(
    gaps.map((gap) => Math.floor(gap / 1000)),
    [36, 100, 42],
  )
})

test('other trouble with the network keeps the code and the interval', async () => {
  const { outcome, gaps } = await run([noNetwork, noNetwork, unavailable(), granted], {
    lifetimeMs: 36_000_000,
  })
  assert.equal(outcome.kind, 'granted')
  assert.deepEqual(
    gaps.map((gap) => Math.floor(gap / 1000)),
    [36, 36, 36, 36],
  )
})

test('a code outlives a network that is away until the end', async () => {
  const { outcome, times } = await run(Array<Poll>(100).fill(noNetwork))
  assert.equal(outcome.kind, 'expired')
  assert.equal(times.length, 16)
})

test('Retry-After longer than the interval is honoured once', async () => {
  const { gaps } = await run([unavailable(100_000), pending, granted], { lifetimeMs: 36_000_000 })
  assert.deepEqual(
    gaps.map((gap) => Math.floor(gap / 1000)),
    [36, 100, 36],
  )
})

test('the last poll is left out rather than sent too early', async () => {
  // 40 s of interval after the slow_down at about 66 s leaves no room before 99.5 s.
  const { outcome, times } = await run([timeOut, slowDown], { lifetimeMs: 100_000, intervalMs: 27_000 })
  assert.equal(outcome.kind, 'expired')
  assert.deepEqual(
    times.map((time) => Math.round(time / 100) / 10),
    [33.2, 99.5],
  )
})

test('a code that lives hardly longer than the interval is not polled before that', async () => {
  const { outcome, times } = await run([granted], { lifetimeMs: 32_000 })
  assert.equal(outcome.kind, 'granted')
  assert.deepEqual(times, [31_500])
})

test('a code that lives shorter than the interval is polled once, at its end', async () => {
  const { outcome, times, nearEnds } = await run([granted], { lifetimeMs: 20_000 })
  assert.equal(outcome.kind, 'granted')
  assert.deepEqual(times, [19_500])
  assert.deepEqual(nearEnds, [15_000])
})

const ends: readonly (readonly [error: string, kind: string])[] = [
  ['access_denied', 'denied'],
  ['invalid_code_pair', 'expired'],
  ['expired_token', 'expired'],
  ['invalid_grant', 'expired'],
  ['unauthorized_client', 'configuration'],
  ['a_code_of_tomorrow', 'configuration'],
]
for (const [error, kind] of ends) {
  test(`${error} ends the polling at once, as ${kind}`, async () => {
    const { outcome, times } = await run([pending, answer(error)])
    assert.equal(outcome.kind, kind)
    assert.equal(times.length, 2)
  })
}

test('after a suspend beyond the end the code is tried once more', async () => {
  const clock = new ManualClock()
  const lwa: Pick<Lwa, 'pollToken'> = { pollToken: () => Promise.resolve(granted) }
  const log = createLog({ level: 'silent', write: () => undefined })
  const askedAtMs = clock.monotonicMs() - 700_000
  const polling = pollForTokens(
    pair,
    { lwa, heartbeat: new Heartbeat(), clock, log, askedAtMs, travelMs: 0, onNearEnd: () => undefined },
    new AbortController().signal,
  )
  await clock.advance(0)
  assert.equal((await polling).kind, 'granted')
})

test('the wait can be broken off', async () => {
  const clock = new ManualClock()
  const stop = new AbortController()
  const lwa: Pick<Lwa, 'pollToken'> = { pollToken: () => Promise.reject(new Error('not to be called')) }
  const log = createLog({ level: 'silent', write: () => undefined })
  const polling = pollForTokens(
    pair,
    {
      lwa,
      heartbeat: new Heartbeat(),
      clock,
      log,
      askedAtMs: clock.monotonicMs(),
      travelMs: 0,
      onNearEnd: () => undefined,
    },
    stop.signal,
  )
  await clock.untilSleeping()
  const reason = new Error('stopped')
  stop.abort(reason)
  await assert.rejects(polling, reason)
  assert.equal(clock.sleeping, 0)
})
