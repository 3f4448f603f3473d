import type { Account } from '../account.ts'
import type { Call } from '../http/call.ts'
import { isSecurityProfileId } from '../lwa/client.ts'
import { imageSize } from './entity-json.ts'
import { badRequest, MusicError } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'

/** The caller of the music API, after all checks. */
export interface Caller {
  readonly account: Account
  readonly clientId: string
  /** `X-Amzn-Device-Id`; empty if absent from a call that does not require it. */
  readonly deviceId: string
  /** Longer side of images in pixels, from `amzn-image-style`. */
  readonly imageSize: number
}

export interface Needs {
  /** One of these is sufficient. */
  readonly scopes: readonly string[]
  /** Whether the three playback headers (API headers) are required. */
  readonly playback: boolean
}

/**
 * @throws MusicError for the first problem, checked in this order: key, token, rate, account, scope, headers
 */
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

/** The values in the sample of API playback. No page lists all values. */
const CAPABILITIES = ['STD_RES', 'HI_FI', 'HI_RES', 'THREE_DIMENSIONAL']

/**
 * Checks the three headers of playback calls (API headers). The sandbox is stricter than the page in one
 * point: it accepts only the capabilities of the sample.
 *
 * @throws MusicError `BAD_REQUEST` that names the header
 */
function checkPlaybackHeaders(call: Call): void {
  const drm = needed(call, 'X-Amzn-Audio-DRMType')
  if (!drm.some((system) => system.toUpperCase() === 'WIDEVINE')) {
    throw badRequest('The header X-Amzn-Audio-DRMType has no supported value. Supported: WIDEVINE')
  }
  const strange = needed(call, 'X-Amzn-Audio-Device-Capability').find((one) => !CAPABILITIES.includes(one))
  if (strange !== undefined) {
    throw badRequest(`The header X-Amzn-Audio-Device-Capability has an unknown value: ${strange}`)
  }
  needed(call, 'X-Amzn-Device-Id')
}

/** The items of a comma-separated header. */
function needed(call: Call, name: string): string[] {
  const items = (call.header(name.toLowerCase()) ?? '').split(',').map((item) => item.trim())
  if (items.every((item) => item === '')) throw badRequest(`The header ${name} is missing`)
  return items
}
