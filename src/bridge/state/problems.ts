import type { ErrorCode } from '../../lib/error-codes.ts'

/** Something that is wrong with the agent itself, as long as it lasts. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** A page the service wants the user to see. */
  readonly url?: string | undefined
}

/** Where a problem can come from, the most pressing first. */
const sources = ['account', 'service', 'player', 'state', 'name'] as const
export type ProblemSource = (typeof sources)[number]

interface Standing extends Problem {
  readonly sinceEpochMs: number
}

/** What is wrong now, of which topic `error` shows the most pressing. */
export class Problems {
  readonly #standing = new Map<ProblemSource, Standing>()

  /** @param problem undefined: all is well there */
  set(source: ProblemSource, problem: Problem | undefined, nowEpochMs: number): void {
    if (problem === undefined) {
      this.#standing.delete(source)
      return
    }
    const known = this.#standing.get(source)
    const sinceEpochMs = known?.code === problem.code ? known.sinceEpochMs : nowEpochMs
    // Not by spreading: the message of an Error would be left behind.
    const { code, message, url } = problem
    this.#standing.set(source, { code, message, url, sinceEpochMs })
  }

  /** The wall clock was set by so many milliseconds: what is wrong has been for as long as before. */
  clockSet(byMs: number): void {
    for (const [source, problem] of this.#standing) {
      this.#standing.set(source, { ...problem, sinceEpochMs: problem.sinceEpochMs + byMs })
    }
  }

  /** Topic `error` (docs/mqtt.md#what-the-agent-publishes): `active` false and the rest null when all is well. */
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
