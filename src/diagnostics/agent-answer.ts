import {
  field,
  listOf,
  number,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../lib/decode.ts'
import { AppError, toAppError } from '../lib/errors.ts'

/** A warning or an error from the agent's log. */
export interface Problem {
  /** ISO 8601. */
  readonly at: string
  readonly level: string
  /** The part of the agent that logged it. */
  readonly name: string
  readonly message: string
  readonly code: string | undefined
  /** How many times it was logged. */
  readonly times: number
}

/** The result of the agent's own call to the music service. */
export type MusicAnswer =
  | { readonly state: 'ok' }
  | { readonly state: 'untried' }
  | { readonly state: 'failed'; readonly code: string; readonly message: string }

/** What the running agent reports about itself. Older agents report less. */
export interface AgentAnswer {
  /** `silent`: an agent runs, but does not answer, or not this user. */
  readonly kind: 'runs' | 'absent' | 'silent'
  readonly error?: AppError
  readonly version?: string | undefined
  readonly account?: { readonly state: string; readonly code?: string; readonly message?: string } | undefined
  readonly login?: string | undefined
  readonly broker?: string | undefined
  readonly playback?: string | undefined
  readonly player?: string | undefined
  readonly health?: JsonObject | undefined
  readonly troubles?: readonly Problem[] | undefined
  readonly music?: MusicAnswer | undefined
}

/**
 * Asks the running agent for its report.
 *
 * @param ask sends a request to the control socket; undefined when nobody listens
 */
export async function askAgent(
  ask: (request: string) => Promise<JsonObject | undefined>,
): Promise<AgentAnswer> {
  try {
    const answer = await ask('doctor').catch((error: unknown) => {
      // An agent older than `doctor`.
      if (toAppError(error).code === 'command/unknown') return ask('status')
      throw error
    })
    return answer === undefined ? { kind: 'absent' } : decodeAgentAnswer(answer)
  } catch (error) {
    return { kind: 'silent', error: toAppError(error) }
  }
}

/** @throws AppError `net/answer` */
function decodeAgentAnswer(answer: JsonObject): AgentAnswer {
  const at = 'answer'
  const account = field(answer, 'account', optional(object), at)
  const accountError = account && field(account, 'error', optional(object), 'account')
  const login = field(answer, 'login', optional(object), at)
  const text = (key: string): string | undefined => field(answer, key, optional(string), at)
  return {
    kind: 'runs',
    version: text('version'),
    account: account && {
      state: field(account, 'state', string, 'account'),
      ...(accountError === undefined
        ? {}
        : {
            code: field(accountError, 'code', string, 'account.error'),
            message: field(accountError, 'message', string, 'account.error'),
          }),
    },
    // Only the state of the sign-in: the code belongs to the user.
    login: login && field(login, 'state', string, 'login'),
    broker: text('broker'),
    playback: text('playback'),
    player: text('player'),
    health: field(answer, 'health', optional(object), at),
    troubles: field(answer, 'troubles', optional(listOf(trouble)), at),
    music: field(answer, 'music', optional(music), at),
  }
}

const trouble: Decoder<Problem> = (value, path) => {
  const source = object(value, path)
  return {
    at: field(source, 'at', string, path),
    level: field(source, 'level', string, path),
    name: field(source, 'name', string, path),
    message: field(source, 'message', string, path),
    code: field(source, 'code', optional(string), path),
    times: field(source, 'times', optional(number), path) ?? 1,
  }
}

const music: Decoder<MusicAnswer> = (value, path) => {
  const source = object(value, path)
  const state = field(source, 'state', string, path)
  if (state === 'ok' || state === 'untried') return { state }
  return {
    state: 'failed',
    code: field(source, 'code', string, path),
    message: field(source, 'message', string, path),
  }
}
