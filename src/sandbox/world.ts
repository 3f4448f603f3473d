import type { Account } from './account.ts'
import type { MovableClock } from './clock.ts'
import type { Conditions } from './conditions.ts'
import type { Draw } from './draw.ts'
import type { CodePairs } from './lwa/code-pairs.ts'
import type { Tokens } from './lwa/tokens.ts'
import type { Secrets } from './secrets.ts'

/** The state that Login with Amazon, the music API, the page and the control API share. */
export interface World {
  readonly clock: MovableClock
  readonly draw: Draw
  /** Changed in place by the control API. */
  readonly conditions: Conditions
  readonly accounts: readonly [Account, Account]
  readonly secrets: Secrets
  readonly codePairs: CodePairs
  readonly tokens: Tokens
  /** Base of all published URLs, without a trailing slash. Known once the server listens. */
  readonly publicUrl: () => string
}
