import { AppError } from '../../lib/errors.ts'
import type { AgentAnswer } from '../agent-answer.ts'
import { failure, type Say } from '../finding.ts'
import { sayReached, type Reached } from '../service-answer.ts'
import { withoutSettings } from './settings.ts'

/** The result of a refresh with an invalid token. Amazon checks the client id before the token. */
export type ClientVerdict =
  /** The token was refused, so the client id was accepted. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'untold'; readonly error: AppError }

export interface LwaFacts {
  readonly url: URL | undefined
  readonly reached: Promise<Reached> | undefined
  /** Undefined when the settings contain no usable client id. */
  readonly askClient: ((signal: AbortSignal) => Promise<ClientVerdict>) | undefined
  readonly agent: Promise<AgentAnswer>
}

/**
 * Checks whether Login with Amazon can be reached and knows the client id. Starts no sign-in and uses no
 * token.
 */
export async function probeLwa(facts: LwaFacts, say: Say, signal: AbortSignal): Promise<void> {
  const { url, reached, askClient, agent } = facts
  const name = 'Login with Amazon'
  if (url === undefined || reached === undefined) {
    say(withoutSettings(name, 'A2M_LWA_URL'))
    return
  }
  const answered = sayReached(name, url, await reached, say)
  const client = 'client id'
  if (askClient === undefined) {
    say(withoutSettings(client, 'A2M_LWA_CLIENT_ID'))
    return
  }
  const { account } = await agent
  if (account?.state === 'signed_in') {
    say({ mark: 'ok', name: client, words: 'accepted: the running agent is signed in with it' })
    return
  }
  if (!answered) return
  const verdict = await askClient(signal)
  switch (verdict.kind) {
    case 'known':
      say({
        mark: 'ok',
        name: client,
        words: 'not refused; only a sign-in shows that it is of the right type',
      })
      break
    case 'refused':
      say(failure(client, verdict.error))
      break
    case 'untold':
      say({ mark: 'info', name: client, words: `nothing was learnt of it: ${verdict.error.message}` })
  }
}
