import type { Answer } from '../http/answer.ts'
import type { World } from '../world.ts'
import { isExpired, type CodePair } from './code-pair.ts'
import { required, type Form } from './form.ts'
import { LwaError } from './lwa-error.ts'
import { tokenAnswer } from './token-answer.ts'

/** RFC 8628 3.5: each `slow_down` lengthens the interval by 5 seconds, for good. */
const SLOW_DOWN_SECONDS = 5
/** A client's timer may fire a hair early; that is not polling too fast. */
const EARLY_MS = 20

/**
 * One poll of a device: needs `device_code` and the `user_code` that goes with it (LWA TOKEN page).
 * The first interval counts from the issue of the pair, later ones from the poll before, early ones included.
 * @throws LwaError `invalid_code_pair` for a wrong, expired or used pair, the denial, `slow_down`,
 *   `authorization_pending`.
 */
export function redeem(world: World, form: Form): Answer {
  const pair = world.codePairs.withDeviceCode(required(form, 'device_code'))
  const userCode = required(form, 'user_code')
  const nowMs = world.clock.monotonicMs()
  if (pair?.userCode !== userCode || pair.state === 'redeemed' || isExpired(pair, nowMs)) {
    throw new LwaError('invalid_code_pair', 'The code pair is invalid or has expired')
  }
  pair.polls++
  if (pair.state === 'denied') {
    throw new LwaError(world.conditions.denialError, 'The customer denied the authorization request')
  }
  countPoll(pair, nowMs)
  if (pair.account === null) {
    throw new LwaError('authorization_pending', 'Authorization of the device is pending')
  }
  pair.state = 'redeemed'
  const grant = { account: pair.account, clientId: pair.clientId, scopes: pair.scopes }
  const access = world.tokens.issueAccess(grant, world.conditions, null)
  return tokenAnswer(world, access, world.tokens.issueRefresh(grant).value)
}

function countPoll(pair: CodePair, nowMs: number): void {
  const early = nowMs - pair.lastAskedMs < pair.intervalSeconds * 1000 - EARLY_MS
  pair.lastAskedMs = nowMs
  if (!early) return
  pair.slowDowns++
  pair.intervalSeconds += SLOW_DOWN_SECONDS
  throw new LwaError('slow_down', 'The device is polling too frequently')
}
