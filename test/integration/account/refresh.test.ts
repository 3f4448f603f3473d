import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { eventually, turn, within } from '../../support/eventually.ts'
import type { ManualClock } from '../../support/clocks/manual-clock.ts'
import { device } from './signed-in-device.ts'

const { signal } = new AbortController()
const hourMs = 3_600_000

function savedToken(folder: string): unknown {
  return (JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, unknown>)[
    'refresh_token'
  ]
}

test('the token is renewed ten to twelve minutes before its end, for ever', async (t) => {
  const { clock, signIn, refreshes } = await device(t)
  const life = await signIn()
  const startMs = clock.monotonicMs()
  await life.drive(() => refreshes() === 4)
  await clock.untilSleeping()
  // Three more than at the sign-in, 49 minutes apart with the jitter in its middle.
  assert.equal(clock.monotonicMs() - startMs, 3 * 49 * 60_000)
  assert.equal(life.account.state.state, 'signed_in')
  assert.equal(life.events.filter(({ type }) => type === 'login_succeeded').length, 1)
})

for (const rotation of ['at-once', 'on-first-use', 'same', 'absent'] as const) {
  test(`with rotation ${rotation} the newest refresh token is on the disk and works`, async (t) => {
    const { sandbox, folder, signIn, refreshes } = await device(t, { rotation })
    const life = await signIn()
    for (let count = 2; count <= 4; count++) {
      await life.drive(() => refreshes() === count)
      await life.until(() => life.events.filter(({ type }) => type === 'token_refreshed').length === count)
    }
    assert.equal(savedToken(folder), sandbox.control.secrets().refreshTokens.at(-1))
    assert.equal(life.account.state.state, 'signed_in')
  })
}

test('a saved sign-in is verified at the next start without a code', async (t) => {
  const { clock, sandbox, start, signIn, refreshes } = await device(t)
  const first = await signIn()
  await first.stop()
  const second = start()
  assert.equal(second.account.state.state, 'verifying')
  assert.match(second.account.state.userId ?? '', /SANDBOXADA/)
  const token = await second.account.tokens.get(signal)
  assert.equal(token.reveal(), sandbox.control.secrets().accessTokens.at(-1))
  await second.until(() => second.account.state.state === 'signed_in')
  await clock.untilSleeping()
  assert.equal(sandbox.control.codes().length, 1)
  assert.equal(refreshes(), 2)
  assert.deepEqual(
    second.events.map(({ type }) => type),
    ['token_refreshed'],
  )
})

test('many at once whose token was refused cause one refresh, and a stale refusal none', async (t) => {
  const { clock, signIn, refreshes } = await device(t)
  const life = await signIn()
  const { tokens } = life.account
  const old = await tokens.get(signal)
  const before = refreshes()
  const renewed = await Promise.all(
    Array.from({ length: 20 }, () => {
      tokens.reject(old)
      return tokens.get(new AbortController().signal)
    }),
  )
  for (const token of renewed)
    assert.ok(
      token.equals(renewed[0] ?? old) && !token.equals(old),
      'token.equals(renewed[0] ?? old) && !token.equals(old)',
    )
  assert.equal(refreshes(), before + 1)
  // Later than the pause after a rejection, which would hide it.
  await clock.untilSleeping()
  await clock.advance(60_000)
  tokens.reject(old)
  assert.equal((await tokens.get(signal)).equals(renewed[0] ?? old), true)
  await clock.untilSleeping()
  assert.equal(refreshes(), before + 1)
})

test('a network that is down keeps the token, is told, and is recovered from', async (t) => {
  const { clock, sandbox, folder, signIn } = await device(t)
  const life = await signIn()
  const kept = savedToken(folder)
  const old = await life.account.tokens.get(signal)
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 6 })
  await life.drive(() => life.account.state.state === 'refresh_failing')
  assert.equal(life.account.state.error?.code, 'net/failed')
  assert.equal(life.account.state.linked, true)
  // Ten minutes are left on it.
  assert.equal((await life.account.tokens.get(signal)).equals(old), true)
  await life.drive(() => life.account.state.state === 'signed_in')
  await clock.untilSleeping()
  assert.equal(life.account.state.error, undefined)
  assert.notEqual(savedToken(folder), kept)
  const times = sandbox.control
    .requests('POST', '/auth/o2/token')
    .slice(-7)
    .map(({ atMs }) => atMs)
  assert.deepEqual(
    times.slice(1).map((time, i) => time - (times[i] ?? 0)),
    [0, 1_000, 2_000, 4_000, 10_000, 30_000],
  )
  assert.equal(sandbox.control.codes().length, 1)
})

test('during a long outage who wants a token is told why at once, after a short one they get it', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  const { tokens } = life.account
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 3 })
  tokens.reject(await tokens.get(signal))
  const short = tokens.get(signal)
  await life.drive(() => life.account.state.state === 'signed_in')
  await life.drive(() => life.events.filter(({ type }) => type === 'token_refreshed').length === 2, 2)
  await short

  await clock.untilSleeping()
  await clock.advance(60_000)
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 1_000 })
  tokens.reject(await tokens.get(signal))
  const long = assert.rejects(tokens.get(signal), { code: 'net/failed' })
  const over = new AbortController()
  void long.then(() => over.abort())
  const startMs = clock.monotonicMs()
  const step = async (): Promise<void> => {
    await clock.untilSleeping()
    await clock.advance(500)
    await turn()
  }
  await eventually('the end of the wait for a token', () => over.signal.aborted, { step })
  assert.ok(
    clock.monotonicMs() - startMs <= 15_000,
    `clock.monotonicMs() - startMs <= 15_000: ${clock.monotonicMs() - startMs}`,
  )
  await assert.rejects(tokens.get(signal), { code: 'net/failed' })
  sandbox.control.clearFaults()
})

for (const status of [429, 503]) {
  test(`a Retry-After with ${status} is honoured`, async (t) => {
    const { sandbox, signIn, refreshes } = await device(t)
    const life = await signIn()
    sandbox.control.fault({ path: '/auth/o2/token', status, headers: { 'retry-after': '300' } })
    await life.drive(() => refreshes() === 3)
    const times = sandbox.control
      .requests('POST', '/auth/o2/token')
      .slice(-2)
      .map(({ atMs }) => atMs)
    assert.equal((times[1] ?? 0) - (times[0] ?? 0), 300_000)
  })
}

test('a refresh token that Amazon calls dead is forgotten, and a new code shown in the same life', async (t) => {
  const { clock, sandbox, folder, signIn } = await device(t)
  const life = await signIn()
  sandbox.control.revokeRefreshTokens()
  await life.drive(() => life.account.state.state === 'awaiting_user')
  await clock.untilSleeping()
  assert.throws(() => savedToken(folder), { code: 'ENOENT' })
  assert.equal(life.account.state.linked, false)
  assert.equal(life.account.state.tokenExpiresAtEpochMs, undefined)
  const revoked = life.events.find(({ type }) => type === 'token_revoked')
  assert.equal(revoked?.type === 'token_revoked' && revoked.code, 'account/revoked')
  await assert.rejects(life.account.tokens.get(signal), { code: 'account/signed-out' })

  sandbox.control.approve()
  await life.drive(() => life.account.state.state === 'signed_in')
})

test('only an OAuth error ends a sign-in: pages, redirects and empty refusals do not', async (t) => {
  const { sandbox, signIn } = await device(t)
  const life = await signIn()
  const page = '<html>invalid_grant</html>'
  for (const status of [302, 400, 401, 403, 404, 500]) {
    sandbox.control.fault({ path: '/auth/o2/token', status, body: page })
  }
  sandbox.control.fault({ path: '/auth/o2/token', garbage: true })
  await life.drive(() => life.account.state.state === 'refresh_failing')
  await life.drive(() => life.account.state.state === 'signed_in')
  assert.equal(sandbox.control.state().faults.length, 0)
  assert.equal(sandbox.control.codes().length, 1)
})

test('after a suspend the token is renewed at once, and who asks gets the new one', async (t) => {
  const { clock, sandbox, signIn, refreshes } = await device(t)
  const life = await signIn()
  const before = refreshes()
  await clock.advance(10 * hourMs)
  const token = await life.account.tokens.get(signal)
  assert.equal(token.reveal(), sandbox.control.secrets().accessTokens.at(-1))
  assert.ok(refreshes() > before, `refreshes() > before: ${refreshes()}`)
  assert.equal(life.account.state.state, 'signed_in')
})

test('a wall clock that jumps by years decides nothing', async (t) => {
  const { clock, signIn, refreshes } = await device(t)
  const life = await signIn()
  const before = refreshes()
  const token = await life.account.tokens.get(signal)
  for (const years of [10, -50, 40]) {
    clock.jumpWallClock(years * 365 * 24 * hourMs)
    await clock.advance(60_000)
    assert.equal((await life.account.tokens.get(signal)).equals(token), true)
  }
  assert.equal(refreshes(), before)
})

/** Resolves once the sandbox holds back an answer for `ms`. */
async function untilDelayed(clock: ManualClock, ms: number): Promise<void> {
  await eventually(`a sleep of ${ms} ms`, () => clock.sleeps.includes(ms), {
    seen: () => clock.sleeps,
    step: turn,
  })
}

test('a refresh under way at the end of a life may finish, so that a rotated token is not lost', async (t) => {
  const { clock, sandbox, folder, start, signIn } = await device(t)
  const life = await signIn()
  const before = savedToken(folder)
  sandbox.control.fault({ path: '/auth/o2/token', delayMs: 1_000 })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await untilDelayed(clock, 1_000)
  life.abort()
  await clock.untilSleeping(2)
  await clock.advance(1_000)
  await life.ended
  assert.notEqual(savedToken(folder), before)
  assert.equal(savedToken(folder), sandbox.control.secrets().refreshTokens.at(-1))
  const next = start()
  await next.until(() => next.account.state.state === 'signed_in')
})

test('a refresh that hangs does not hold up the end of a life', async (t) => {
  const { clock, sandbox, signIn } = await device(t)
  const life = await signIn()
  sandbox.control.fault({ path: '/auth/o2/token', delayMs: 1_000_000 })
  life.account.tokens.reject(await life.account.tokens.get(signal))
  await untilDelayed(clock, 1_000_000)
  life.abort()
  await clock.untilSleeping(2)
  const abortedAtMs = clock.monotonicMs()
  await clock.advance(2_000)
  await within('the end of the life', life.ended, { seen: () => clock.sleeps })
  assert.ok(clock.monotonicMs() - abortedAtMs <= 2_000, 'the grace of 2 s and no more')
  await sandbox.close()
})
