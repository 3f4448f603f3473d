import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'

interface Used {
  count: number
  sinceMs: number
}

/**
 * Limits the skips of an account below Unlimited. All of them become available again some time after the
 * first was used (API schema: `remainingSkips`, for Prime usually back to 6 after 60 minutes).
 */
export class Skips {
  readonly #used = new Map<Account, Used>()
  readonly #clock: SandboxClock
  readonly #conditions: Conditions

  constructor(clock: SandboxClock, conditions: Conditions) {
    this.#clock = clock
    this.#conditions = conditions
  }

  /** Remaining skips; null when unlimited. */
  remaining(account: Account): number | null {
    if (account.tier === 'UNLIMITED') return null
    const used = this.#used.get(account)
    if (!used || this.#clock.monotonicMs() - used.sinceMs >= this.#conditions.skipWindow * 1000) {
      return this.#conditions.skipLimit
    }
    return Math.max(0, this.#conditions.skipLimit - used.count)
  }

  /** Uses one skip; false when none was left. */
  charge(account: Account): boolean {
    const left = this.remaining(account)
    if (left === null) return true
    if (left === 0) return false
    const used = this.#used.get(account)
    if (used && left < this.#conditions.skipLimit) used.count++
    else this.#used.set(account, { count: 1, sinceMs: this.#clock.monotonicMs() })
    return true
  }
}
