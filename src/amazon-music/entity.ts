import type { Secret } from '../lib/secret.ts'

/**
 * What the service says about one action on one entity (docs/sources.md, API schema, Action). It changes from
 * answer to answer; the latest counts.
 */
export interface Action {
  readonly allowed: boolean
  /** Why not, as a code of the service such as NO_MORE_SKIPS. */
  readonly disableType: string | undefined
  /** Skips left; undefined: the service named no limit. */
  readonly remainingSkips: number | undefined
}

export type ActionName = 'next' | 'previous' | 'scrubForward' | 'scrubBackward' | 'loopAll' | 'shuffle'

export type EntityKind = 'track' | 'episode' | 'interlude' | 'ad' | 'station' | 'unknown'

/** The address of the sound. The URL and the licence headers give access to it, so both are secrets. */
export interface Stream {
  readonly url: Secret
  /** Such as DASH. */
  readonly protocol: string | undefined
  /** Such as ENCRYPTED_OPUS_FLAC. */
  readonly format: string | undefined
  /** The protection, such as WIDEVINE; NONE: unprotected; undefined: the service did not say. */
  readonly drm: string | undefined
  /** For the licence server of a protected stream, not for the stream itself. */
  readonly licenseHeaders: Readonly<Record<string, Secret>>
  /** Sent with every request for the stream. */
  readonly headers: Readonly<Record<string, Secret>>
}

/** A playable: one entry of the service's queue. */
export interface Entity {
  /** Unique within the queue. */
  readonly referenceId: string
  readonly sessionId: string | undefined
  /** The catalog's id (ASIN, UUID); undefined for something the catalog does not list. */
  readonly id: string | undefined
  readonly kind: EntityKind
  readonly title: string | undefined
  readonly artist: string | undefined
  readonly album: string | undefined
  /** Milliseconds. */
  readonly durationMs: number | undefined
  readonly imageUrl: string | undefined
  /** Opaque; sent back with every event report. Undefined: this entity is not reported. */
  readonly metricId: string | undefined
  /** An action that the service did not mention is absent: as far as known, it is allowed. */
  readonly actions: Readonly<Partial<Record<ActionName, Action>>>
  readonly stream: Stream | undefined
}
