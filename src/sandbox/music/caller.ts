import type { Account } from '../account.ts'
import type { Call } from '../http/call.ts'
import { imageSize } from './images.ts'
import { MusicError } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'
import { checkPlaybackHeaders } from './playback-headers.ts'
import { isSecurityProfileId } from './security-profile.ts'

/** Who calls the music API, once all checks are passed. */
export interface Caller {
  readonly account: Account
  readonly clientId: string
  /** `X-Amzn-Device-Id`; empty on calls that need none and bring none. */
  readonly deviceId: string
  /** Pixels of the longer side of pictures, from `amzn-image-style`. */
  readonly imageSize: number
}

export interface Needs {
  /** Any one of these will do. */
  readonly scopes: readonly string[]
  /** Whether the three playback headers of API_web_request_headers must be there. */
  readonly playback: boolean
}

/** @throws MusicError for the first thing that is missing, in the order: key, token, rate, account, scope, headers. */
export function caller(music: MusicWorld, call: Call, needs: Needs): Caller {
  const apiKey = call.header('x-api-key')
  if (apiKey === null || apiKey === '')
    throw new MusicError('NO_X_API_KEY', 'The header x-api-key is missing')
  if (!isSecurityProfileId(apiKey, music.conditions)) {
    throw new MusicError('INVALID_CLIENT_ID', 'The x-api-key is not the ID of an enabled security profile')
  }
  const token = music.tokens.use(bearer(call))
  if (token === null)
    throw new MusicError('INVALID_ACCESS_TOKEN', 'The access token is invalid or has expired')
  if (!music.throttle.admit(apiKey, music.conditions.tps)) {
    throw new MusicError('THROTTLED', 'Too many requests. Try again later')
  }
  const { account, clientId, scopes } = token.grant
  if (!account.hasMusicAccount) {
    throw new MusicError('AUTH_NO_MUSIC_ACCOUNT_FOUND', 'The customer has no Amazon Music account', {
      url: 'https://music.amazon.com',
    })
  }
  if (!needs.scopes.some((scope) => scopes.includes(scope))) {
    throw new MusicError('ACCESS_DENIED', `The access token lacks the scope ${needs.scopes.join(' or ')}`)
  }
  if (needs.playback) checkPlaybackHeaders(call)
  const deviceId = call.header('x-amzn-device-id') ?? ''
  return { account, clientId, deviceId, imageSize: imageSize(call.header('amzn-image-style')) }
}

function bearer(call: Call): string {
  const header = call.header('authorization')
  if (header === null) throw new MusicError('NO_ACCESS_TOKEN', 'The header Authorization is missing')
  if (!/^bearer(\s|$)/i.test(header)) {
    throw new MusicError('INVALID_AUTH_TYPE', 'The Authorization header holds no bearer token')
  }
  const value = header.slice('bearer'.length).trim()
  if (value === '') throw new MusicError('INVALID_AUTH_TOKEN', 'The bearer token is empty')
  return value
}
