import { jsonAnswer, type Answer } from '../http/answer.ts'

/**
 * The error codes of V1 and their statuses (API errors). The statuses of the two `x-api-key` codes and of
 * `ACCESS_DENIED` are inferred. The two `NO_MORE_…` codes are of V2; they are used if the condition
 * `endOfQueue` is 404.
 */
const STATUS = {
  BAD_REQUEST: 400,
  INVALID_AUTH_TYPE: 401,
  INVALID_AUTH_TOKEN: 401,
  INVALID_ACCESS_TOKEN: 401,
  NO_ACCESS_TOKEN: 401,
  NO_X_API_KEY: 401,
  INVALID_CLIENT_ID: 403,
  AUTH_NO_MUSIC_ACCOUNT_FOUND: 403,
  DENIED_SUBSCRIPTION_TIER: 403,
  ACCESS_DENIED: 403,
  RESOURCE_NOT_FOUND: 404,
  NO_MORE_NEXT_ENTITY: 404,
  NO_MORE_PREVIOUS_ENTITY: 404,
  MAX_CONCURRENCY_REACHED: 422,
  THROTTLED: 429,
  INTERNAL: 500,
} as const

export type MusicErrorCode = keyof typeof STATUS

export interface MusicErrorDetail {
  /** A page where the user can solve the problem. Clients show it as a QR code. */
  readonly url?: string
  /** Sent as `payload.internalCode`. */
  readonly internalCode?: string
}

/** An error of the Amazon Music Web API, in the format of API errors. */
export class MusicError extends Error {
  readonly code: MusicErrorCode
  readonly status: number
  readonly detail: MusicErrorDetail

  constructor(code: MusicErrorCode, message: string, detail: MusicErrorDetail = {}) {
    super(message)
    this.code = code
    this.status = STATUS[code]
    this.detail = detail
  }

  /** `status` is a string in this format. `reference` is an id for support. */
  answer(reference: string): Answer {
    const { url, internalCode } = this.detail
    return jsonAnswer(this.status, {
      error: {
        status: String(this.status),
        code: this.code,
        message: this.message,
        ...(url === undefined ? {} : { url }),
        reference,
        ...(internalCode === undefined ? {} : { payload: { internalCode } }),
      },
    })
  }
}

export const badRequest = (message: string): MusicError => new MusicError('BAD_REQUEST', message)

export const notFound = (what: string): MusicError =>
  new MusicError('RESOURCE_NOT_FOUND', `${what} was not found`)
