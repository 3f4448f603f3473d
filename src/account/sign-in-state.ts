import type { AppError } from '../lib/errors.ts'
import type { AccountEventBody, LoginState, ShownCode } from './account-state.ts'

/** Called after every change, with what is worth an event. */
export type Changed = (event?: AccountEventBody) => void

/** The state of the sign-in under way. Each method is one change, and synchronous. */
export class SignInState {
  /** Codes in a row that nobody used. */
  unusedCodes = 0

  readonly #changed: Changed
  #state: LoginState = { state: 'idle' }
  #error: AppError | undefined

  constructor(error: AppError | undefined, changed: Changed) {
    this.#error = error
    this.#changed = changed
  }

  get state(): LoginState {
    return this.#state
  }

  /** Why there is no code, or no sign-in. */
  get error(): AppError | undefined {
    return this.#error
  }

  codeShown(code: ShownCode): void {
    this.#become({ state: 'awaiting_user', ...code }, undefined)
    this.#changed({ type: 'login_required', ...code })
  }

  codeExpired(attempt: number): void {
    this.unusedCodes++
    this.#become({ state: 'idle' }, undefined)
    this.#changed({ type: 'login_expired', attempt })
  }

  /** Something keeps the agent from showing a code; it goes on trying, unless the error is of kind `config`. */
  failed(error: AppError): void {
    this.#become({ state: 'idle' }, error)
    this.#changed()
  }

  /** @param linked where an earlier sign-in works, a failed second one leaves no error */
  denied(error: AppError, linked: boolean): void {
    this.#awaitUser(error, linked)
    this.#changed({ type: 'login_denied' })
  }

  /** Too many codes went unused. @param linked as with {@link denied} */
  unused(error: AppError, linked: boolean): void {
    this.#awaitUser(error, linked)
    this.#changed()
  }

  /** No code is shown any more, because the sign-in was broken off. */
  stopped(): void {
    if (this.#state.state !== 'awaiting_user') return
    this.#become({ state: 'idle' }, this.#error)
    this.#changed()
  }

  /** Nothing is under way, and nothing is wrong. Part of a larger change: does not notify. */
  reset(): void {
    this.#become({ state: 'idle' }, undefined)
  }

  /** Why a sign-in is needed now; a code that is shown stays. Part of a larger change: does not notify. */
  neededBecause(error: AppError): void {
    this.#error = error
  }

  /** The user asks: codes are counted afresh. Part of a larger change: does not notify. */
  askedAfresh(): void {
    this.unusedCodes = 0
    this.#error = undefined
    if (this.#state.state === 'waiting_for_user_action') this.#state = { state: 'idle' }
  }

  /** The wall clock was set. Part of a larger change: does not notify. */
  clockSet(byMs: number): void {
    if (this.#state.state !== 'awaiting_user') return
    this.#state = { ...this.#state, expiresAtEpochMs: this.#state.expiresAtEpochMs + byMs }
  }

  #awaitUser(error: AppError, linked: boolean): void {
    this.#become({ state: linked ? 'idle' : 'waiting_for_user_action' }, linked ? undefined : error)
  }

  #become(state: LoginState, error: AppError | undefined): void {
    this.#state = state
    this.#error = error
  }
}
