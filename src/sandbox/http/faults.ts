import type { BodyFault } from './spoilt-answer.ts'

/** A fault, and the requests it applies to. */
export interface Fault extends BodyFault {
  /** Default: any method. */
  readonly method?: string
  /** Prefix of the path, case-insensitive. Default: any path. */
  readonly path?: string
  /** How many matching requests it applies to; default 1. */
  readonly times?: number
  /** Delay on the sandbox's clock. Without other faults the request is then served normally. */
  readonly delayMs?: number
  /**
   * Sends this status instead of serving the request. A string `body` is sent unchanged, anything else as
   * JSON.
   */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /**
   * Sends bytes that are neither JSON nor HTML, labelled as JSON, with status 200 unless `status` is given.
   */
  readonly garbage?: boolean
  /** Breaks the connection `before` the request is served, or `after`, so that only the response is lost. */
  readonly drop?: 'before' | 'after'
}

/** A fault that still applies to `left` requests. */
export interface PendingFault extends Fault {
  left: number
}

/** Faults set through the control API, in the order they were added. The first match applies. */
export class Faults {
  #pending: PendingFault[] = []

  script(fault: Fault): void {
    this.#pending.push({ ...fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#pending = []
  }

  list(): readonly PendingFault[] {
    return this.#pending
  }

  /** The fault that applies to this request, counted as used once; null for none. */
  meet(method: string, path: string): Fault | null {
    if (this.#pending.length === 0) return null
    const fault = this.#pending.find((f) => fits(f, method, path))
    if (!fault) return null
    fault.left--
    if (fault.left <= 0) this.#pending = this.#pending.filter((f) => f !== fault)
    return fault
  }
}

function fits(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  return fault.path === undefined || path.toLowerCase().startsWith(fault.path.toLowerCase())
}
