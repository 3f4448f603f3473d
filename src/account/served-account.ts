import { isSameAccount, type AccountIdentity } from '../lib/account-identity.ts'
import { AppError } from '../lib/errors.ts'

/**
 * The account whose access tokens are in use: that of the latest sign-in that a refresh has proven. It ends
 * when the device is signed out, or when another account takes over.
 */
export class ServedAccount {
  #identity: AccountIdentity | undefined
  #ended = new AbortController()

  constructor(identity: AccountIdentity | undefined) {
    this.#identity = identity
  }

  get identity(): AccountIdentity | undefined {
    return this.#identity
  }

  /** Aborts with AppError `account/signed-out` when the current account ends. */
  get ends(): AbortSignal {
    return this.#ended.signal
  }

  /** Whether `identity` belongs to another account than the current one. */
  isReplacedBy(identity: AccountIdentity): boolean {
    return this.#identity !== undefined && !isSameAccount(this.#identity, identity)
  }

  become(identity: AccountIdentity | undefined): void {
    const former = this.#identity
    this.#identity = identity
    if (former === undefined || (identity !== undefined && isSameAccount(former, identity))) return
    const ended = this.#ended
    this.#ended = new AbortController()
    ended.abort(new AppError('account/signed-out', 'The account was signed out meanwhile'))
  }
}
