import type { ErrorCode } from '../lib/error-codes.ts'
import { toAppError } from '../lib/errors.ts'

/** `FAIL` keeps the agent from its work, `warn` may, `info` is for whoever reads the page. */
export type Mark = 'ok' | 'warn' | 'FAIL' | 'info'

/** One line of the page. */
export interface Finding {
  readonly mark: Mark
  readonly name: string
  readonly words: string
  /** What to do. */
  readonly remedy?: string
  /** docs/errors.md says more. */
  readonly code?: ErrorCode
}

/** Takes what a probe finds, as soon as it is found: what comes later may not come at all. */
export type Say = (finding: Finding) => void

/** The line for any thrown value, with the remedy that stands with its code. */
export function failure(name: string, thrown: unknown, mark: 'FAIL' | 'warn' = 'FAIL'): Finding {
  const { message, remedy, code } = toAppError(thrown)
  return { mark, name, words: message, remedy, code }
}
