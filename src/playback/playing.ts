import type { Clock } from '../lib/clock.ts'
import type { Entity } from '../amazon-music/entity.ts'
import type { PlaybackReport, TerminationReason } from '../amazon-music/api.ts'
import { PlaybackMetrics } from './reports/playback-metrics.ts'
import type { PlayerItem } from './player/player.ts'
import type { ReportQueue } from './reports/report-queue.ts'

/** One playing of one entity: how far it came with the player and with listeners, and what the service is told of it. */
export class Playing {
  /** The player's name for it: another one when it is loaded again. */
  id: string
  /** Whether its sound began once. */
  hasSounded = false
  /** Whether listeners were told of it. */
  wasHeard = false
  /** The player is done with it, and nothing else is on yet. */
  isOver = false
  readonly #metrics: PlaybackMetrics
  readonly #reports: ReportQueue
  #isDisowned = false

  constructor(id: string, entity: Entity, reports: ReportQueue, clock: Clock) {
    this.id = id
    this.#metrics = new PlaybackMetrics(entity, clock)
    this.#reports = reports
  }

  /** What the player is given of it: `entity` as the service tells it now, from `positionMs` on. */
  item({ durationMs, stream }: Entity, positionMs: number): PlayerItem {
    return { id: this.id, durationMs, stream, positionMs }
  }

  /** How long ago it was asked for, in milliseconds. */
  get ageMs(): number {
    return this.#metrics.ageMs
  }

  /** To the service it was started and not stopped since. */
  get isRunning(): boolean {
    return this.#metrics.isRunning
  }

  /** The stop report if it ended at `positionMs` this moment; undefined when it does not run. */
  stopNow(positionMs: number): PlaybackReport | undefined {
    return this.#metrics.asStopped(positionMs, 'systemStop')
  }

  /** Reports that it sounds from `positionMs` on. Nothing to do when it runs. */
  reportStart(positionMs: number): void {
    this.#report(this.#metrics.start(positionMs))
  }

  /** @returns whether it ran: else there is nothing to report */
  reportStop(positionMs: number, reason: TerminationReason): boolean {
    const ran = this.isRunning
    this.#report(this.#metrics.stop(positionMs, reason))
    return ran
  }

  /** Reports that it could not be played at all. */
  reportRefusal(): void {
    this.#report(this.#metrics.refused())
  }

  /** Its account is gone: the service is told nothing more of it. */
  disown(): void {
    this.#isDisowned = true
  }

  /** Sound stands still and may go on. */
  stall(): void {
    this.#metrics.stall()
  }

  /** Sound goes on after a {@link stall}. */
  unstall(): void {
    this.#metrics.unstall()
  }

  #report(report: PlaybackReport | undefined): void {
    if (!this.#isDisowned) this.#reports.add(report)
  }
}
