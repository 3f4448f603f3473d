import type { Clock } from '../../lib/clock.ts'
import { toAppError, type AppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { NowPlaying } from '../now-playing.ts'
import type { PlayQueue } from './play-queue.ts'
import { RetryingFetch } from './retrying-fetch.ts'
import { isPassing, isStreamProblem } from '../problems.ts'

export interface StreamRecoveryOptions {
  readonly nowPlaying: NowPlaying
  readonly playQueue: PlayQueue
  readonly clock: Clock
  readonly log: Log
  /** Runs a job that changes playback, after the jobs queued before it. */
  readonly beside: (job: () => Promise<void>) => void
  /** The stream cannot be recovered; recovery has ended. */
  readonly onGivenUp: (error: AppError) => void
}

/** Fresh URLs of one entity that failed in a row, after which recovery ends. */
const mostTries = 3
/** An entity that played this far since the last failure is not in a loop. */
const progressMs = 5_000
/** After a longer silence, music that resumes by itself would startle. */
const longestWaitMs = 10 * 60_000

/**
 * Recovers a stream that broke off or whose URL has expired: fetches the same entity again and resumes at its
 * position. Until then there is no sound, but for the service the entity keeps playing.
 */
export class StreamRecovery {
  readonly #options: StreamRecoveryOptions
  readonly #asking: RetryingFetch
  #tries = 0
  #lastPositionMs = 0
  #waitingSinceMs: number | undefined
  #isNeeded = false

  constructor(options: StreamRecoveryOptions) {
    this.#options = options
    this.#asking = new RetryingFetch({
      clock: options.clock,
      fetch: (signal) => options.playQueue.renew(signal),
      onFetched: (signal) => options.beside(() => this.#reload(signal)),
      onFailure: (error) => this.#goesOnAsking(toAppError(error)),
    })
  }

  /** Whether the current entity has no stream now. */
  get isNeeded(): boolean {
    return this.#isNeeded
  }

  /** The current entity lost its stream, at the current position. */
  begin(error: AppError): void {
    const { nowPlaying, log } = this.#options
    const positionMs = nowPlaying.positionMs()
    if (Math.abs(positionMs - this.#lastPositionMs) > progressMs) this.#tries = 0
    this.#lastPositionMs = positionMs
    this.#isNeeded = true
    nowPlaying.stall()
    log.info('The stream broke off: asking for it anew', { tries: this.#tries, ...errorFields(error) })
    this.#tries++
    if (this.#tries > mostTries) this.#giveUp(error)
    else this.ask()
  }

  /** Fetches now, and retries while the service cannot be reached. */
  ask(): void {
    this.#waitingSinceMs ??= this.#options.clock.monotonicMs()
    this.#asking.start()
  }

  /** Stops fetching until {@link ask}. */
  halt(): void {
    this.#waitingSinceMs = undefined
    this.#asking.stop()
  }

  /** The entity sounds: recovery is done. */
  end(): void {
    this.halt()
    this.#isNeeded = false
  }

  /** Another entity takes its place, with tries of its own. */
  reset(): void {
    this.end()
    this.#tries = 0
    this.#lastPositionMs = 0
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const { nowPlaying } = this.#options
    const { entity } = nowPlaying.state
    if (signal.aborted || entity === undefined || nowPlaying.isOver) return
    try {
      await nowPlaying.reload(entity)
    } catch (error) {
      const failure = toAppError(error)
      if (isStreamProblem(failure)) this.begin(failure)
      else this.#giveUp(failure)
    }
  }

  #goesOnAsking(error: AppError): boolean {
    const { clock } = this.#options
    const waitedMs = clock.monotonicMs() - (this.#waitingSinceMs ?? clock.monotonicMs())
    if (isPassing(error) && waitedMs < longestWaitMs) return true
    this.#giveUp(error)
    return false
  }

  #giveUp(error: AppError): void {
    this.reset()
    this.#options.onGivenUp(error)
  }
}
