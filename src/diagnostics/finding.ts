import type { ErrorCode } from '../lib/error-codes.ts'
import { toAppError } from '../lib/errors.ts'

/** `FAIL` prevents the agent from working, `warn` may prevent it, `info` is only for the reader. */
export type Mark = 'ok' | 'warn' | 'FAIL' | 'info'

/** One line of the page. */
export interface Finding {
  readonly mark: Mark
  readonly name: string
  readonly words: string
  /** What to do about it. */
  readonly remedy?: string
  /** Explained in docs/errors.md. */
  readonly code?: ErrorCode
}

/** Receives each finding of a probe at once: the probe may hang or fail before its next one. */
export type Say = (finding: Finding) => void

/** The finding for any thrown value, with the remedy of its error code. */
export function failure(name: string, thrown: unknown, mark: 'FAIL' | 'warn' = 'FAIL'): Finding {
  const { message, remedy, code } = toAppError(thrown)
  return { mark, name, words: message, remedy, code }
}
