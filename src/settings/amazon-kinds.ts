import type { Parsed, Parser } from './setting.ts'
import { nearest } from './nearest.ts'

/*
 * Client ID: `amzn1.application-oa2-client.` and 32 hex digits in samples, at most 100 bytes. Security Profile ID:
 * `amzn1.application.` and 32 hex digits in samples. Neither length is guaranteed, so only prefix and limit are
 * checked. Issues of Amazon's samples report swapped ids, copied braces and quotes, and `ao2` for `oa2`.
 */
const clientPrefix = 'amzn1.application-oa2-client.'
const profilePrefix = 'amzn1.application.'
const mistypedClientPrefix = 'amzn1.application-ao2-client.'
const longestIdBytes = 100

/** A Client ID of Login with Amazon. */
export const clientId: Parser<string> = (text) =>
  text.startsWith(profilePrefix)
    ? no(
        `this is a Security Profile ID ("${profilePrefix}…"), which belongs in A2M_SECURITY_PROFILE_ID; ` +
          `expected the Client ID, which begins with "${clientPrefix}"`,
      )
    : identifier(text, clientPrefix, 'the Client ID of a client for "TVs and other devices"')

/** A Security Profile ID of Login with Amazon: the API's `x-api-key`. */
export const securityProfileId: Parser<string> = (text) =>
  text.startsWith(clientPrefix) || text.startsWith(mistypedClientPrefix)
    ? no(
        `this is a Client ID ("${clientPrefix}…"), which belongs in A2M_LWA_CLIENT_ID; ` +
          `expected the Security Profile ID, which begins with "${profilePrefix}"`,
      )
    : identifier(text, profilePrefix, 'the Security Profile ID')

function identifier(text: string, prefix: string, what: string): Parsed<string> {
  if (/[{}<>"'`]/.test(text)) return no(`expected ${what} without braces or quotes around it`)
  if (text.startsWith(mistypedClientPrefix)) {
    return no(`"ao2" in "${mistypedClientPrefix}" is a typing error: expected "${clientPrefix}"`)
  }
  if (!text.startsWith(prefix) || text.length === prefix.length) {
    return no(`expected ${what}, which begins with "${prefix}" and goes on with letters and digits`)
  }
  // The id goes into a header and a form. A console shows plain ASCII; anything else was added while copying.
  if (!/^[\x21-\x7e]+$/.test(text)) return no(`expected ${what} without spaces and special characters in it`)
  if (text.length > longestIdBytes) return no(`expected ${what}, at most ${longestIdBytes} bytes long`)
  return { ok: true, value: text }
}

/** The ten scopes of the Amazon Music Web API, followed by the three of Login with Amazon. */
const knownScopes = [
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
  'profile',
  'profile:user_id',
  'postal_code',
] as const

export type Scope = (typeof knownScopes)[number]

const isScope = (word: string): word is Scope => (knownScopes as readonly string[]).includes(word)

/**
 * Scopes in the given order, without duplicates. A write scope includes its `:read` scope, which is then
 * omitted.
 */
export const scopes: Parser<readonly Scope[]> = (text) => {
  const words = [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))]
  if (words.length === 0) return no('expected scopes separated by spaces')
  const unknown = words.filter((word) => !isScope(word))
  if (unknown.length > 0) {
    const named = unknown.map((word) => {
      const near = nearest(word, knownScopes)
      return near === undefined ? `"${word}"` : `"${word}" (did you mean "${near}"?)`
    })
    return no(`unknown scope ${named.join(', ')}; expected any of: ${knownScopes.join(' ')}`)
  }
  const asked = words.filter(isScope)
  const superfluous = asked.filter(
    (scope) => scope.endsWith(':read') && words.includes(scope.slice(0, -':read'.length)),
  )
  return {
    ok: true,
    value: asked.filter((scope) => !superfluous.includes(scope)),
    notices: superfluous.map(
      (scope) => `"${scope}" is not asked for: "${scope.slice(0, -':read'.length)}" includes it`,
    ),
  }
}

function no(problem: string): Parsed<never> {
  return { ok: false, problem }
}
