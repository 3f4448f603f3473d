import type { Answer } from '../http/answer.ts'
import type { World } from '../world.ts'
import { isClientId } from './client-id.ts'
import { required, type Form } from './form.ts'
import { invalidGrant, LwaError, missingParameter } from './lwa-error.ts'
import { tokenAnswer } from './token-answer.ts'
import type { RefreshToken } from './tokens.ts'

/**
 * `grant_type=refresh_token` of a device client: `refresh_token` and `client_id`, no secret
 * (avs-device-sdk; avs-device-sdk#666 for clients made in the Web tab).
 * @throws LwaError `invalid_grant`, `unauthorized_client`, `invalid_request`, `invalid_client`.
 */
export function refresh(world: World, form: Form): Answer {
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

/** The `refresh_token` of the answer, and what happens to the old one; see `Conditions.rotation`. */
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
