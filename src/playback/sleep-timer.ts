import type { Clock } from '../lib/clock.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { aborted } from '../lib/async/tasks.ts'
import type { VolumeControl } from './player/volume.ts'
import type { PlaybackState } from './playback-state.ts'

export interface SleepTimerEvent {
  readonly type: 'sleep_set' | 'sleep_ended'
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

export interface SleepTimerOptions {
  /** The engine. */
  readonly music: { readonly state: Pick<PlaybackState, 'phase'>; pause(): Promise<void> }
  readonly volumeControl: Pick<VolumeControl, 'fadeOut' | 'cancelFade'>
  readonly clock: Clock
  readonly log: Log
  /** {@link SleepTimer.endsAtEpochMs} has changed. */
  readonly onChange: () => void
  readonly onEvent: (event: SleepTimerEvent) => void
}

interface Running {
  endsAtEpochMs: number
  readonly cancelled: AbortController
  isFading: boolean
}

/** Fades the music out and pauses it after a time, which includes suspend. Does not survive the agent. */
export class SleepTimer {
  readonly #options: SleepTimerOptions
  #running: Running | undefined

  constructor(options: SleepTimerOptions) {
    this.#options = options
  }

  /** End by the wall clock; undefined when no timer runs. */
  get endsAtEpochMs(): number | undefined {
    return this.#running?.endsAtEpochMs
  }

  /** Starts the timer, and replaces a running one. */
  set(afterMs: number, fadeMs: number): void {
    const { clock, onChange, onEvent } = this.#options
    this.#drop()
    const running = {
      endsAtEpochMs: clock.epochMs() + afterMs,
      cancelled: new AbortController(),
      isFading: false,
    }
    this.#running = running
    void this.#wait(running, afterMs, fadeMs)
    onChange()
    onEvent({
      type: 'sleep_set',
      facts: {
        sleep_at: new Date(running.endsAtEpochMs).toISOString(),
        minutes: Math.round(afterMs / 60_000),
      },
    })
  }

  /** Cancels the timer; a fade-out that has begun is undone. Does nothing when none runs. */
  cancel(): void {
    if (this.#drop()) this.#ended({ outcome: 'cancelled', paused: false })
  }

  /** The wall clock was set forward by `byMs`, or back if negative; the time left stays the same. */
  clockSet(byMs: number): void {
    if (this.#running === undefined) return
    this.#running.endsAtEpochMs += byMs
    this.#options.onChange()
  }

  /** Cancels the timer when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal)
    this.#drop()
  }

  #drop(): boolean {
    const running = this.#running
    this.#running = undefined
    running?.cancelled.abort()
    if (running?.isFading === true) this.#options.volumeControl.cancelFade()
    return running !== undefined
  }

  async #wait(running: Running, afterMs: number, fadeMs: number): Promise<void> {
    const { signal } = running.cancelled
    try {
      await this.#options.clock.sleep(afterMs, signal)
    } catch {
      return
    }
    const paused = await this.#fadeAndPause(running, fadeMs)
    if (signal.aborted) return
    this.#running = undefined
    this.#ended({ outcome: 'over', paused })
  }

  async #fadeAndPause(running: Running, fadeMs: number): Promise<boolean> {
    const { music, volumeControl, log } = this.#options
    const { phase } = music.state
    if (phase !== 'playing' && phase !== 'buffering') return false
    running.isFading = true
    await volumeControl.fadeOut(fadeMs)
    if (running.cancelled.signal.aborted) return false
    running.isFading = false
    try {
      await music.pause()
      return true
    } catch (error) {
      log.info('There was nothing left to pause when the sleep timer ended', errorFields(error))
      return false
    } finally {
      volumeControl.cancelFade()
    }
  }

  #ended(facts: SleepTimerEvent['facts']): void {
    this.#options.onChange()
    this.#options.onEvent({ type: 'sleep_ended', facts })
  }
}
