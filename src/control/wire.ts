import { filledString, object, optional, field, parseJson, string, type JsonObject } from '../lib/decode.ts'
import { isErrorCode } from '../lib/error-codes.ts'
import { AppError, toAppError } from '../lib/errors.ts'

/** One request and one answer per connection, each a line of JSON. Longer lines are refused. */
export const longestRequestBytes = 1024
export const longestAnswerBytes = 64 * 1024

/** `{"request":"status"}` */
export function encodeRequest(name: string): string {
  return `${JSON.stringify({ request: name })}\n`
}

/** The requested name. @throws AppError `net/answer` */
export function decodeRequest(line: string): string {
  return field(object(parseJson(line, 'request'), 'request'), 'request', filledString, 'request')
}

/** `{"data":{…}}`. @throws AppError `net/too-large` */
export function encodeAnswer(data: JsonObject): string {
  const line = `${JSON.stringify({ data })}\n`
  if (Buffer.byteLength(line) > longestAnswerBytes) {
    throw new AppError('net/too-large', `the answer is larger than ${longestAnswerBytes} bytes`)
  }
  return line
}

/** `{"error":{"code","message"}}` */
export function encodeFailure(error: unknown): string {
  const { code, message } = toAppError(error)
  return `${JSON.stringify({ error: { code, message: message.slice(0, 1000) } })}\n`
}

/** The answer's data. @throws AppError what the other side answered, or `net/answer` */
export function decodeAnswer(line: string): JsonObject {
  const answer = object(parseJson(line, 'answer'), 'answer')
  const failure = field(answer, 'error', optional(object), 'answer')
  if (failure === undefined) return field(answer, 'data', object, 'answer')
  const code = field(failure, 'code', string, 'answer.error')
  const message = field(failure, 'message', string, 'answer.error')
  throw new AppError(isErrorCode(code) ? code : 'internal/fault', message)
}
