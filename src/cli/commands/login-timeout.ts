import type { AccountState } from '../../account/account-state.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import { AppError } from '../../lib/errors.ts'
import type { Clock } from '../../lib/clock.ts'

/**
 * How long `login` waits for a code, or for the sign-in to be verified. A script may have started it, so it
 * must end.
 */
const patienceMs = 300_000

/** The account state as `login` knows it. */
export interface LoginProgress {
  readonly login: AccountState['login']['state']
  readonly linked: boolean
  readonly error: { readonly code: ErrorCode; readonly message: string } | undefined
}

/** Decides when `login` gives up. Waiting for the user needs no time-out here: the code expires. */
export class LoginPatience {
  readonly #clock: Clock
  #sinceMs: number
  #isUsersTurn = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.#sinceMs = clock.monotonicMs()
  }

  /**
   * Call at each change. Returns the milliseconds until `login` gives up; Infinity while a code waits for the
   * user.
   */
  leftMs({ login }: LoginProgress): number {
    const nowMs = this.#clock.monotonicMs()
    if (this.#isUsersTurn) this.#sinceMs = nowMs
    this.#isUsersTurn = login === 'awaiting_user'
    if (this.#isUsersTurn) return Infinity
    return login === 'waiting_for_user_action' ? 0 : this.#sinceMs + patienceMs - nowMs
  }
}

/** The error with which `login` ends without a sign-in. */
export function noSignIn({ login, linked, error }: LoginProgress): AppError {
  if (login === 'waiting_for_user_action') {
    return new AppError(
      error?.code ?? 'account/code-expired',
      `Not signed in: ${error?.message ?? 'no code was used'}`,
    )
  }
  const what = linked ? 'The sign-in is saved, but does not work yet' : 'No code could be shown'
  const why = error?.message ?? 'Login with Amazon did not answer'
  return new AppError(
    error?.code ?? 'account/unavailable',
    `${what} after ${patienceMs / 60_000} minutes: ${why}`,
  )
}
