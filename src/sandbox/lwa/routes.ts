import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Handler, Route } from '../http/routes.ts'
import type { World } from '../world.ts'
import { createCodePair } from './codepair-endpoint.ts'
import { LwaError } from './lwa-error.ts'
import { profile } from './profile.ts'
import { tokenInfo } from './token-info.ts'
import { token } from './token-endpoint.ts'

/** Login with Amazon for devices, as on `https://api.amazon.com`. */
export function lwaRoutes(world: World): readonly Route[] {
  const answering = (endpoint: (world: World, call: Call) => Answer): Handler => {
    return (call) => {
      try {
        return endpoint(world, call)
      } catch (error) {
        if (error instanceof LwaError) return error.answer(world.draw.uuid())
        throw error
      }
    }
  }
  return [
    { method: 'POST', path: '/auth/o2/create/codepair', handle: answering(createCodePair) },
    { method: 'POST', path: '/auth/o2/token', handle: answering(token) },
    { method: 'GET', path: '/auth/o2/tokeninfo', handle: answering(tokenInfo) },
    { method: 'GET', path: '/user/profile', handle: answering(profile) },
  ]
}
