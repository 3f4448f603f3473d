import type { Playable } from '../catalog/entities.ts'
import type { SignedPath } from '../media/signed-audio.ts'

/** One place in a playback queue: the same track twice is two entries. */
export interface Entry {
  readonly playable: Playable
  /** Where it came from: the context played, Queue Next/Last, the recommender, or put in between by the service. */
  readonly origin: 'context' | 'queued' | 'recommended' | 'break'
  /** Its place in the context; null for what is not from the context. */
  readonly contextIndex: number | null
  /** How many times the loop had come round when it was put in. */
  readonly pass: number
  /** `entityReferenceId` and `metricId`: new ones are dealt when the session is restored. */
  referenceId: string
  metricId: string
  readonly licenceToken: string
  /** The audio URL last handed out; signed anew when it grows old. */
  signed: SignedPath | null
}

/** Where an entry comes from, before it is dealt its ids. */
export type Provenance = Pick<Entry, 'origin' | 'contextIndex' | 'pass'>
