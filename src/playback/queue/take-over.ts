import { AppError, toAppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { PlayRequest } from './session.ts'
import type { Opened } from './play-queue.ts'
import { inWords, isStreamLost } from '../problems.ts'

/** What to do when another device has the account's stream: `ask` leaves it to who wants to hear something. */
export type TakeOverPolicy = 'ask' | 'auto' | 'never'

export interface TakeOverOptions {
  readonly policy: TakeOverPolicy
  readonly log: Log
  readonly onBusy: (facts: Readonly<Record<string, string>>) => void
}

/** Opens sessions on an account whose stream another device may have (amazon-music: MAX_CONCURRENCY_REACHED). */
export class TakeOver {
  readonly #options: TakeOverOptions
  #refused: PlayRequest | undefined

  constructor(options: TakeOverOptions) {
    this.#options = options
  }

  /** What could not be played because the account was busy, as the last wish there was. */
  get refused(): PlayRequest | undefined {
    return this.#refused
  }

  /** What was refused is no longer wanted. */
  forget(): void {
    this.#refused = undefined
  }

  /** @throws AppError `playback/forbidden` when the settings do not allow to take a stream over */
  requireAllowed(): void {
    if (this.#options.policy !== 'never') return
    throw new AppError('playback/forbidden', 'A2M_TAKEOVER is never: streams of other devices are left alone')
  }

  /**
   * @param isAsked somebody wants the stream taken over
   * @param request what is wanted, when it is not the last session
   * @param open opens the session, taking the stream over or not
   * @throws AppError `playback/forbidden` when the settings do not allow it, else what `open` throws
   */
  async open(
    isAsked: boolean,
    request: PlayRequest | undefined,
    open: (takeOver: boolean) => Promise<Opened>,
  ): Promise<Opened> {
    const { policy, log, onBusy } = this.#options
    if (isAsked) this.requireAllowed()
    try {
      const opened = await open(isAsked)
      this.#refused = undefined
      return opened
    } catch (error) {
      const failure = toAppError(error)
      if (!isStreamLost(failure.code) || isAsked || policy === 'never') throw error
      if (policy === 'auto') {
        log.info('Another device has the stream of the account: taking it over')
        return open(true)
      }
      this.#refused = request
      onBusy(inWords(failure))
      throw error
    }
  }
}
