import { AppError, toAppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { PlayRequest } from './session.ts'
import type { Opened } from './play-queue.ts'
import { inWords, isStreamLost } from '../problems.ts'

/** What to do when another device has the account's stream: `ask` leaves the decision to the user. */
export type TakeOverPolicy = 'ask' | 'auto' | 'never'

export interface TakeOverOptions {
  readonly policy: TakeOverPolicy
  readonly log: Log
  readonly onBusy: (facts: Readonly<Record<string, string>>) => void
}

/** Opens sessions on an account whose stream another device may have (MAX_CONCURRENCY_REACHED). */
export class TakeOver {
  readonly #options: TakeOverOptions
  #refused: PlayRequest | undefined

  constructor(options: TakeOverOptions) {
    this.#options = options
  }

  /** The last request, if it was refused because the account was busy. */
  get refused(): PlayRequest | undefined {
    return this.#refused
  }

  /** Forgets the refused request. */
  forget(): void {
    this.#refused = undefined
  }

  /** @throws AppError `playback/forbidden` when the settings do not allow take-over */
  requireAllowed(): void {
    if (this.#options.policy !== 'never') return
    throw new AppError('playback/forbidden', 'A2M_TAKEOVER is never: streams of other devices are left alone')
  }

  /**
   * Opens a session, and takes the stream over if the user or the policy wants it.
   *
   * @param isAsked the user wants the stream taken over
   * @param request what is wanted; undefined: the last session
   * @param open opens the session, with or without take-over
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
