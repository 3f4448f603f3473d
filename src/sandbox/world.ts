import type { Account } from './account.ts'
import type { MovableClock } from './clock.ts'
import type { Conditions } from './conditions.ts'
import type { Draw } from './draw.ts'
import type { CodePairs } from './lwa/code-pairs.ts'
import type { Tokens } from './lwa/tokens.ts'
import type { Secrets } from './secrets.ts'

/** What the Login with Amazon half, the music half, the page and the control API share. */
export interface World {
  readonly clock: MovableClock
  readonly draw: Draw
  /** Changed in place by the control API. */
  readonly conditions: Conditions
  readonly accounts: readonly [Account, Account]
  readonly secrets: Secrets
  readonly codePairs: CodePairs
  readonly tokens: Tokens
  /** Base of every URL handed out, without a slash at its end; known once the server listens. */
  readonly publicUrl: () => string
}
