import { Ring } from '../../ring.ts'
import type { Entry } from '../queue.ts'
import type { PlaybackEvent } from './playback-event.ts'

/** An accepted start or stop report. */
export interface Report {
  /** Time on the sandbox's monotonic clock. */
  readonly atMs: number
  readonly sessionId: string
  readonly entityReferenceId: string
  readonly entityId: string
  readonly title: string
  readonly deviceId: string
  readonly event: PlaybackEvent
}

/** A report out of order. It is accepted anyway: no page says what the service does. */
export interface Violation {
  readonly atMs: number
  readonly sessionId: string
  readonly entityReferenceId: string
  readonly what: string
}

const KEPT = 10_000

/** All reports and violations, oldest first. */
export class Reports {
  readonly accepted = new Ring<Report>(KEPT)
  readonly violations = new Ring<Violation>(KEPT)
  /** The start report of each entry without a stop report. */
  readonly unfinished = new Map<Entry, Report>()
}
