import type { Clock } from '../base/clock.ts'
import type { Entity } from '../music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../music/music-api.ts'

/**
 * The account of how one entity is listened to, from which its event reports come. Reporting start and stop is the
 * client's obligation (API_playback_overview); only these two types exist, so a pause is a stop and a resume a start.
 */
export class Listening {
  readonly #entity: Entity
  readonly #clock: Clock
  readonly #requestedAtMs: number
  /** Measured at the first start: a resume is not waited for. */
  #initialDelayMs: number | undefined
  #startedAtMs: number | undefined

  constructor(entity: Entity, clock: Clock) {
    this.#entity = entity
    this.#clock = clock
    this.#requestedAtMs = clock.monotonicMs()
  }

  /** Whether it runs: was started and not stopped since. */
  get isRunning(): boolean {
    return this.#startedAtMs !== undefined
  }

  /** The report that sound began, or went on, at `positionMs`; undefined if it already runs or is not to be reported. */
  start(positionMs: number): PlaybackReport | undefined {
    if (this.#startedAtMs !== undefined) return undefined
    this.#startedAtMs = this.#clock.monotonicMs()
    this.#initialDelayMs ??= this.#startedAtMs - this.#requestedAtMs
    return this.#report('start', positionMs, 0)
  }

  /** The report that sound ended at `positionMs`; undefined if it did not run or is not to be reported. */
  stop(positionMs: number, terminationReason: TerminationReason): PlaybackReport | undefined {
    if (this.#startedAtMs === undefined) return undefined
    const playedMs = this.#clock.monotonicMs() - this.#startedAtMs
    this.#startedAtMs = undefined
    // At its end a player may no longer know where it was.
    const atMs = terminationReason === 'trackFinished' ? (this.#entity.durationMs ?? positionMs) : positionMs
    const report = this.#report('stop', atMs, playedMs)
    return report === undefined ? undefined : { ...report, terminationReason }
  }

  #report(type: 'start' | 'stop', positionMs: number, playedMs: number): PlaybackReport | undefined {
    const { metricId, durationMs } = this.#entity
    if (metricId === undefined) return undefined
    return {
      metricId,
      type,
      atEpochMs: this.#clock.epochMs(),
      initialDelayMs: this.#initialDelayMs ?? 0,
      rebufferCount: 0,
      playedMs,
      // What a player reads off a file may lie beyond the length the service tells.
      positionMs: Math.min(Math.max(positionMs, 0), durationMs ?? Infinity),
    }
  }
}
