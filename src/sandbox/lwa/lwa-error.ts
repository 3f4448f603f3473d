import { jsonAnswer, type Answer } from '../http/answer.ts'

/**
 * An error of Login with Amazon: JSON `{error, error_description, request_id}` (LWA code pair, LWA token). A
 * page or a log shows status 400 for some errors; the others are 400 by analogy.
 */
export class LwaError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, description: string, status = 400) {
    super(description)
    this.code = code
    this.status = status
  }

  answer(requestId: string): Answer {
    return jsonAnswer(this.status, {
      error: this.code,
      error_description: this.message,
      request_id: requestId,
    })
  }
}

export const missingParameter = (name: string): LwaError =>
  new LwaError('invalid_request', `The request is missing a required parameter : ${name}`)

/** avs-device-sdk#613 shows `InvalidValue` with this text for a wrong client id. */
export const invalidParameter = (name: string): LwaError =>
  new LwaError('InvalidValue', `The request has an invalid parameter : ${name}`)

export const invalidGrant = (): LwaError =>
  new LwaError(
    'invalid_grant',
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.",
  )
