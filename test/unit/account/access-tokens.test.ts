import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CurrentAccessToken, type Lack } from '../../../src/account/access-tokens.ts'
import { ServedAccount } from '../../../src/account/served-account.ts'
import { Condition } from '../../../src/lib/async/condition.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const hourMs = 3_600_000
const { signal } = new AbortController()
const noJitter = (): number => 0
const one = new Secret('one')
const two = new Secret('two')
const three = new Secret('three')

interface Parts {
  readonly clock: ManualClock
  readonly bell: Condition
  readonly tokens: CurrentAccessToken
  lack: Lack | undefined
}

function parts(): Parts {
  const clock = new ManualClock()
  const bell = new Condition()
  const made: Parts = {
    clock,
    bell,
    lack: undefined,
    tokens: new CurrentAccessToken(clock, bell, new ServedAccount(undefined), () => made.lack),
  }
  return made
}

test('a token that is good is handed out at once', async () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  assert.equal(await tokens.get(signal), one)
})

test('the lifetime counts from before the token was asked for', () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs() - 600_000, noJitter)
  assert.equal(tokens.renewInMs, 40 * 60_000)
  assert.equal(tokens.expiresAtEpochMs, clock.epochMs() + 50 * 60_000)
})

test('many who want a token wait for the one refresh, and all get its token', async () => {
  const { clock, tokens } = parts()
  const waiting = Promise.all([tokens.get(signal), tokens.get(signal), tokens.get(signal)])
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  assert.deepEqual(await waiting, [two, two, two])
  assert.equal(clock.sleeping, 0)
})

test('a token near its end is not handed out, and asking for one wakes the refresh', async () => {
  const { clock, bell, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  await clock.advance(hourMs - 9_000)
  let woken = false
  void bell.wait(signal).then(() => (woken = true))
  const waiting = tokens.get(signal)
  await Promise.resolve()
  assert.equal(woken, true)
  assert.ok(tokens.renewInMs <= 0, `tokens.renewInMs <= 0: ${tokens.renewInMs}`)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  assert.equal(await waiting, two)
})

test('rejecting the current token asks for another, rejecting an older one does nothing', async () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(one)
  assert.equal(tokens.renewInMs, 0)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(one)
  assert.equal(await tokens.get(signal), two)
  // Nor is it the pause after a rejection that keeps it.
  await clock.advance(60_000)
  tokens.reject(one)
  assert.equal(await tokens.get(signal), two)
})

test('a token whose answer came slowly is not handed out beyond its end', async () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs() - 600_000, noJitter)
  await clock.advance(hourMs - 600_000 - 11_000)
  assert.equal(await tokens.get(signal), one)
  await clock.advance(2_000)
  const waiting = tokens.get(signal)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  assert.equal(await waiting, two)
})

test('the pause after a rejection counts from when the new token came, and is for that one only', async () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(one)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  await clock.advance(29_999)
  tokens.reject(two)
  assert.equal(await tokens.get(signal), two)
  // Renewed for its age, not for a rejection: it may be rejected at once.
  tokens.set(three, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(three)
  assert.equal(tokens.renewInMs, 0)
})

test('after a sign-out nothing is handed out, and what was rejected before counts no more', () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(one)
  tokens.clear()
  assert.equal(tokens.expiresAtEpochMs, undefined)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(two)
  assert.equal(tokens.renewInMs, 0)
})

test('a service that refuses every token does not start refresh after refresh', async () => {
  const { clock, tokens } = parts()
  tokens.set(one, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(one)
  tokens.set(two, hourMs, clock.monotonicMs(), noJitter)
  tokens.reject(two)
  assert.equal(await tokens.get(signal), two)
  await clock.advance(30_000)
  tokens.reject(two)
  assert.equal(tokens.renewInMs, 0)
  tokens.set(three, hourMs, clock.monotonicMs(), noJitter)
  assert.equal(await tokens.get(signal), three)
})

test('what waiting cannot cure is told at once', async () => {
  const made = parts()
  const error = new AppError('account/signed-out', 'not signed in')
  made.lack = { error, waitUntilMs: -Infinity }
  await assert.rejects(made.tokens.get(signal), error)
})

test('trouble is sat out until its time is up', async () => {
  const made = parts()
  const error = new AppError('net/dns', 'no name')
  made.lack = { error, waitUntilMs: made.clock.monotonicMs() + 10_000 }
  const refused = assert.rejects(made.tokens.get(signal), error)
  await made.clock.untilSleeping()
  await made.clock.advance(10_000)
  await refused
  assert.equal(made.clock.sleeping, 0)
})

test('waiting for a token ends with the signal', async () => {
  const { clock, tokens } = parts()
  const stop = new AbortController()
  const waiting = tokens.get(stop.signal)
  const reason = new Error('stopped')
  stop.abort(reason)
  await assert.rejects(waiting, reason)
  assert.equal(clock.sleeping, 0)
})
