import type { Clock } from '../lib/clock.ts'
import type { Entity } from '../amazon-music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../amazon-music/api.ts'
import { PlaybackMetrics } from './reports/playback-metrics.ts'
import type { PlayerItem } from './player/player.ts'
import type { ReportQueue } from './reports/report-queue.ts'

/**
 * One playing of one entity: its progress in the player and in published events, and its reports to the
 * service.
 */
export class Playing {
  /** The player's id for it. It changes when the entity is loaded again. */
  id: string
  /** Whether its sound began at least once. */
  hasSounded = false
  /** Whether `track_changed` was published for it. */
  wasHeard = false
  /** The player has finished it, and nothing else is current yet. */
  isOver = false
  readonly #metrics: PlaybackMetrics
  readonly #reports: ReportQueue
  #isDisowned = false

  constructor(id: string, entity: Entity, reports: ReportQueue, clock: Clock) {
    this.id = id
    this.#metrics = new PlaybackMetrics(entity, clock)
    this.#reports = reports
  }

  /** The item for the player: `entity` with the service's latest data, from `positionMs` on. */
  item({ durationMs, stream }: Entity, positionMs: number): PlayerItem {
    return { id: this.id, durationMs, stream, positionMs }
  }

  /** Milliseconds since it was requested. */
  get ageMs(): number {
    return this.#metrics.ageMs
  }

  /** Whether a start was reported, and no stop since. */
  get isRunning(): boolean {
    return this.#metrics.isRunning
  }

  /** The stop report if it ended at `positionMs` now; undefined when it is not running. */
  stopNow(positionMs: number): PlaybackReport | undefined {
    return this.#metrics.asStopped(positionMs, 'systemStop')
  }

  /** Reports that it plays from `positionMs` on. Does nothing when it is running. */
  reportStart(positionMs: number): void {
    this.#report(this.#metrics.start(positionMs))
  }

  /** @returns whether it was running; otherwise nothing is reported */
  reportStop(positionMs: number, reason: TerminationReason): boolean {
    const ran = this.isRunning
    this.#report(this.#metrics.stop(positionMs, reason))
    return ran
  }

  /** Reports that it could not be played at all. */
  reportRefusal(): void {
    this.#report(this.#metrics.refused())
  }

  /** Its account is gone: sends no more reports. */
  disown(): void {
    this.#isDisowned = true
  }

  /** The sound stalls and may resume. */
  stall(): void {
    this.#metrics.stall()
  }

  /** The sound resumes after {@link stall}. */
  unstall(): void {
    this.#metrics.unstall()
  }

  #report(report: PlaybackReport | undefined): void {
    if (!this.#isDisowned) this.#reports.add(report)
  }
}
