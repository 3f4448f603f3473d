import { type Answer, jsonAnswer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { isClientId } from './client.ts'
import type { World } from '../world.ts'
import { type CodePair, isExpired } from './code-pairs.ts'
import { type Form, readForm, required } from './form.ts'
import { invalidGrant, LwaError, missingParameter } from './lwa-error.ts'
import type { AccessToken, RefreshToken } from './tokens.ts'

/**
 * `POST /auth/o2/token` (LWA token): polls with `grant_type=device_code`, refreshes with `refresh_token`.
 * Returns `{access_token, refresh_token, token_type: 'bearer', expires_in}`, `expires_in` in seconds.
 *
 * @throws LwaError `unsupported_grant_type` for any other grant type, including the URN of RFC 8628
 */
export function token(world: World, call: Call): Answer {
  const form = readForm(call)
  const grantType = required(form, 'grant_type')
  if (grantType === 'device_code') return redeem(world, form)
  if (grantType === 'refresh_token') return refresh(world, form)
  throw new LwaError('unsupported_grant_type', `The grant type is not supported : ${grantType}`)
}

/** `refreshToken` null omits the field. */
function tokenAnswer(world: World, access: AccessToken, refreshToken: string | null): Answer {
  return jsonAnswer(200, {
    access_token: access.value,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    token_type: 'bearer',
    expires_in: world.conditions.accessTokenLifetime,
  })
}

/** RFC 8628 3.5: each `slow_down` increases the interval by 5 seconds for all later polls. */
const SLOW_DOWN_SECONDS = 5
/** A client's timer may fire slightly early: not polling too fast. */
const EARLY_MS = 20

/**
 * One poll of a device: requires `device_code` and its `user_code` (LWA token). The first interval counts
 * from the issue of the code pair, later ones from the previous poll, even if that was early.
 *
 * @throws LwaError `invalid_code_pair` for a wrong, expired or used code pair; the denial; `slow_down`;
 * `authorization_pending`
 */
function redeem(world: World, form: Form): Answer {
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

/**
 * `grant_type=refresh_token` of a device client: `refresh_token` and `client_id`, no secret (avs-device-sdk;
 * avs-device-sdk#666 for clients created in the Web tab).
 *
 * @throws LwaError `invalid_grant`, `unauthorized_client`, `invalid_request`, `invalid_client`
 */
function refresh(world: World, form: Form): Answer {
  const { conditions, tokens } = world
  const value = required(form, 'refresh_token')
  const clientId = required(form, 'client_id')
  if (!isClientId(clientId, conditions))
    throw new LwaError('invalid_client', 'Client authentication failed', 401)
  if (conditions.clientsOfWebType.includes(clientId)) throw missingParameter('client_secret')
  const old = tokens.refreshToken(value)
  if (old?.state !== 'live') throw invalidGrant()
  if (old.grant.clientId !== clientId) {
    if (conditions.otherClientError === 'invalid_grant') throw invalidGrant()
    throw new LwaError('unauthorized_client', 'The token was issued to another client')
  }
  const retires = conditions.rotation === 'on-first-use' ? old : null
  const access = tokens.issueAccess(old.grant, conditions, retires)
  return tokenAnswer(world, access, successor(world, old))
}

/** The `refresh_token` of the response. May invalidate the old one: see `Conditions.rotation`. */
function successor({ conditions, tokens }: World, old: RefreshToken): string | null {
  switch (conditions.rotation) {
    case 'absent':
      return null
    case 'same':
      return old.value
    case 'at-once':
      old.state = 'rotated'
      return tokens.issueRefresh(old.grant).value
    case 'on-first-use':
      return tokens.issueRefresh(old.grant).value
  }
}
