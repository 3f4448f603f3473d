import type { Json } from './body-template.ts'
import type { PlaybackOperation, TerminationReason } from '../api.ts'

/** How sure a row is: on an Amazon page, told by a third party, or deduced by us. */
export const evidences = ['documented', 'reported', 'inferred'] as const
export type Evidence = (typeof evidences)[number]

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type HttpMethod = (typeof methods)[number]

export type Operation =
  PlaybackOperation | 'search' | 'searchTracks' | 'searchAlbums' | 'searchArtists' | 'searchPlaylists'

export interface Route {
  readonly method: HttpMethod
  /** `{name}` in the path is needed; a query pair `key={name}` is left out when its argument is absent. */
  readonly path: string
  /** The scope the token needs. */
  readonly scope: string
  readonly evidence: Evidence
  /** Template of the JSON body (body-template.ts); null: none is sent. */
  readonly body: Json
  /** Arguments without which the call makes no sense, besides those in the path. */
  readonly required: readonly string[]
  /** Whether the audio headers go with it. */
  readonly audioHeaders: boolean
  /** Whether it can be sent again when nobody knows what became of the first: a pure reading. */
  readonly repeatable: boolean
}

/** Ids become MRNs by these forms; `{id}` is the id, `{idType}` its kind: `asin`, `uuid` or `key`. */
export type MrnKind =
  'track' | 'album' | 'artist' | 'playlist' | 'userPlaylist' | 'station' | 'podcast' | 'episode'

/** The service's words for ours. */
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
    /** Entities per window asked for at once. */
    readonly window: number
    /** Hits per search. */
    readonly search: number
  }
}
