import type { ErrorKind } from '../lib/error-codes.ts'
import { type AppError, toAppError } from '../lib/errors.ts'

export type Outcome = ErrorKind | 'ok' | 'cancelled'

/** The calls since the start, for the topic `health`. */
export interface ApiCounts {
  /** Calls by outcome. A call counts once, with its retries. */
  readonly calls: Readonly<Record<Outcome, number>>
  /** HTTP exchanges, each retry counted. */
  readonly exchanges: number
  /** Answers with 429 THROTTLED. */
  readonly throttled: number
}

/**
 * How the last call ended: `degraded` the service answers, but with problems; `offline` it does not answer
 * (topic `state`, `service`).
 */
export type ServiceCondition = 'ok' | 'degraded' | 'offline'

export class CallLog implements ApiCounts {
  readonly calls: Record<Outcome, number> = {
    ok: 0,
    cancelled: 0,
    config: 0,
    unauthorized: 0,
    rejected: 0,
    throttled: 0,
    unavailable: 0,
    protocol: 0,
    internal: 0,
  }
  exchanges = 0
  throttled = 0
  condition: ServiceCondition = 'ok'
  readonly #onCall: (failure: AppError | undefined) => void

  /** @param onCall called after each call that was not cancelled, when counts and condition are up to date */
  constructor(onCall: (failure: AppError | undefined) => void = () => undefined) {
    this.#onCall = onCall
  }

  succeeded(): void {
    this.calls.ok++
    this.condition = 'ok'
    this.#onCall(undefined)
  }

  failed(thrown: unknown, cancelled: boolean): void {
    if (cancelled) {
      this.calls.cancelled++
      return
    }
    const error = toAppError(thrown)
    // The service reports the end of the queue as a 404, but the call succeeded.
    if (error.code === 'playback/end-of-queue') {
      this.succeeded()
      return
    }
    this.calls[error.kind]++
    const condition = conditionAfter(error)
    if (condition !== undefined) this.condition = condition
    this.#onCall(error)
  }
}

/** Undefined when the error says nothing about the service. */
function conditionAfter(error: AppError): ServiceCondition | undefined {
  switch (error.kind) {
    case 'throttled':
    case 'protocol':
      return 'degraded'
    case 'unavailable':
      return error.code.startsWith('net/') ? 'offline' : 'degraded'
    case 'rejected':
      // A refusal by the service shows that it works; a refusal by the agent never reached it.
      return error.code.startsWith('command/') ? undefined : 'ok'
    case 'config':
    case 'unauthorized':
      return error.code.startsWith('music/') ? 'degraded' : undefined
    case 'internal':
      return undefined
  }
}
