import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { Serial } from '../../lib/async/serial.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { TerminationReason } from '../../amazon-music/api.ts'
import { isLimited } from '../capabilities.ts'
import type { NowPlaying, StartOptions } from '../now-playing.ts'
import type { PlaybackEventType, PlaybackState } from '../playback-state.ts'
import type { PlayQueue } from './play-queue.ts'
import { StreamRecovery } from './stream-recovery.ts'
import { mostShort, StartBrake } from './start-brake.ts'
import type { SoundEvent } from '../player/supervised-player.ts'
import { RetryingFetch } from './retrying-fetch.ts'
import {
  inWords,
  isAccountLost,
  isPassing,
  isPlayerUseless,
  isStreamLost,
  isStreamProblem,
} from '../problems.ts'

export interface AutoAdvanceOptions {
  readonly nowPlaying: NowPlaying
  readonly playQueue: PlayQueue
  readonly serial: Serial
  readonly clock: Clock
  readonly log: Log
}

/** Player failures in a row after which playback stops: a bad stream must not become a loop. */
const mostFailures = 3
/** After a longer silence, music that resumes by itself would startle. */
const longestWaitMs = 10 * 60_000

/**
 * Plays one entity after the other, as long as the service has more and the player plays them. When the
 * service cannot be reached, entities that were fetched before play on; then this waits some minutes for the
 * service.
 */
export class AutoAdvance {
  readonly #options: AutoAdvanceOptions
  readonly #fetch: RetryingFetch
  readonly #recovery: StreamRecovery
  readonly #brake: StartBrake
  #failures = 0
  /** Monotonic time since which playback waits for an entity; undefined while one is current. */
  #waitingSinceMs: number | undefined
  #toldOfWait = false

  constructor(options: AutoAdvanceOptions) {
    this.#options = options
    const { nowPlaying, playQueue, clock, log } = options
    const beside = (job: () => Promise<void>): void => this.#beside(job)
    const onGivenUp = (error: AppError): void => this.#givenUp(error)
    this.#recovery = new StreamRecovery({ nowPlaying, playQueue, clock, log, beside, onGivenUp })
    this.#brake = new StartBrake({ clock, onRested: () => this.#follow() })
    this.#fetch = new RetryingFetch({
      clock,
      fetch: (signal) => playQueue.fetch(signal),
      onFetched: (signal) => this.#onFetched(signal),
      onFailure: (error) => this.#onFailure(error),
    })
  }

  /** Handles a player event. Reports are made at once, with the time of the event; further work is queued. */
  onSound(event: SoundEvent): void {
    const { nowPlaying, log } = this.#options
    // A late event of an item that was replaced meanwhile.
    if (!nowPlaying.isOn(event.id) || nowPlaying.isOver) return
    switch (event.type) {
      case 'started':
        this.#recovery.end()
        nowPlaying.heard()
        if (nowPlaying.state.upcoming.length <= 1) this.#fetch.start()
        return
      case 'buffering':
        nowPlaying.stall()
        return
      case 'rebuffered':
        nowPlaying.unstall()
        return
      case 'ended': {
        this.#failures = 0
        this.#recovery.reset()
        this.#noteEnd()
        const goesOn = nowPlaying.over('trackFinished')
        if (!goesOn) this.#follow()
        else if (nowPlaying.state.entity !== undefined && isLimited(nowPlaying.state.entity))
          this.#fetch.start()
        return
      }
      case 'failed':
        log.warn('The player could not play an entry', {
          entity: nowPlaying.state.entity?.id,
          ...errorFields(event.error),
        })
        if (isStreamProblem(event.error)) this.#recovery.begin(event.error)
        else this.#gone(event.error)
        return
    }
  }

  /**
   * Plays `entity` for a command.
   *
   * @throws AppError `player/*`: nothing plays then
   */
  async begin(entity: Entity, change: Partial<PlaybackState>, options: StartOptions = {}): Promise<void> {
    this.#failures = 0
    this.stop()
    this.#release()
    try {
      await this.#options.nowPlaying.start(entity, change, options)
    } catch (error) {
      await this.end('error')
      throw error
    }
  }

  /** As {@link advance}, for a command. */
  goOnAsked(): Promise<void> {
    this.#release()
    return this.advance()
  }

  /** Plays the entity after the one that is over, as soon as it is known. */
  async advance(): Promise<void> {
    const { nowPlaying, clock, log } = this.#options
    for (;;) {
      const { entity, upcoming } = nowPlaying.state
      const [next, ...rest] = upcoming
      if (this.#failures >= mostFailures) return this.end('error')
      if (this.#brake.isHopeless) return this.#giveUpStarts()
      this.#recovery.reset()
      if (next === undefined || entity === undefined) break
      if (!this.#brake.mayStart()) {
        nowPlaying.wait()
        return
      }
      this.#waitingSinceMs = undefined
      this.#toldOfWait = false
      try {
        await nowPlaying.start(next, { upcoming: rest, played: nowPlaying.historyWith(entity) })
        // Where skips are limited, the actions of the next entity should be no older than this one.
        if (isLimited(next)) this.#fetch.start()
        return
      } catch (error) {
        log.warn('The player did not take an entry', { entity: next.id, ...errorFields(error) })
        const failure = toAppError(error)
        if (isStreamProblem(failure)) {
          this.#recovery.begin(failure)
          return
        }
        nowPlaying.event('error', inWords(failure))
        if (isPlayerUseless(failure)) return this.end('error')
        this.#failures++
      }
    }
    nowPlaying.wait()
    this.#waitingSinceMs ??= clock.monotonicMs()
    this.#fetch.start()
  }

  /** The queue was changed: reads it now or, if that fails, as soon as possible. */
  async queueChanged(isLonger: boolean, signal: AbortSignal): Promise<void> {
    const { nowPlaying, playQueue, log } = this.#options
    // An answer under way may be from before the change.
    this.#fetch.stop()
    try {
      await playQueue.changed(isLonger, signal)
      if (nowPlaying.isOver && nowPlaying.state.phase === 'buffering') await this.advance()
    } catch (error) {
      this.noteLoss(toAppError(error))
      log.info('The queue could not be read after a change', errorFields(error))
      this.#fetch.start()
    }
  }

  /** Ends playback, even if the player fails. */
  async end(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    this.stop()
    await this.#options.nowPlaying.drop(reason, because)
  }

  /** Whether the current entity has lost its stream and needs a fresh one to sound. */
  get needsStream(): boolean {
    return this.#recovery.isNeeded
  }

  /** Fetches the stream of the current entity again, and resumes with it. */
  mend(): void {
    this.#options.nowPlaying.wait()
    this.#recovery.ask()
  }

  /** Cancels fetches and waits; the current entity stays. */
  halt(): void {
    this.#brake.cancel()
    this.#recovery.halt()
    this.#fetch.stop()
    this.#waitingSinceMs = undefined
    this.#toldOfWait = false
  }

  /** As {@link halt}; the current entity is removed. */
  stop(): void {
    this.#brake.cancel()
    this.#recovery.reset()
    this.#fetch.stop()
    this.#waitingSinceMs = undefined
    this.#toldOfWait = false
  }

  /** Ends playback if `error` means that another device has the stream, or that nobody is signed in. */
  noteLoss(error: AppError): void {
    if (!isAccountLost(error.code)) return
    const { nowPlaying, playQueue, log } = this.#options
    const { session } = playQueue
    this.#beside(async () => {
      const { phase } = nowPlaying.state
      // Several calls may report the same loss. A paused entity does not stream, so it has lost nothing.
      if (playQueue.session !== session || phase === 'idle') return
      if (!isStreamLost(error.code)) return this.end('systemStop')
      if (phase === 'paused') return
      log.warn('Another device has taken the stream over', errorFields(error))
      await this.end('systemStop', 'stream_taken_over')
    })
  }

  /** Plays the entity after the one that is over now, unless another one was started meanwhile. */
  #follow(): void {
    const { nowPlaying } = this.#options
    const { entity } = nowPlaying.state
    this.#beside(async () => {
      const isStillOn = nowPlaying.isOver && nowPlaying.state.entity === entity
      if (isStillOn && nowPlaying.state.phase !== 'paused') await this.advance()
    })
  }

  /** The current entity is about to end by itself. */
  #noteEnd(): void {
    const { nowPlaying, log } = this.#options
    const wasOn = this.#brake.isOn
    this.#brake.over(nowPlaying.ageMs, nowPlaying.state.entity?.durationMs)
    nowPlaying.followsByItself = !this.#brake.isOn
    if (this.#brake.isOn && !wasOn) log.warn('Entries end as soon as they begin: the next ones wait')
  }

  #release(): void {
    this.#brake.release()
    this.#options.nowPlaying.followsByItself = true
  }

  /** Ends playback: entities that end as soon as they begin must not become a loop. */
  async #giveUpStarts(): Promise<void> {
    const { nowPlaying, log } = this.#options
    const error = new AppError(
      'playback/too-short',
      `${mostShort} entries in a row ended as soon as they began`,
    )
    log.error('Playing was given up', errorFields(error))
    nowPlaying.event('error', inWords(error))
    await this.end('error')
    this.#release()
  }

  /** The stream of the current entity could not be recovered. */
  #givenUp(error: AppError): void {
    const { nowPlaying } = this.#options
    this.noteLoss(error)
    if (isAccountLost(error.code)) return
    const isAway = isPassing(error) && !error.code.startsWith('player/')
    if (!isAway) {
      this.#gone(error)
      return
    }
    // Stream and service were both away for long: entities that were fetched before could not be streamed
    // either.
    nowPlaying.event('error', inWords(error))
    this.#beside(() => this.end('networkError'))
  }

  /** The current entity cannot be played, or no further. */
  #gone(error: AppError): void {
    const { nowPlaying } = this.#options
    const { phase } = nowPlaying.state
    this.#noteEnd()
    nowPlaying.over(isStreamProblem(error) ? 'networkError' : 'error')
    nowPlaying.event('error', inWords(error))
    this.#failures++
    if (isPlayerUseless(error)) this.#beside(() => this.end('error'))
    else if (phase !== 'paused') this.#follow()
  }

  #onFetched(signal: AbortSignal): void {
    const { nowPlaying } = this.#options
    this.#beside(async () => {
      if (signal.aborted || !nowPlaying.isOver || nowPlaying.state.phase !== 'buffering') return
      if (nowPlaying.state.upcoming.length > 0) await this.advance()
      else await this.end('trackFinished', 'queue_ended')
    })
  }

  #onFailure(error: unknown): boolean {
    const { nowPlaying, clock, log } = this.#options
    const failure = toAppError(error)
    const goesOn = isPassing(failure)
    this.noteLoss(failure)
    if (isAccountLost(failure.code)) return false
    const waitedMs = this.#waitingSinceMs === undefined ? 0 : clock.monotonicMs() - this.#waitingSinceMs
    log.info('What comes next could not be fetched', { waitedMs, ...errorFields(failure) })
    // While something plays, or entities are left, users need not know.
    if (!nowPlaying.isOver || this.#waitingSinceMs === undefined) return goesOn
    if (!this.#toldOfWait) nowPlaying.event('error', inWords(failure))
    this.#toldOfWait = true
    if (goesOn && waitedMs < longestWaitMs) return true
    this.#beside(async () => {
      if (this.#waitingSinceMs !== undefined) await this.end(goesOn ? 'networkError' : 'error')
    })
    return false
  }

  /** Runs a job whose result nobody waits for. */
  #beside(job: () => Promise<void>): void {
    this.#options.serial.run(job).catch((error: unknown) => {
      this.#options.log.error('Playback met a failure', errorFields(error))
      this.#options.nowPlaying.event('error', inWords(error))
    })
  }
}
