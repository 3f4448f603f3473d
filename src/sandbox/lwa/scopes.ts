import { LwaError } from './lwa-error.ts'

/** The three scopes of the LWA CODE page and the ten of the Amazon Music Web API (API_web_LWA). */
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
 * The scopes of a code-pair request, each once.
 * @throws LwaError `invalid_scope` for one that does not exist or that the client was not granted.
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
