import type { Secret } from '../lib/secret.ts'

/**
 * What the service says about one action on one entity (API_web_schema, type Action). Live: it changes from answer
 * to answer, so the newest counts.
 */
export interface Action {
  readonly allowed: boolean
  /** Why not, in the service's words, such as NO_MORE_SKIPS. */
  readonly disableType: string | undefined
  /** Skips left; undefined: no limit told. */
  readonly remainingSkips: number | undefined
}

export type ActionName = 'next' | 'previous' | 'scrubForward' | 'scrubBackward' | 'loopAll' | 'shuffle'

export type EntityKind = 'track' | 'episode' | 'interlude' | 'ad' | 'station' | 'unknown'

/** Where the sound is. Both the URL and the licence headers give access to it, so both are secrets. */
export interface Stream {
  readonly url: Secret
  /** Such as DASH. */
  readonly protocol: string | undefined
  /** Such as ENCRYPTED_OPUS_FLAC. */
  readonly format: string | undefined
  /** What it is protected with, such as WIDEVINE; NONE: nothing. Undefined: not told. */
  readonly drm: string | undefined
  /** For the licence server of a protected stream; not for the stream itself. */
  readonly licenseHeaders: Readonly<Record<string, Secret>>
  /** To be sent with every request for the stream. */
  readonly headers: Readonly<Record<string, Secret>>
}

/** A playable: one entry of the service's queue (amazon-music V1 queue entity). */
export interface Entity {
  /** Unique within the queue. */
  readonly referenceId: string
  readonly sessionId: string | undefined
  /** The catalog's id (ASIN, UUID); undefined for what the catalog does not list. */
  readonly id: string | undefined
  readonly kind: EntityKind
  readonly title: string | undefined
  readonly artist: string | undefined
  readonly album: string | undefined
  /** Milliseconds. */
  readonly durationMs: number | undefined
  readonly imageUrl: string | undefined
  /** Opaque; goes back with every event report. Undefined: this entity is not reported. */
  readonly metricId: string | undefined
  /** An action the service did not mention is absent: nothing is known to forbid it. */
  readonly actions: Readonly<Partial<Record<ActionName, Action>>>
  readonly stream: Stream | undefined
}
