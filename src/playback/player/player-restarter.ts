import { Condition } from '../../lib/async/condition.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { backOffMs } from '../../lib/retry.ts'
import { orAborted } from '../../lib/async/tasks.ts'
import type { OpenPlayer } from './player.ts'
import { PlayerInstance, type ItemEvent } from './player-instance.ts'

export interface PlayerRestarterOptions {
  readonly open: OpenPlayer
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** A player that ran this long counts as healthy: after it ends, the next one starts without delay. */
  readonly provenMs: number
  /** Prepares an instance that has just been opened. @throws AppError: it is of no use */
  readonly prepare: (life: PlayerInstance) => Promise<void>
  /** The instance is ready. */
  readonly onOpen: (life: PlayerInstance) => void
  /** Called for events of the current instance only. */
  readonly onEvent: (life: PlayerInstance, event: ItemEvent) => void
  readonly onOver: (error: AppError) => void
  /** An instance could not be opened; it is tried again. */
  readonly onFailure: (error: AppError) => void
  /** The player is not available; undefined: it runs again. Called once, however often it is tried. */
  readonly onProblem: (error: AppError | undefined) => void
}

/** Runs one instance of a player after the other. Does not know what is played. */
export class PlayerRestarter {
  readonly #options: PlayerRestarterOptions
  readonly #hurry = new Condition()
  readonly #closing = new AbortController()
  #isHurried = false
  #present: PlayerInstance | undefined
  #trouble: AppError | undefined

  constructor(options: PlayerRestarterOptions) {
    this.#options = options
  }

  /** The running instance; undefined: none. */
  get present(): PlayerInstance | undefined {
    return this.#present
  }

  /** Why no instance can be opened, as far as known. */
  get trouble(): AppError | undefined {
    return this.#trouble
  }

  /** Opens the first instance at once, and another one whenever it ends, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const both = AbortSignal.any([signal, this.#closing.signal])
    await this.#liveOn(both).catch((error: unknown) => {
      if (!both.aborted) throw error
    })
  }

  /** A caller waits: opens the next instance at once if none runs. */
  hurry(): void {
    if (this.#present !== undefined) return
    this.#isHurried = true
    this.#hurry.notifyAll()
  }

  /** Ends the current instance; no other follows. */
  async close(): Promise<void> {
    const life = this.#present
    // Its end is then not published.
    this.#present = undefined
    this.#closing.abort()
    await life?.close()
  }

  async #liveOn(signal: AbortSignal): Promise<never> {
    const { clock, random, provenMs } = this.#options
    for (let failures = 0; ; failures++) {
      const life = await this.#open(signal)
      if (life !== undefined) {
        const openedAtMs = clock.monotonicMs()
        await orAborted(life.over(), signal)
        await life.close()
        if (clock.monotonicMs() - openedAtMs >= provenMs) failures = 0
      }
      if (!this.#isHurried) await this.#hurry.waitFor(clock, backOffMs(failures, random), signal)
    }
  }

  async #open(signal: AbortSignal): Promise<PlayerInstance | undefined> {
    const { open, clock, log, prepare, onOpen, onEvent, onOver, onProblem } = this.#options
    let life: PlayerInstance | undefined
    try {
      life = await PlayerInstance.open(
        open,
        clock,
        {
          onEvent: (from, event) => {
            if (from === this.#present) onEvent(from, event)
          },
          onOver: (from, error) => {
            if (from !== this.#present) return
            this.#present = undefined
            log.warn('The player ended; it is started again', errorFields(error))
            onOver(error)
          },
        },
        signal,
      )
      await orAborted(prepare(life), signal)
      if (life.isOver) throw new AppError('player/failed', 'The player ended as soon as it was there')
      log.debug('The player runs')
      this.#present = life
      this.#isHurried = false
      if (this.#trouble !== undefined) {
        this.#trouble = undefined
        onProblem(undefined)
      }
      onOpen(life)
      return life
    } catch (error) {
      await life?.close()
      signal.throwIfAborted()
      this.#failed(toAppError(error))
      return undefined
    }
  }

  #failed(error: AppError): void {
    const { log, onProblem, onFailure } = this.#options
    this.#isHurried = false
    if (error.code === this.#trouble?.code) {
      log.debug('The player still cannot be started', errorFields(error))
      this.#trouble = error
    } else {
      log.error('The player cannot be started; it is tried again and again', errorFields(error))
      this.#trouble = error
      onProblem(error)
    }
    onFailure(error)
  }
}
