import type { ErrorCode } from '../../lib/error-codes.ts'

/** A problem of the agent itself, for as long as it lasts. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** A page that the service wants the user to see. */
  readonly url?: string | undefined
}

/** Sources of problems, the most urgent first. */
const sources = ['account', 'service', 'player', 'state', 'name'] as const
export type ProblemSource = (typeof sources)[number]

interface Standing extends Problem {
  readonly sinceEpochMs: number
}

/** The current problems; topic `error` shows the most urgent one. */
export class Problems {
  readonly #standing = new Map<ProblemSource, Standing>()

  /** @param problem undefined: this source has none */
  set(source: ProblemSource, problem: Problem | undefined, nowEpochMs: number): void {
    if (problem === undefined) {
      this.#standing.delete(source)
      return
    }
    const known = this.#standing.get(source)
    const sinceEpochMs = known?.code === problem.code ? known.sinceEpochMs : nowEpochMs
    // Not spread: that would lose the message of an Error.
    const { code, message, url } = problem
    this.#standing.set(source, { code, message, url, sinceEpochMs })
  }

  /** The wall clock was set by this many milliseconds: shifts `since` to keep the durations. */
  clockSet(byMs: number): void {
    for (const [source, problem] of this.#standing) {
      this.#standing.set(source, { ...problem, sinceEpochMs: problem.sinceEpochMs + byMs })
    }
  }

  /** Topic `error` (docs/mqtt.md#what-the-agent-publishes): without a problem, only `active` is not null. */
  encode(): Readonly<Record<string, string | boolean | null>> {
    const source = sources.find((candidate) => this.#standing.has(candidate))
    const problem = source === undefined ? undefined : this.#standing.get(source)
    return {
      active: problem !== undefined,
      code: problem?.code ?? null,
      message: problem?.message ?? null,
      since: problem === undefined ? null : new Date(problem.sinceEpochMs).toISOString(),
      url: problem?.url ?? null,
    }
  }
}
