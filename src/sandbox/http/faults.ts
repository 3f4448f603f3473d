import type { BodyFault } from './spoilt-answer.ts'

/** What fails, and for how many matching requests. */
export interface Fault extends BodyFault {
  /** Any method when left out. */
  readonly method?: string
  /** The path must begin with this, case ignored; any path when left out. */
  readonly path?: string
  /** How many fitting requests it takes; default 1. */
  readonly times?: number
  /** Wait this long first, on the sandbox's clock. Alone, the request is then served as usual. */
  readonly delayMs?: number
  /** Answer this instead of serving the request; `body` is sent as it is when a string, else as JSON. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Answer with bytes that are neither JSON nor HTML, labelled JSON; status 200 unless given. */
  readonly garbage?: boolean
  /** Break the connection: `before` the request is served, or `after`, so that only the answer is lost. */
  readonly drop?: 'before' | 'after'
}

/** A fault in waiting. */
export interface PendingFault extends Fault {
  left: number
}

/** Faults scripted through the control API, in the order they were given; the first that fits is used. */
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
