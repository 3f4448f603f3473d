import type { AppError } from '../lib/errors.ts'
import type { AccountEventBody, LoginState, ShownCode } from './account-state.ts'

/** Called after every change, with an event when the change is worth one. */
export type Changed = (event?: AccountEventBody) => void

/** The state of the sign-in under way. Each method makes one change and is synchronous. */
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

  /** The agent cannot show a code. It keeps trying, unless the error is of kind `config`. */
  failed(error: AppError): void {
    this.#become({ state: 'idle' }, error)
    this.#changed()
  }

  /** @param linked whether an earlier sign-in works: then a failed second one leaves no error */
  denied(error: AppError, linked: boolean): void {
    this.#awaitUser(error, linked)
    this.#changed({ type: 'login_denied' })
  }

  /** Too many codes went unused. @param linked as with {@link denied} */
  unused(error: AppError, linked: boolean): void {
    this.#awaitUser(error, linked)
    this.#changed()
  }

  /** The sign-in was cancelled, so no code is shown any more. */
  stopped(): void {
    if (this.#state.state !== 'awaiting_user') return
    this.#become({ state: 'idle' }, this.#error)
    this.#changed()
  }

  /** No sign-in is under way, and there is no error. Part of a larger change: does not notify. */
  reset(): void {
    this.#become({ state: 'idle' }, undefined)
  }

  /** Sets why a sign-in is needed; a code on display stays. Part of a larger change: does not notify. */
  neededBecause(error: AppError): void {
    this.#error = error
  }

  /** The user asks: codes are counted from 1 again. Part of a larger change: does not notify. */
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
