import type { Clock } from '../lib/clock.ts'
import { AppError, toAppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { Heartbeat } from '../lib/liveness.ts'
import { backOffMs, slowBackOffMs } from '../lib/retry.ts'
import type { Condition } from '../lib/async/condition.ts'
import { pollForTokens, type DeviceLoginOutcome } from './device-login.ts'
import type { Lwa } from './lwa.ts'
import { longestExchangeMs, type CodePair } from './lwa-wire.ts'
import type { AccountStore } from './account-store.ts'

export interface SignInOptions {
  readonly lwa: Lwa
  readonly scopes: readonly string[]
  /** Throws when a token could not be saved now. @throws AppError `state/unwritable` */
  readonly checkWritable: () => void
  /** Why a sign-in would be lost at a reboot; undefined: it would not. */
  readonly volatile: AppError | undefined
  readonly heartbeat: Heartbeat
  /** For the polls of the current code and of the one before it. */
  readonly pollHeartbeats: readonly [Heartbeat, Heartbeat]
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** Notified when the user asks for a code: ends a wait before the next try. */
  readonly asked: Condition
}

/**
 * After this many unused codes nobody seems to be there, and a new code every ten minutes would help nobody.
 */
const codesInARow = 3
const writableAgainMs = 60_000

/**
 * Shows codes until one is used or refused, or {@link codesInARow} in a row went unused (RFC 8628 section 3.5
 * on expiry: "SHOULD wait for user interaction before restarting to avoid unnecessary polling"). A code is
 * polled until it expires, even when the next one is already shown: somebody may just be entering it.
 *
 * @throws signal.reason
 */
export async function signIn(
  accountStore: AccountStore,
  options: SignInOptions,
  signal: AbortSignal,
): Promise<void> {
  const { log } = options
  const decided = new AbortController()
  const both = AbortSignal.any([signal, decided.signal])
  const polls: Promise<DeviceLoginOutcome>[] = []
  const first = new Promise<DeviceLoginOutcome>((resolve, reject) => {
    const codes = showCodes(accountStore, options, both, (poll) => {
      polls.push(poll)
      poll.then((outcome) => {
        if (outcome.kind !== 'expired') resolve(outcome)
      }, reject)
    })
    codes.then(resolve, reject)
    polls.push(codes)
  })
  try {
    const outcome = await first
    signal.throwIfAborted()
    switch (outcome.kind) {
      case 'granted':
        log.info('The sign-in was allowed')
        accountStore.granted(outcome.grant)
        return
      case 'denied':
        log.warn('The sign-in was denied', errorFields(outcome.error))
        accountStore.login.denied(outcome.error, accountStore.link !== undefined)
        return
      case 'configuration':
        log.error('Login with Amazon cannot go on', errorFields(outcome.error))
        accountStore.login.failed(outcome.error)
        return
      case 'expired': {
        log.warn('Several codes in a row were not used: ask for a new one with the command login')
        const error = new AppError('account/code-expired', `${codesInARow} codes in a row were not used`)
        accountStore.login.unused(error, accountStore.link !== undefined)
      }
    }
  } finally {
    decided.abort()
    await Promise.allSettled(polls)
    accountStore.login.stopped()
  }
}

/** Shows one code after another. @returns `expired` when the last one is, else how the current code ended */
async function showCodes(
  accountStore: AccountStore,
  options: SignInOptions,
  signal: AbortSignal,
  onPoll: (poll: Promise<DeviceLoginOutcome>) => void,
): Promise<DeviceLoginOutcome> {
  const { lwa, heartbeat, pollHeartbeats, clock, log } = options
  for (;;) {
    const asked = await requestCodePair(accountStore, options, signal)
    if ('kind' in asked) return asked
    const { pair, askedAtMs } = asked
    const attempt = accountStore.login.unusedCodes + 1
    show(accountStore, options, asked, attempt)

    const travelMs = clock.monotonicMs() - askedAtMs
    const pollHeartbeat = pollHeartbeats[attempt % 2 === 0 ? 0 : 1]
    let onNearEnd = (): void => undefined
    const nearEnd = new Promise<{ kind: 'expired' }>((resolve) => {
      // The last code is shown until it expires: none follows it.
      if (attempt < codesInARow) onNearEnd = () => resolve({ kind: 'expired' })
    })
    const parts = { lwa, heartbeat: pollHeartbeat, clock, log, askedAtMs, travelMs, onNearEnd }
    const poll = pollForTokens(pair, parts, signal).finally(() => pollHeartbeat.idle())
    onPoll(poll)
    const limitMs = pair.lifetimeMs + longestExchangeMs
    const outcome = await heartbeat.during(limitMs, Promise.race([poll, nearEnd]))
    if (outcome.kind !== 'expired') return outcome
    // avs-device-sdk#934: with a wrong id Amazon's page says only this, and the device is not notified.
    log.warn(
      'The code was not used. If Amazon\'s page said "We\'re sorry", check A2M_LWA_CLIENT_ID and A2M_SCOPES',
      { attempt },
    )
    accountStore.login.codeExpired(attempt)
    if (attempt >= codesInARow) return { kind: 'expired' }
  }
}

interface Asked {
  readonly pair: CodePair
  /** Monotonic, from before the request: the code's lifetime may have begun then. */
  readonly askedAtMs: number
}

/** Tries until there is a code pair, or a setting proves wrong. */
async function requestCodePair(
  accountStore: AccountStore,
  options: SignInOptions,
  signal: AbortSignal,
): Promise<Asked | Extract<DeviceLoginOutcome, { kind: 'configuration' }>> {
  const { lwa, scopes, heartbeat, clock, random, log, asked } = options
  let isWritable = false
  for (let attempt = 0; ; attempt++) {
    // Checked until it succeeds once: a check wears the card, and the network may be away for days.
    const unwritable = isWritable ? undefined : problemOf(options.checkWritable)
    if (unwritable !== undefined) {
      // Reported before the user goes through a sign-in that would be lost.
      log.error('No code is shown: a sign-in could not be saved', errorFields(unwritable))
      accountStore.login.failed(unwritable)
      await heartbeat.during(writableAgainMs, asked.waitFor(clock, writableAgainMs, signal))
      continue
    }
    isWritable = true
    const askedAtMs = clock.monotonicMs()
    const outcome = await heartbeat.during(longestExchangeMs, lwa.requestCodePair(scopes, signal))
    signal.throwIfAborted()
    if (outcome.kind === 'ok') return { pair: outcome.value, askedAtMs }
    if (outcome.kind === 'configuration') return { kind: outcome.kind, error: outcome.error }
    accountStore.login.failed(outcome.error)
    log.warn('No code yet; trying again', errorFields(outcome.error))
    const ownMs = outcome.kind === 'unnamed' ? slowBackOffMs(attempt, random) : backOffMs(attempt, random)
    const pauseMs = Math.max(ownMs, outcome.error.retryAfterMs ?? 0)
    await heartbeat.during(pauseMs, asked.waitFor(clock, pauseMs, signal))
  }
}

function show(
  accountStore: AccountStore,
  { clock, log, volatile }: SignInOptions,
  { pair, askedAtMs }: Asked,
  attempt: number,
): void {
  const { userCode, verificationUri, verificationUriComplete, lifetimeMs } = pair
  if (volatile !== undefined && attempt === 1) {
    log.warn(volatile.message, { code: volatile.code, remedy: volatile.remedy })
  }
  const leftMs = askedAtMs + lifetimeMs - clock.monotonicMs()
  accountStore.login.codeShown({
    userCode,
    verificationUri,
    verificationUriComplete,
    expiresAtEpochMs: Math.round(clock.epochMs() + leftMs),
    attempt,
    ...(volatile === undefined ? {} : { warning: `${volatile.message}. ${volatile.remedy}` }),
  })
}

function problemOf(check: () => void): AppError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return toAppError(error)
  }
}
