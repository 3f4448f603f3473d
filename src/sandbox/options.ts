import type { SandboxClock } from './clock.ts'
import type { Conditions, Tier } from './conditions.ts'

/** Options of a sandbox; every field has a default. For the conditions see {@link Conditions}. */
export interface SandboxOptions extends Partial<Conditions> {
  /** Address to listen on; default `127.0.0.1`. The control API accepts only requests from this machine. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** Host name or address under which other machines reach this server; default `host`. */
  readonly publicHost?: string
  /** Base of `verification_uri`, audio and cover URLs; default `http://host:port`. */
  readonly publicUrl?: string
  /** Default: the system's time, which the control API can move forward. */
  readonly clock?: SandboxClock
  /** Numbers in [0, 1) for codes, tokens and shuffling; default: the system's entropy. */
  readonly random?: () => number
  /** Tier of both accounts; default `UNLIMITED`. */
  readonly tier?: Tier
  /** Called with one line per internal error; default: none. */
  readonly log?: (line: string) => void
}

/** The conditions given in the options, merged into `usual`. */
export function conditionsOf(options: SandboxOptions, usual: Conditions): Conditions {
  const conditions = { ...usual }
  for (const key of Object.keys(usual) as (keyof Conditions)[]) {
    if (options[key] !== undefined) Object.assign(conditions, { [key]: options[key] })
  }
  return conditions
}
