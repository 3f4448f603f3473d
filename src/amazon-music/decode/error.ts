import type { ErrorCode } from '../../lib/error-codes.ts'
import { AppError } from '../../lib/errors.ts'
import { asObject, asText } from './layers.ts'
import type { Evidence } from '../routes/routes.ts'
import { codeOfStatus, serviceCodes, staleTokenCodes } from '../service-codes.ts'
import { asWebUrl } from './metadata.ts'

/** An answer that is not a success, and the row of the routes table for its request. */
export interface FailedAnswer {
  readonly operation: string
  readonly evidence: Evidence
  readonly scope: string
  readonly status: number
  readonly body: Buffer
  /** The wait that the answer asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Header `WWW-Authenticate` (RFC 6750 section 3). */
  readonly challenge?: string | undefined
}

export interface ServiceError {
  readonly error: AppError
  /** Whether a renewed access token may help. */
  readonly staleToken: boolean
}

/** Longer messages are cut: they go into payloads and logs. */
const longestMessage = 500

/**
 * Converts an answer to an error: V1 `error {status, code, message, url?, reference?, payload?}`, V2 `error
 * {code, message, traceId}`. The message is the service's own.
 *
 * @see docs/sources.md, API errors; for V2, Amazon's page API_web_errors_v2
 */
export function decodeServiceError(answer: FailedAnswer): ServiceError {
  const { operation, status, retryAfterMs } = answer
  const envelope = readEnvelope(answer.body)
  const serviceCode = asText(envelope['code'])
  const internalCode = asText(asObject(envelope['payload'])?.['internalCode'])
  const code = codeOf(answer, serviceCode, internalCode)
  const reference = asText(envelope['reference'])
  const traceId = asText(envelope['traceId'])
  const url = asWebUrl(envelope['url'])
  const message = asText(envelope['message'])
  const error = new AppError(code, messageOf(answer, code, message), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(url === undefined ? {} : { url }),
    facts: {
      operation,
      status,
      ...(serviceCode === undefined ? {} : { serviceCode }),
      ...(reference === undefined ? {} : { reference }),
      ...(traceId === undefined ? {} : { traceId }),
      ...(internalCode === undefined ? {} : { internalCode }),
      ...(code === 'music/forbidden' ? { scope: answer.scope } : {}),
    },
  })
  return { error, staleToken: isTokenStale(answer, serviceCode, message) }
}

/**
 * A code of the service decides. Without a known code, the token counts as expired on a 401, which a gateway
 * in front of the service sends too, and on a 403 that blames the token.
 */
function isTokenStale(
  { status, challenge }: FailedAnswer,
  serviceCode: string | undefined,
  message: string | undefined,
): boolean {
  if (serviceCode !== undefined && staleTokenCodes.has(serviceCode)) return true
  const known = serviceCode === undefined ? undefined : serviceCodes.get(serviceCode)
  if (known === undefined && status === 401) return true
  if (known !== undefined && known !== 'music/forbidden') return false
  return status === 403 && [serviceCode, message, challenge].some(blamesToken)
}

/** Such as `invalid_token`, `ExpiredTokenException`, "The access token has expired", "Token is no longer valid". */
function blamesToken(words: string | undefined): boolean {
  return (
    words !== undefined &&
    (/(expired|invalid|revoked|malformed)[\s_-]*((access|security|bearer|auth)[\s_-]*)?token/i.test(words) ||
      /token\b[^.]{0,60}\b(expired|invalid|revoked|malformed|not valid|no longer valid)/i.test(words))
  )
}

/** Empty for a body that is no error envelope, such as a proxy's HTML page. */
function readEnvelope(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const document = asObject(JSON.parse(body.toString('utf8')))
    return asObject(document?.['error']) ?? { message: document?.['message'] }
  } catch {
    return {}
  }
}

/** Only a code in the service's own envelope shows that the route exists. */
function codeOf(
  { status, evidence }: FailedAnswer,
  serviceCode: string | undefined,
  internalCode: string | undefined,
): ErrorCode {
  const known = serviceCode === undefined ? undefined : serviceCodes.get(serviceCode)
  if (known === 'music/forbidden' && internalCode === 'NO_MORE_SKIPS') return 'playback/skip-limit'
  if (known !== undefined) return known
  if (serviceCode === undefined && status === 404 && evidence !== 'documented') return 'music/route'
  return codeOfStatus(status)
}

function messageOf(answer: FailedAnswer, code: ErrorCode, message: string | undefined): string {
  const words = message?.slice(0, longestMessage) ?? 'no explanation'
  if (code === 'music/route') {
    return `${answer.operation}: no such route at the service (${answer.evidence}), status ${answer.status}: ${words}`
  }
  return message === undefined ? `${answer.operation}: status ${answer.status}, ${words}` : words
}
