import type { Json } from './body-template.ts'
import type { PlaybackOperation, TerminationReason } from '../api.ts'

/** How certain a row is: on an Amazon page, reported by a third party, or inferred by this project. */
export const evidences = ['documented', 'reported', 'inferred'] as const
export type Evidence = (typeof evidences)[number]

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type HttpMethod = (typeof methods)[number]

export type Operation =
  PlaybackOperation | 'search' | 'searchTracks' | 'searchAlbums' | 'searchArtists' | 'searchPlaylists'

export interface Route {
  readonly method: HttpMethod
  /** `{name}` in the path is required; a query pair `key={name}` is omitted when its argument is absent. */
  readonly path: string
  /** The scope the token needs. */
  readonly scope: string
  readonly evidence: Evidence
  /** Template of the JSON body (body-template.ts); null: no body. */
  readonly body: Json
  /** Required arguments besides those in the path. */
  readonly required: readonly string[]
  /** Whether the audio headers are sent. */
  readonly audioHeaders: boolean
  /** Whether it may be sent again when the result of the first try is unknown: it only reads. */
  readonly repeatable: boolean
}

/** The forms that make an MRN of an id: `{id}` is the id, `{idType}` its type: `asin`, `uuid` or `key`. */
export type MrnKind =
  'track' | 'album' | 'artist' | 'playlist' | 'userPlaylist' | 'station' | 'podcast' | 'episode'

/** The service's words for values of the agent. */
export interface Words {
  readonly shuffle: { readonly on: string; readonly off: string }
  readonly loop: { readonly on: string; readonly off: string }
  readonly autoplay: { readonly on: string; readonly off: string }
  readonly takeOver: { readonly auto: string }
  readonly event: { readonly start: string; readonly stop: string }
  readonly terminationReason: Readonly<Record<TerminationReason, string>>
}

export interface Routes {
  readonly operations: Readonly<Record<Operation, Route>>
  readonly audioHeaders: Readonly<Record<string, string>>
  readonly words: Words
  readonly mrn: Readonly<Record<MrnKind, string>>
  readonly limits: {
    /** The most entities per window. */
    readonly window: number
    /** The most hits per search. */
    readonly search: number
  }
}
