import { AppError } from '../lib/errors.ts'
import { errorFields } from '../lib/log.ts'
import { Liveness } from '../lib/liveness.ts'
import { isCancellation, runTogether, type Task } from '../lib/async/tasks.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { AccountState } from './account-state.ts'
import { Condition } from '../lib/async/condition.ts'
import { inTime } from '../lib/async/time-limit.ts'
import type { Lwa } from './lwa.ts'
import { runRefreshLoop } from './refresh-loop.ts'
import { signIn } from './sign-in.ts'
import { AccountStore, type AccountStoreOptions } from './account-store.ts'

export interface AccountOptions extends AccountStoreOptions {
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
  readonly liveness?: Liveness
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
    liveness = new Liveness(),
  } = options
  const accountStore = new AccountStore(options)
  const asked = new Condition()
  // One condition wakes all three loops: each checks again what it waits for.
  const signInHeartbeat = liveness.join('account (sign-in)', () => accountStore.changed.notifyAll())
  const pollHeartbeats = [
    liveness.join('account (poll)'),
    liveness.join('account (poll, the other code)'),
  ] as const
  for (const heartbeat of pollHeartbeats) heartbeat.idle()
  const refreshHeartbeat = liveness.join('account (refresh)')
  const savingHeartbeat = liveness.join('account (saving)')
  let isLoginWanted = accountStore.link === undefined
  let signingIn: AbortController | undefined
  const isSigningIn = (): boolean => signingIn !== undefined

  const wantLogin = (): void => {
    if (signingIn === undefined) isLoginWanted = true
    accountStore.changed.notifyAll()
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
        signInHeartbeat.beat()
        await accountStore.changed.wait(signal)
      }
      isLoginWanted = false
      accountStore.login.unusedCodes = 0
      const stop = new AbortController()
      signingIn = stop
      const parts = {
        lwa,
        scopes,
        checkWritable,
        volatile,
        heartbeat: signInHeartbeat,
        pollHeartbeats,
        clock,
        random,
        log,
        asked,
      }
      try {
        await signIn(accountStore, parts, AbortSignal.any([signal, stop.signal]))
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
      accountStore,
      {
        lwa,
        heartbeat: refreshHeartbeat,
        clock,
        log,
        beforeReplaced: () => refreshHeartbeat.during(lastCallsMs, lastCalls()),
        onRevoked: wantLogin,
      },
      signal,
    )

  const runSaving: Task = async (signal) => {
    for (;;) {
      while (store.problem === undefined) {
        savingHeartbeat.beat()
        await accountStore.changed.wait(signal)
      }
      await savingHeartbeat.during(saveAgainMs, clock.sleep(saveAgainMs, signal))
      accountStore.retrySaving()
    }
  }

  return {
    get state() {
      return accountStore.state
    },
    tokens: accountStore.tokens,
    run: (signal) => runTogether(signal, [runSignIn, runRefresh, runSaving]),
    requestLogin() {
      accountStore.retryAsked()
      wantLogin()
      asked.notifyAll()
    },
    clockSet(byMs) {
      accountStore.clockSet(byMs)
      asked.notifyAll()
    },
    async logout() {
      isLoginWanted = false
      signingIn?.abort()
      // Not when it has ended: a new code may be asked for before that.
      signingIn = undefined
      const { generation } = accountStore
      if (accountStore.state.identity !== undefined && beforeEnd !== undefined) await lastCalls()
      // Signed in anew, or signed out by another call, meanwhile.
      if (accountStore.generation !== generation) return
      if (!isSigningIn()) accountStore.login.reset()
      accountStore.signedOut()
      onSignedOut?.()
      log.warn(
        'Signed out here. Amazon offers no way to end it there: remove the app in the Amazon account too',
      )
      const { problem } = store
      if (problem !== undefined) throw new AppError(problem.code, problem.message, { facts: problem.facts })
    },
  }
}
