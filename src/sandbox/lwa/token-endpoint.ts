import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { World } from '../world.ts'
import { readForm, required } from './form.ts'
import { LwaError } from './lwa-error.ts'
import { redeem } from './redeem.ts'
import { refresh } from './refresh.ts'

/**
 * `POST /auth/o2/token` (LWA TOKEN page): polls with `grant_type=device_code`, refreshes with `refresh_token`.
 * Answers `{access_token, refresh_token, token_type: 'bearer', expires_in}`, `expires_in` in seconds.
 * @throws LwaError `unsupported_grant_type` for any other grant, the URN of RFC 8628 included.
 */
export function token(world: World, call: Call): Answer {
  const form = readForm(call)
  const grantType = required(form, 'grant_type')
  if (grantType === 'device_code') return redeem(world, form)
  if (grantType === 'refresh_token') return refresh(world, form)
  throw new LwaError('unsupported_grant_type', `The grant type is not supported : ${grantType}`)
}
