import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { World } from '../world.ts'
import type { AccessToken } from './tokens.ts'

/** `refreshToken` null leaves the field out. */
export function tokenAnswer(world: World, access: AccessToken, refreshToken: string | null): Answer {
  return jsonAnswer(200, {
    access_token: access.value,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    token_type: 'bearer',
    expires_in: world.conditions.accessTokenLifetime,
  })
}
