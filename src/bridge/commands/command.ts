import type { JsonObject } from '../../lib/decode.ts'
import type { PlaybackOperation, SearchType } from '../../amazon-music/api.ts'
import type { ParallelCommand } from './parallel-commands.ts'
import type { Preset } from '../presets.ts'

/** Actions without arguments. */
export type PlainVerb = 'pause' | 'stop' | 'play_pause' | 'next' | 'previous' | 'login' | 'logout' | 'restart'

export type Toggle = boolean | 'toggle'

/** One action, validated and in the agent's units. */
export type CommandAction =
  | { readonly type: PlainVerb }
  /** The verb `play`. */
  | { readonly type: 'resume'; readonly takeOver: boolean }
  | { readonly type: 'seek'; readonly to: { readonly positionMs: number } | { readonly offsetMs: number } }
  | { readonly type: 'volume'; readonly to: { readonly percent: number } | { readonly delta: number } }
  | { readonly type: 'mute'; readonly to: Toggle }
  | { readonly type: 'shuffle'; readonly to: Toggle }
  | { readonly type: 'repeat'; readonly to: 'off' | 'all' | 'toggle' }
  | { readonly type: 'restore'; readonly sessionId: string | undefined }
  | { readonly type: 'preset' | 'preset_delete'; readonly name: string }
  | { readonly type: 'preset_save'; readonly preset: Preset }
  | PlayAction

export interface PlayAction {
  readonly type: 'play'
  /** An MRN, ASIN or music.amazon.* link; undefined: see `query`. */
  readonly id: string | undefined
  readonly query: string | undefined
  readonly searchType: SearchType | undefined
  readonly containerIds: readonly string[] | undefined
  readonly shuffle: boolean | undefined
  readonly repeat: boolean | undefined
  readonly station: boolean | undefined
  readonly autoplay: boolean | undefined
  readonly enqueue: 'replace' | 'next' | 'last'
  /** Also take the account's stream from the device that is using it. */
  readonly takeOver: boolean
}

/** A request that changes nothing; queries are answered in parallel. */
export type Query =
  | { readonly type: 'queue'; readonly refresh: boolean }
  | { readonly type: 'sessions' | 'presets' | 'health' | 'info' | 'login' }
  | {
      readonly type: 'search'
      readonly query: string
      readonly searchType: SearchType | undefined
      readonly limit: number
    }
  | { readonly type: 'call'; readonly operation: PlaybackOperation; readonly args: JsonObject }

/** Operations of `request/call` that only read. The others change playback and run one at a time. */
const readingOperations: ReadonlySet<PlaybackOperation> = new Set([
  'getCurrentTrack',
  'getPlaybackQueue',
  'getActiveSessions',
])

export function changesPlayback(question: Query): boolean {
  return question.type === 'call' && !readingOperations.has(question.operation)
}

/** A decoded message: actions to execute in order, a query, or a parallel command. */
export interface Command {
  /** The verb, `set`, `set/<key>` or the name of the request: `command` in the answer. */
  readonly name: string
  readonly wants:
    | { readonly actions: readonly CommandAction[] }
    | { readonly query: Query }
    | { readonly parallel: ParallelCommand }
  readonly transaction: Transaction | undefined
}

/** The sender's own identifier, echoed as sent. */
export type Transaction = string | number
