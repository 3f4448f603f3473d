import type { ErrorCode } from '../lib/error-codes.ts'

/**
 * Maps the service's `error.code` to a code of the agent. Codes decide, not statuses: a 429 may be a stream
 * limit, a 404 the end of the queue.
 *
 * @see docs/sources.md, API errors; for V2, Amazon's page API_web_errors_v2. Codes on neither page are
 * reported.
 */
const table = {
  BAD_REQUEST: 'music/bad-request',
  // Every call sends the device id header, so this code refuses the form of the request.
  MISSING_DEVICE_ID: 'music/bad-request',

  INVALID_AUTH_TYPE: 'music/unauthorized',
  INVALID_AUTH_TOKEN: 'music/unauthorized',
  INVALID_ACCESS_TOKEN: 'music/unauthorized',
  NO_ACCESS_TOKEN: 'music/unauthorized',
  UNAUTHORIZED: 'music/unauthorized',

  INVALID_CLIENT_ID: 'music/api-key',
  NO_X_API_KEY: 'music/api-key',

  AUTH_NO_MUSIC_ACCOUNT_FOUND: 'music/no-account',
  NO_MUSIC_ACCOUNT_FOUND: 'music/no-account',
  DENIED_SUBSCRIPTION_TIER: 'music/subscription',

  ACCESS_DENIED: 'music/forbidden',
  FORBIDDEN: 'music/forbidden',

  RESOURCE_NOT_FOUND: 'music/not-found',
  NOT_FOUND: 'music/not-found',

  NO_MORE_NEXT_ENTITY: 'playback/end-of-queue',
  NO_MORE_PREVIOUS_ENTITY: 'playback/end-of-queue',
  MAX_CONCURRENCY_REACHED: 'music/max-concurrency',

  THROTTLED: 'music/throttled',
  INTERNAL: 'music/unavailable',
  DEPENDENCY: 'music/unavailable',
} as const satisfies Record<string, ErrorCode>

export const serviceCodes: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>(Object.entries(table))

/** Codes that a renewed access token may cure. */
export const staleTokenCodes: ReadonlySet<string> = new Set([
  'INVALID_ACCESS_TOKEN',
  'NO_ACCESS_TOKEN',
  'UNAUTHORIZED',
])

/** The code for an answer without a known code: only its status is left. */
export function codeOfStatus(status: number): ErrorCode {
  if (status >= 500) return 'music/unavailable'
  switch (status) {
    case 401:
      return 'music/unauthorized'
    case 403:
      return 'music/forbidden'
    case 404:
    case 410:
      return 'music/not-found'
    case 405:
      return 'music/route'
    case 408:
      return 'music/unavailable'
    case 429:
      return 'music/throttled'
    default:
      // Redirects are not followed: a token must not travel. A captive portal answers like this.
      return status >= 400 ? 'music/bad-request' : 'net/answer'
  }
}
