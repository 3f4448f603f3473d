import type { Clock } from '../../lib/clock.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../../amazon-music/api.ts'

/**
 * Measures the playback of one entity, for its event reports. The client must report start and stop (API
 * playback); only these two types exist, so a pause is a stop and a resume a start.
 */
export class PlaybackMetrics {
  readonly #entity: Entity
  readonly #clock: Clock
  readonly #requestedAtMs: number
  /** Measured at the first start only: nobody waits for a resume. */
  #initialDelayMs: number | undefined
  #isRunning = false
  /** Monotonic time since which it sounds; undefined while it does not. */
  #soundsSinceMs: number | undefined
  /** Time played since the last start, up to {@link #soundsSinceMs}. */
  #playedMs = 0
  #rebuffers = 0

  constructor(entity: Entity, clock: Clock) {
    this.#entity = entity
    this.#clock = clock
    this.#requestedAtMs = clock.monotonicMs()
  }

  /** Milliseconds since it was requested. */
  get ageMs(): number {
    return this.#clock.monotonicMs() - this.#requestedAtMs
  }

  /** Whether it was started and not stopped since. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /**
   * The report that sound began or resumed at `positionMs`; undefined if it already runs or is not to be
   * reported.
   */
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

  /** The sound stalls and may resume: there is nothing to report, and the time does not count as played. */
  stall(): void {
    this.#playedMs += this.#soundingMs()
    this.#soundsSinceMs = undefined
  }

  /** The sound resumes after {@link stall}. */
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

  /** The report that {@link stop} would return now; does not stop. */
  asStopped(positionMs: number, terminationReason: TerminationReason): PlaybackReport | undefined {
    if (!this.#isRunning) return undefined
    // A player need not know the position of an item that has ended.
    const atMs = terminationReason === 'trackFinished' ? (this.#entity.durationMs ?? positionMs) : positionMs
    const report = this.#report('stop', atMs)
    return report === undefined ? undefined : { ...report, terminationReason }
  }

  /** The report that it could not be played; undefined if it has sounded, or is not to be reported. */
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
      // The length in the file may exceed the length from the service.
      positionMs: Math.min(Math.max(positionMs, 0), durationMs ?? Infinity),
    }
  }
}
