import type { ErrorCode } from '../../lib/error-codes.ts'
import { toAppError } from '../../lib/errors.ts'

/** What is wrong with the report itself, so that it would be refused for ever. All else may pass: it waits. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'music/bad-request',
  'music/not-found',
  'music/max-concurrency',
])

/** Whether `error` is the service's no to what was sent, and not its or the network's trouble. */
export function isRefusal(error: unknown): boolean {
  return refusals.has(toAppError(error).code)
}
