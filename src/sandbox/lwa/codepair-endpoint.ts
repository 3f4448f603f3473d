import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { World } from '../world.ts'
import { isClientId } from './client.ts'
import { readForm, required } from './form.ts'
import { invalidParameter, LwaError } from './lwa-error.ts'
import { askedScopes } from './client.ts'

/**
 * `POST /auth/o2/create/codepair` (LWA code pair): form fields `response_type=device_code`, `client_id`,
 * `scope`. Returns `{user_code, device_code, verification_uri, expires_in, interval}`, times in seconds.
 *
 * @throws LwaError `invalid_request`, `InvalidValue`, `unauthorized_client`, `invalid_scope`
 */
export function createCodePair(world: World, call: Call): Answer {
  const { conditions, codePairs } = world
  const form = readForm(call)
  if (required(form, 'response_type') !== 'device_code') {
    throw new LwaError('invalid_request', 'The request has an invalid parameter : response_type')
  }
  const clientId = required(form, 'client_id')
  if (!isClientId(clientId, conditions)) throw invalidParameter('client_id')
  if (conditions.clientsNotEnabled.includes(clientId)) {
    throw new LwaError('unauthorized_client', 'The client is not authorized to request a device code')
  }
  const scopes = askedScopes(required(form, 'scope'), conditions.grantedScopes)
  const pair = codePairs.issue(
    { clientId, scopes, acceptLanguage: call.header('accept-language') },
    conditions,
  )
  return jsonAnswer(200, {
    user_code: pair.userCode,
    device_code: pair.deviceCode,
    verification_uri: `${world.publicUrl()}/us/code`,
    expires_in: conditions.expiresIn,
    interval: conditions.interval,
  })
}
