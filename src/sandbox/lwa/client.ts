import type { Conditions } from '../conditions.ts'
import { LwaError } from './lwa-error.ts'

/** A client id: this prefix, no braces, quotes or spaces, at most 100 bytes (LWA security profile). */
const CLIENT_ID = /^amzn1\.application-oa2-client\.[A-Za-z0-9._-]+$/
const MAX_BYTES = 100

/** Whether `id` is well-formed and exists. */
export function isClientId(id: string, { clientIds }: Conditions): boolean {
  const isWellFormed = CLIENT_ID.test(id) && Buffer.byteLength(id) <= MAX_BYTES
  return isWellFormed && (clientIds === null || clientIds.includes(id))
}

/** A Security Profile ID. Users often mistake it for the client id. */
const SECURITY_PROFILE_ID = /^amzn1\.application\.[A-Za-z0-9._-]+$/

/** Whether the music service accepts `id` as a Security Profile ID. */
export function isSecurityProfileId(id: string, { securityProfileIds }: Conditions): boolean {
  return securityProfileIds === null ? SECURITY_PROFILE_ID.test(id) : securityProfileIds.includes(id)
}

/** The three scopes of LWA code pair and the ten of the Amazon Music Web API (API overview). */
const KNOWN_SCOPES: readonly string[] = [
  'profile',
  'profile:user_id',
  'postal_code',
  'music::catalog',
  'music::favorites',
  'music::favorites:read',
  'music::history',
  'music::library',
  'music::library:read',
  'music::playback',
  'music::profile',
  'music::profile:read',
  'music::recommendation',
]

/**
 * The scopes of a code-pair request, without duplicates.
 *
 * @throws LwaError `invalid_scope` for a scope that does not exist or that the client may not request
 */
export function askedScopes(scope: string, granted: readonly string[] | null): readonly string[] {
  const asked = [...new Set(scope.split(' ').filter((name) => name !== ''))]
  for (const name of asked) {
    if (!KNOWN_SCOPES.includes(name)) throw new LwaError('invalid_scope', 'An unknown scope was requested')
    if (granted !== null && !granted.includes(name)) {
      throw new LwaError('invalid_scope', `Client does not have permission to use scope : ${name}`)
    }
  }
  if (asked.length === 0) throw new LwaError('invalid_scope', 'No scope was requested')
  return asked
}
