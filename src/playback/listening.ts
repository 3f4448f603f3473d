import type { Clock } from '../base/clock.ts'
import type { Entity } from '../music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../music/music-api.ts'

/**
 * The account of how one entity is listened to, from which its event reports come. Reporting start and stop is the
 * client's obligation (API_playback_overview); only these two types exist, so a pause is a stop and a resume a start.
 */
export class Listening {
  readonly entity: Entity
  readonly #clock: Clock
  readonly #requestedAtMs: number
  #initialDelayMs = 0
  #startedAtMs: number | undefined

  constructor(entity: Entity, clock: Clock) {
    this.entity = entity
    this.#clock = clock
    this.#requestedAtMs = clock.monotonicMs()
  }

  /** The report that sound began, or went on, at `positionMs`; undefined if it already runs or is not to be reported. */
  start(positionMs: number): PlaybackReport | undefined {
    if (this.#startedAtMs !== undefined) return undefined
    const nowMs = this.#clock.monotonicMs()
    if (this.#initialDelayMs === 0) this.#initialDelayMs = nowMs - this.#requestedAtMs
    this.#startedAtMs = nowMs
    return this.#report('start', positionMs, 0)
  }

  /** The report that sound ended at `positionMs`; undefined if it did not run or is not to be reported. */
  stop(positionMs: number, terminationReason: TerminationReason): PlaybackReport | undefined {
    if (this.#startedAtMs === undefined) return undefined
    const playedMs = this.#clock.monotonicMs() - this.#startedAtMs
    this.#startedAtMs = undefined
    const report = this.#report('stop', positionMs, playedMs)
    return report === undefined ? undefined : { ...report, terminationReason }
  }

  #report(type: 'start' | 'stop', positionMs: number, playedMs: number): PlaybackReport | undefined {
    const { metricId } = this.entity
    if (metricId === undefined) return undefined
    return {
      metricId,
      type,
      atEpochMs: this.#clock.epochMs(),
      initialDelayMs: this.#initialDelayMs,
      rebufferCount: 0,
      playedMs,
      positionMs,
    }
  }
}
