import type { Clock } from '../../lib/clock.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../../amazon-music/api.ts'

/**
 * The account of how one entity is listened to, from which its event reports come. Reporting start and stop is the
 * client's obligation (API_playback_overview); only these two types exist, so a pause is a stop and a resume a start.
 */
export class PlaybackMetrics {
  readonly #entity: Entity
  readonly #clock: Clock
  readonly #requestedAtMs: number
  /** Measured at the first start: a resume is not waited for. */
  #initialDelayMs: number | undefined
  #isRunning = false
  /** Since when it sounds; undefined while it stands still for want of sound. */
  #soundsSinceMs: number | undefined
  /** What sounded since the last start, up to {@link #soundsSinceMs}. */
  #playedMs = 0
  #rebuffers = 0

  constructor(entity: Entity, clock: Clock) {
    this.#entity = entity
    this.#clock = clock
    this.#requestedAtMs = clock.monotonicMs()
  }

  /** How long ago it was asked for, in milliseconds. */
  get ageMs(): number {
    return this.#clock.monotonicMs() - this.#requestedAtMs
  }

  /** Whether it runs: was started and not stopped since. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** The report that sound began, or went on, at `positionMs`; undefined if it already runs or is not to be reported. */
  start(positionMs: number): PlaybackReport | undefined {
    if (this.#isRunning) return undefined
    const nowMs = this.#clock.monotonicMs()
    this.#isRunning = true
    this.#soundsSinceMs = nowMs
    this.#playedMs = 0
    this.#rebuffers = 0
    this.#initialDelayMs ??= nowMs - this.#requestedAtMs
    return this.#report('start', positionMs)
  }

  /** Sound stands still and may go on: nothing to report, and nothing is listened to meanwhile. */
  stall(): void {
    this.#playedMs += this.#soundingMs()
    this.#soundsSinceMs = undefined
  }

  /** Sound goes on after a {@link stall}. */
  unstall(): void {
    if (!this.#isRunning || this.#soundsSinceMs !== undefined) return
    this.#soundsSinceMs = this.#clock.monotonicMs()
    this.#rebuffers++
  }

  /** The report that sound ended at `positionMs`; undefined if it did not run or is not to be reported. */
  stop(positionMs: number, terminationReason: TerminationReason): PlaybackReport | undefined {
    const report = this.asStopped(positionMs, terminationReason)
    this.#isRunning = false
    this.#soundsSinceMs = undefined
    return report
  }

  /** The report {@link stop} would give now; it goes on all the same. */
  asStopped(positionMs: number, terminationReason: TerminationReason): PlaybackReport | undefined {
    if (!this.#isRunning) return undefined
    // At its end a player may no longer know where it was.
    const atMs = terminationReason === 'trackFinished' ? (this.#entity.durationMs ?? positionMs) : positionMs
    const report = this.#report('stop', atMs)
    return report === undefined ? undefined : { ...report, terminationReason }
  }

  /** The report that it was not played at all; undefined if it was heard, or is not to be reported. */
  refused(): PlaybackReport | undefined {
    if (this.#initialDelayMs !== undefined) return undefined
    const report = this.#report('stop', 0)
    return report === undefined ? undefined : { ...report, terminationReason: 'error' }
  }

  #soundingMs(): number {
    return this.#soundsSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#soundsSinceMs
  }

  #report(type: 'start' | 'stop', positionMs: number): PlaybackReport | undefined {
    const { metricId, durationMs } = this.#entity
    if (metricId === undefined) return undefined
    return {
      metricId,
      type,
      atEpochMs: this.#clock.epochMs(),
      initialDelayMs: this.#initialDelayMs ?? 0,
      rebufferCount: this.#rebuffers,
      playedMs: this.#playedMs + this.#soundingMs(),
      // What a player reads off a file may lie beyond the length the service tells.
      positionMs: Math.min(Math.max(positionMs, 0), durationMs ?? Infinity),
    }
  }
}
