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
  /** Throws when a token could not be saved now. @throws AppError `state/unwritable` */
  readonly checkWritable: () => void
  /** Why a sign-in would be lost at a reboot; undefined: it would not. */
  readonly volatile?: AppError | undefined
  /**
   * Called before the user signs out or another account takes over, while the access token still works: for
   * the last calls that need it. `signal` aborts after {@link lastCallsMs}, and the account waits no longer.
   * Not called when Amazon ended the sign-in: then no token works.
   */
  readonly beforeEnd?: (signal: AbortSignal) => Promise<void>
  /** Called when the user signed out: no data of the account may stay on this device. */
  readonly onSignedOut?: () => void
  /** Checks that the loops still run. */
  readonly liveness?: Liveness
}

/** The Amazon account of this device: signs in once and stays signed in. */
export interface Account {
  readonly state: AccountState
  readonly tokens: AccessTokens
  /** Signs in and stays signed in until `signal` aborts, then returns. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Shows a new code. A code already on display stays, so that nobody is cut off while typing it. A working
   * sign-in keeps working until the new one replaces it. Retries what a wrong setting had stopped.
   */
  requestLogin(): void
  /**
   * The wall clock was set by `byMs` milliseconds: displayed times move with it, and what failed is retried
   * at once.
   */
  clockSet(byMs: number): void
  /**
   * Lets the last calls that need the token finish, then forgets tokens and profile.
   *
   * @throws AppError `state/unwritable` when they are forgotten, but the file stays on the disk
   */
  logout(): Promise<void>
}

/** How long a sign-in about to end still serves its last calls. */
const lastCallsMs = 3_000
/** Time from a failed save to the next try. */
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
  // One condition wakes every loop; each checks again what it waits for.
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
        // A log-out cancels the sign-in under way, and nothing else.
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
      // Cleared now, not when the sign-in has ended: somebody may ask for a new code before that.
      signingIn = undefined
      const { generation } = accountStore
      if (accountStore.state.identity !== undefined && beforeEnd !== undefined) await lastCalls()
      // Meanwhile somebody signed in again, or another call signed out.
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
