import type { TestContext } from 'node:test'

import type { CodePair } from '../../src/account/lwa-wire.ts'
import type { ManualClock } from '../support/clocks/manual-clock.ts'

/** A server that keeps the rules of OAuth in Login with Amazon's dialect, and a person who answers at its page. */
export interface Peer {
  readonly lwaUrl: URL
  /** Two clients that exist, and one that does not. */
  readonly clientId: string
  readonly otherClientId: string
  readonly unknownClientId: string
  readonly scopes: readonly string[]
  /** The user id that the person who allows has. */
  readonly userId: string
  readonly allow: (pair: ShownPair) => Promise<void>
  readonly deny: (pair: ShownPair) => Promise<void>
  /** The user removes the app from their account. */
  readonly revoke: () => Promise<void>
}

export type ShownPair = Pick<CodePair, 'userCode' | 'verificationUri' | 'verificationUriComplete'>

/** Starts a peer whose time, as far as it has one, is `clock`, and ends it with the test. */
export type StartPeer = (t: TestContext, clock: ManualClock) => Promise<Peer>
