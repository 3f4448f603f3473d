import { AppError } from '../lib/errors.ts'
import { errorFields } from '../lib/log.ts'
import { RollCall } from '../lib/liveness.ts'
import { isCancellation, runTogether, type Task } from '../lib/async/tasks.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { AccountState } from './account-state.ts'
import { Bell } from '../lib/async/condition.ts'
import { inTime } from '../lib/async/in-time.ts'
import type { Lwa } from './lwa.ts'
import { runRefreshLoop } from './refresh-loop.ts'
import { signIn } from './sign-in.ts'
import { Standing, type StandingOptions } from './account-store.ts'

export interface AccountOptions extends StandingOptions {
  readonly lwa: Lwa
  /** Whether a token could be saved now. @throws AppError `state/unwritable` */
  readonly checkWritable: () => void
  /** Why a sign-in will be lost at a reboot; undefined: it will not. */
  readonly volatile?: AppError | undefined
  /**
   * Asked while the account's access token still serves, before the user signs out or another account takes its place:
   * for what must be done with that token. `signal` aborts when the time for it, {@link lastCallsMs}, is over; the
   * account does not wait longer. Not asked when Amazon ended the sign-in: then no token serves.
   */
  readonly beforeEnd?: (signal: AbortSignal) => Promise<void>
  /** The user signed out: nothing of the account's is to stay on this device. */
  readonly onSignedOut?: () => void
  /** Asks the loops whether they still go round. */
  readonly rollCall?: RollCall
}

/** The Amazon account of this device: signed in once, kept signed in. */
export interface Account {
  readonly state: AccountState
  readonly tokens: AccessTokens
  /** Signs in and stays signed in until `signal` aborts, then returns. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Shows a new code. A code that is shown already stays, so that nobody is cut off while typing it; a sign-in that
   * works keeps working until the new one takes its place. What a wrong setting had stopped is tried again.
   */
  requestLogin(): void
  /** The wall clock was set by so many milliseconds: what is shown moves with it, and what failed is tried at once. */
  clockSet(byMs: number): void
  /**
   * Lets what needs the token end, then forgets tokens and profile.
   *
   * @throws AppError `state/unwritable` forgotten, but what is on the disk stays there
   */
  logout(): Promise<void>
}

/** How long a sign-in that is to end still serves for what must be done with it. */
const lastCallsMs = 3_000
/** How long after a failed save the disk is tried again. */
const saveAgainMs = 60_000

export function createAccount(options: AccountOptions): Account {
  const {
    lwa,
    store,
    scopes,
    checkWritable,
    volatile,
    beforeEnd,
    onSignedOut,
    clock,
    random,
    log,
    rollCall = new RollCall(),
  } = options
  const standing = new Standing(options)
  const asked = new Bell()
  // One bell wakes all three: whoever is called looks again at what it waits for, as after any ring.
  const signingInPresence = rollCall.join('account (sign-in)', () => standing.bell.ring())
  const pollPresences = [
    rollCall.join('account (poll)'),
    rollCall.join('account (poll, the other code)'),
  ] as const
  for (const presence of pollPresences) presence.idle()
  const refreshPresence = rollCall.join('account (refresh)')
  const savingPresence = rollCall.join('account (saving)')
  let isLoginWanted = standing.link === undefined
  let signingIn: AbortController | undefined
  const isSigningIn = (): boolean => signingIn !== undefined

  const wantLogin = (): void => {
    if (signingIn === undefined) isLoginWanted = true
    standing.bell.ring()
  }

  const lastCalls = async (): Promise<void> => {
    if (beforeEnd === undefined) return
    const over = new AbortController()
    const calls = beforeEnd(over.signal).catch((error: unknown) => {
      log.info('Not everything was done before the sign-in ended', errorFields(error))
    })
    await inTime(clock, lastCallsMs, calls)
    over.abort()
  }

  const runSignIn: Task = async (signal) => {
    for (;;) {
      while (!isLoginWanted) {
        signingInPresence.here()
        await standing.bell.next(signal)
      }
      isLoginWanted = false
      standing.login.unusedCodes = 0
      const stop = new AbortController()
      signingIn = stop
      const parts = {
        lwa,
        scopes,
        checkWritable,
        volatile,
        presence: signingInPresence,
        pollPresences,
        clock,
        random,
        log,
        asked,
      }
      try {
        await signIn(standing, parts, AbortSignal.any([signal, stop.signal]))
      } catch (error) {
        // A log-out ends the sign-in under way, and only that.
        if (signal.aborted || !stop.signal.aborted || !isCancellation(error)) throw error
      } finally {
        if (signingIn === stop) signingIn = undefined
      }
    }
  }

  const runRefresh: Task = (signal) =>
    runRefreshLoop(
      standing,
      {
        lwa,
        presence: refreshPresence,
        clock,
        log,
        beforeReplaced: () => refreshPresence.during(lastCallsMs, lastCalls()),
        onRevoked: wantLogin,
      },
      signal,
    )

  const runSaving: Task = async (signal) => {
    for (;;) {
      while (store.problem === undefined) {
        savingPresence.here()
        await standing.bell.next(signal)
      }
      await savingPresence.during(saveAgainMs, clock.sleep(saveAgainMs, signal))
      standing.retrySaving()
    }
  }

  return {
    get state() {
      return standing.state
    },
    tokens: standing.tokens,
    run: (signal) => runTogether(signal, [runSignIn, runRefresh, runSaving]),
    requestLogin() {
      standing.retryAsked()
      wantLogin()
      asked.ring()
    },
    clockSet(byMs) {
      standing.clockSet(byMs)
      asked.ring()
    },
    async logout() {
      isLoginWanted = false
      signingIn?.abort()
      // Not when it has ended: a new code may be asked for before that.
      signingIn = undefined
      const { generation } = standing
      if (standing.state.identity !== undefined && beforeEnd !== undefined) await lastCalls()
      // Signed in anew, or signed out by another call, meanwhile.
      if (standing.generation !== generation) return
      if (!isSigningIn()) standing.login.reset()
      standing.signedOut()
      onSignedOut?.()
      log.warn(
        'Signed out here. Amazon offers no way to end it there: remove the app in the Amazon account too',
      )
      const { problem } = store
      if (problem !== undefined) throw new AppError(problem.code, problem.message, { facts: problem.facts })
    },
  }
}
