import { createRedactor } from './redactor.ts'
import { errorCodes, type ErrorCode, type ErrorKind } from './error-codes.ts'

export interface AppErrorOptions {
  /**
   * The caught error, when it says more than the message. Never logged whole: a library's error may hold
   * tokens.
   */
  readonly cause?: unknown
  /** How long the peer asked the agent to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /** A page the service wants the user to see (Amazon Music error field `url`). */
  readonly url?: string
  /** What to do in this case. Default: the remedy of the code. */
  readonly remedy?: string
  /** Facts for logs and answers: names, statuses, ids. Never a secret. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>
}

/**
 * The only error class of the agent: a registered code, and what happened in this case. error-codes.ts holds
 * the general cause and remedy of each code.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly url: string | undefined
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly #remedy: string | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.url = options.url
    this.facts = options.facts ?? {}
    this.#remedy = options.remedy
  }

  get kind(): ErrorKind {
    return errorCodes[this.code].kind
  }

  /** Whether the same request may succeed later with no change. */
  get retryable(): boolean {
    return this.kind === 'unavailable' || this.kind === 'throttled'
  }

  /** What a person can do about it. */
  get remedy(): string {
    return this.#remedy ?? errorCodes[this.code].remedy
  }
}

const redact = createRedactor([])
const longestForeignMessage = 500

/**
 * Converts any thrown value to an {@link AppError}. Other values become `internal/fault`, a fault of the
 * agent. The message of another library may quote its input (`JSON.parse` does), so everything that looks
 * like a secret is removed.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = error instanceof Error ? `${error.name}: ${error.message}` : inWords(error)
  return new AppError('internal/fault', redact(message).slice(0, longestForeignMessage), { cause: error })
}

/** A thrown value may have no text: `String()` of an object without a prototype throws. */
function inWords(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? 'an object that is not an error was thrown'
    : String(value)
}
