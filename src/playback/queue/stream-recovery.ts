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
  /** Runs what changes playback in its turn. */
  readonly beside: (job: () => Promise<void>) => void
  /** The entity cannot be had any more; nothing waits for it now. */
  readonly onGivenUp: (error: AppError) => void
}

/** Fresh addresses of one entity in a row that were no good, after which it is not asked for again. */
const mostTries = 3
/** An entity that played on this far since the last one is not in a loop. */
const progressMs = 5_000
/** Music that comes back by itself after a longer silence would startle. */
const longestWaitMs = 10 * 60_000

/**
 * Brings a stream back whose address has expired, or that broke off: asks the service for the same entity anew and
 * goes on where it stood. Until then the deck stands still; to the service the entity goes on all the time.
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

  /** Whether what is on has no stream now. */
  get isNeeded(): boolean {
    return this.#isNeeded
  }

  /** What is on lost its stream, where it stands now. */
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

  /** Asks now, again and again while the service cannot be reached. */
  ask(): void {
    this.#waitingSinceMs ??= this.#options.clock.monotonicMs()
    this.#asking.start()
  }

  /** Asks no more until {@link ask}. */
  halt(): void {
    this.#waitingSinceMs = undefined
    this.#asking.stop()
  }

  /** It sounds. */
  end(): void {
    this.halt()
    this.#isNeeded = false
  }

  /** Something else takes its place, which has its own tries. */
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
