import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import { aborted } from '../../lib/async/tasks.ts'
import type { NowPlaying } from '../now-playing.ts'
import { ResumePoint } from './resume-point.ts'
import type { LastMoment } from './stored-forms.ts'
import type { VolumeControl } from '../player/volume.ts'
import type { ReportQueue } from '../reports/report-queue.ts'
import { resumeLast, type ResumeOptions } from './resume.ts'
import type { SupervisedPlayer } from '../player/supervised-player.ts'

export interface ResumeStoreOptions {
  readonly lastMoment: StoredFile<LastMoment>
  readonly nowPlaying: NowPlaying
  readonly volumeControl: VolumeControl
  readonly player: SupervisedPlayer
  readonly reports: ReportQueue
  readonly resume: Pick<ResumeOptions, 'policy' | 'isQuiet' | 'restore' | 'open'>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/** Saves the state of the engine for the next start, and restores it. */
export class ResumeStore {
  readonly #options: ResumeStoreOptions
  readonly #resumePoint: ResumePoint
  #last: LastMoment | undefined
  /** Aborted when a user wants something else than what played before. */
  readonly #resuming = new AbortController()

  constructor(options: ResumeStoreOptions) {
    const { lastMoment, reports, clock, log } = options
    this.#options = options
    this.#last = lastMoment.value
    this.#resumePoint = new ResumePoint({
      store: lastMoment,
      look: () => this.#look(),
      endsInMs: () => this.#endsInMs(),
      clock,
      log,
    })
    reports.onDelivered = () => this.#resumePoint.save()
    if (this.#last?.unreported !== undefined) reports.adopt(this.#last.unreported)
  }

  /** Call when the state to save may have changed. */
  note(): void {
    this.#resumePoint.note()
  }

  /** Cancels the resume: what played before is no longer wanted. */
  forget(): void {
    this.#resuming.abort()
  }

  /** Forgets what played before: its account is gone. */
  forgetAccount(): void {
    this.forget()
    if (this.#last !== undefined) this.#last = { ...this.#last, playing: undefined, unreported: undefined }
    this.#resumePoint.forgetPlaying()
  }

  /**
   * Restores volume and mute, and resumes playback if the policy says so. Then saves changes until `signal`
   * aborts.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { nowPlaying, volumeControl, player, resume, clock, random, log } = this.#options
    this.#resumePoint.forgetUnreported()
    if (this.#last !== undefined) {
      nowPlaying.set({ muted: this.#last.muted })
      await player.setMuted(this.#last.muted)
    }
    await volumeControl.set(this.#last?.volume ?? volumeControl.volume)
    const keeping = this.#resumePoint.run(signal)
    if (this.#last?.playing !== undefined) {
      const resuming = AbortSignal.any([signal, this.#resuming.signal])
      await resumeLast({ ...resume, last: this.#last.playing, clock, random, log }, resuming)
    }
    await aborted(signal)
    await keeping
  }

  /**
   * Saves for the last time, before the agent stops playback. Later changes are not a state to resume from.
   */
  close(): void {
    this.forget()
    this.#resumePoint.close()
  }

  /** The stop of the current entity is now with the waiting reports. */
  closed(): void {
    this.#resumePoint.forgetUnreported()
  }

  #endsInMs(): number | undefined {
    const { nowPlaying } = this.#options
    const durationMs = nowPlaying.state.entity?.durationMs
    return durationMs === undefined ? undefined : durationMs - nowPlaying.positionMs()
  }

  #look(): LastMoment {
    const { nowPlaying, reports } = this.#options
    const { phase, entity, volume, muted } = nowPlaying.state
    const stop = nowPlaying.stopNow
    return {
      volume,
      muted,
      playing:
        entity === undefined || phase === 'idle'
          ? undefined
          : {
              intent: phase === 'paused' ? 'paused' : 'playing',
              entityId: entity.id,
              referenceId: entity.referenceId,
              positionMs: nowPlaying.positionMs(),
            },
      unreported: stop !== undefined && reports.isStarted(stop.metricId) ? stop : undefined,
    }
  }
}
