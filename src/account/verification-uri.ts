import { AppError } from '../lib/errors.ts'
import { isLoopback, isSecure } from '../lib/http/secure-url.ts'

/**
 * What follows `amazon.` in the host names of Amazon's shops. A closed list: others may own `amazon.`
 * elsewhere.
 */
const amazonEndings = new Set(
  'ae ca cn com de eg es fr ie in it nl pl sa se sg co.jp co.uk co.za com.au com.be com.br com.mx com.tr'.split(
    ' ',
  ),
)

/**
 * Checks and cleans the address that a person will open: it is printed on terminals and drawn as a QR code.
 * It must be https (http on this machine), and lead to Amazon, to the host that sent the code, or to this
 * machine.
 *
 * @throws AppError `net/answer`
 */
export function decodeVerificationUri(text: string, lwaUrl: URL): URL {
  // The server's text is shown on a terminal: remove control characters.
  const printable = text.replaceAll(/\p{C}/gu, '')
  if (!URL.canParse(printable)) throw refusal('it is not a URL')
  const uri = new URL(printable)
  if (uri.username !== '' || uri.password !== '') throw refusal('it carries a user name')
  // Login with Amazon on this machine is the sandbox, and a phone opens its page over the local network.
  if (isLoopback(lwaUrl) && /^https?:$/.test(uri.protocol)) return uri
  if (!isSecure(uri)) throw refusal('it is not https')
  if (!isAmazon(uri.hostname) && uri.hostname !== lwaUrl.hostname && !isLoopback(uri)) {
    throw refusal(`it leads to ${uri.hostname}, which is not Amazon's`)
  }
  return uri
}

/**
 * The address that includes the code, for the QR code. LWA does not send RFC 8628's
 * `verification_uri_complete`, but its page accepts the code as `cbl-code` (the alexa-auto-sdk samples build
 * the same string).
 */
export function withUserCode(uri: URL, userCode: string): string {
  const complete = new URL(uri)
  complete.searchParams.set('cbl-code', userCode)
  return complete.href
}

function isAmazon(hostname: string): boolean {
  const ending = /^(?:[a-z0-9-]+\.)*amazon\.(.+)$/.exec(hostname)?.[1]
  return ending !== undefined && amazonEndings.has(ending)
}

function refusal(why: string): AppError {
  return new AppError('net/answer', `verification_uri: ${why}`, { facts: { path: 'verification_uri' } })
}
