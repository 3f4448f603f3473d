import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { World } from '../world.ts'
import { LwaError, missingParameter } from './lwa-error.ts'

/**
 * `GET /user/profile` (LWA profile). The access token is in the query `access_token`, a bearer header or
 * `x-amz-access-token`. The fields returned depend on the scopes.
 *
 * @throws LwaError `invalid_request`, `invalid_token`, `insufficient_scope`; the statuses follow RFC 6750,
 * because no page names them
 */
export function profile(world: World, call: Call): Answer {
  const value = call.query.get('access_token') ?? call.header('x-amz-access-token') ?? bearer(call)
  if (value === null || value === '') throw missingParameter('access_token')
  const token = world.tokens.use(value)
  if (token === null) {
    throw new LwaError('invalid_token', 'The access token provided is expired, revoked or malformed', 401)
  }
  const { account, scopes } = token.grant
  const all = scopes.includes('profile')
  const fields = {
    ...(all || scopes.includes('profile:user_id') ? { user_id: account.userId } : {}),
    ...(all ? { name: account.name, email: account.email } : {}),
    ...(scopes.includes('postal_code') ? { postal_code: account.postalCode } : {}),
  }
  if (Object.keys(fields).length === 0) {
    throw new LwaError(
      'insufficient_scope',
      'The request requires higher privileges than the token provides',
      403,
    )
  }
  return jsonAnswer(200, fields)
}

function bearer(call: Call): string | null {
  return /^bearer (.+)$/i.exec(call.header('authorization') ?? '')?.[1] ?? null
}
