import { createHash } from 'node:crypto'
import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { World } from '../world.ts'
import { LwaError, missingParameter } from './lwa-error.ts'

/**
 * `GET /auth/o2/tokeninfo?access_token=…`: `{aud, user_id, iss, exp, app_id, iat}`. As in public samples,
 * `exp` is the number of seconds left and `iat` is in epoch seconds.
 *
 * @throws LwaError `invalid_request`, `invalid_token`
 */
export function tokenInfo(world: World, call: Call): Answer {
  const value = call.query.get('access_token')
  if (value === null || value === '') throw missingParameter('access_token')
  const token = world.tokens.use(value)
  if (token === null) {
    throw new LwaError('invalid_token', 'The access token provided is expired, revoked or malformed')
  }
  const { account, clientId } = token.grant
  return jsonAnswer(200, {
    aud: clientId,
    user_id: account.userId,
    iss: 'https://www.amazon.com',
    exp: Math.floor((token.expiresAtMs - world.clock.monotonicMs()) / 1000),
    app_id: world.conditions.securityProfileIds?.[0] ?? appId(clientId),
    iat: Math.floor(token.issuedEpochMs / 1000),
  })
}

/** The same 32 hex digits each time for the same client: the sandbox stores no security profiles. */
function appId(clientId: string): string {
  return `amzn1.application.${createHash('sha256').update(clientId).digest('hex').slice(0, 32)}`
}
