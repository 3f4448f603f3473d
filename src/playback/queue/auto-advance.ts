import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { Serial } from '../../lib/async/serial.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { TerminationReason } from '../../amazon-music/api.ts'
import { isLimited } from '../capabilities.ts'
import type { Deck, StartOptions } from '../now-playing.ts'
import type { PlaybackEventType, PlaybackState } from '../playback-state.ts'
import type { Program } from './play-queue.ts'
import { Renewal } from './stream-recovery.ts'
import { mostShort, StartBrake } from './start-brake.ts'
import type { SoundEvent } from '../player/supervised-player.ts'
import { Supply } from './retrying-fetch.ts'
import {
  inWords,
  isAccountLost,
  isPassing,
  isPlayerUseless,
  isStreamLost,
  isStreamTrouble,
} from '../problems.ts'

export interface SuccessionOptions {
  readonly deck: Deck
  readonly program: Program
  readonly serial: Serial
  readonly clock: Clock
  readonly log: Log
}

/** Failures of the player in a row after which it is not tried again: a bad stream must not become a loop. */
const mostFailures = 3
/** Music that comes back by itself after a longer silence would startle. */
const longestWaitMs = 10 * 60_000

/**
 * What happens by itself: one entity after the other, as long as the service has some and the player plays them.
 * When the service cannot be reached, what it has handed out plays on, and then this waits for it some minutes.
 */
export class Succession {
  readonly #options: SuccessionOptions
  readonly #supply: Supply
  readonly #renewal: Renewal
  readonly #brake: StartBrake
  #failures = 0
  /** Since when nothing sounds for want of an entity; undefined while one is on. */
  #waitingSinceMs: number | undefined
  #toldOfWait = false

  constructor(options: SuccessionOptions) {
    this.#options = options
    const { deck, program, clock, log } = options
    const beside = (job: () => Promise<void>): void => this.#beside(job)
    const onGivenUp = (error: AppError): void => this.#givenUp(error)
    this.#renewal = new Renewal({ deck, program, clock, log, beside, onGivenUp })
    this.#brake = new StartBrake({ clock, onRested: () => this.#follow() })
    this.#supply = new Supply({
      clock,
      fetch: (signal) => program.fetch(signal),
      onFetched: (signal) => this.#onFetched(signal),
      onFailure: (error) => this.#onFailure(error),
    })
  }

  /** Takes the player's word. Reports are made at once, with the time of the event; what follows waits its turn. */
  onSound(event: SoundEvent): void {
    const { deck, log } = this.#options
    // A late event of an item that was replaced meanwhile.
    if (!deck.isOn(event.id) || deck.isOver) return
    switch (event.type) {
      case 'started':
        this.#renewal.end()
        deck.heard()
        if (deck.state.upcoming.length <= 1) this.#supply.start()
        return
      case 'buffering':
        deck.stall()
        return
      case 'rebuffered':
        deck.goOn()
        return
      case 'ended': {
        this.#failures = 0
        this.#renewal.reset()
        this.#noteEnd()
        const goesOn = deck.over('trackFinished')
        if (!goesOn) this.#follow()
        else if (deck.state.entity !== undefined && isLimited(deck.state.entity)) this.#supply.start()
        return
      }
      case 'failed':
        log.warn('The player could not play an entry', {
          entity: deck.state.entity?.id,
          ...errorFields(event.error),
        })
        if (isStreamTrouble(event.error)) this.#renewal.begin(event.error)
        else this.#gone(event.error)
        return
    }
  }

  /**
   * Plays `entity` at somebody's wish.
   *
   * @throws AppError `player/*`: nothing plays then
   */
  async begin(entity: Entity, change: Partial<PlaybackState>, options: StartOptions = {}): Promise<void> {
    this.#failures = 0
    this.stop()
    this.#release()
    try {
      await this.#options.deck.start(entity, change, options)
    } catch (error) {
      await this.end('error')
      throw error
    }
  }

  /** As {@link goOn}, at somebody's wish. */
  goOnAsked(): Promise<void> {
    this.#release()
    return this.goOn()
  }

  /** Plays what comes after the entity that is over, as soon as it is known. */
  async goOn(): Promise<void> {
    const { deck, clock, log } = this.#options
    for (;;) {
      const { entity, upcoming } = deck.state
      const [next, ...rest] = upcoming
      if (this.#failures >= mostFailures) return this.end('error')
      if (this.#brake.isHopeless) return this.#giveUpStarts()
      this.#renewal.reset()
      if (next === undefined || entity === undefined) break
      if (!this.#brake.mayStart()) {
        deck.wait()
        return
      }
      this.#waitingSinceMs = undefined
      this.#toldOfWait = false
      try {
        await deck.start(next, { upcoming: rest, played: deck.historyWith(entity) })
        // Where skips are counted, what is allowed for the next one should be no older than this one.
        if (isLimited(next)) this.#supply.start()
        return
      } catch (error) {
        log.warn('The player did not take an entry', { entity: next.id, ...errorFields(error) })
        const failure = toAppError(error)
        if (isStreamTrouble(failure)) {
          this.#renewal.begin(failure)
          return
        }
        deck.event('error', inWords(failure))
        if (isPlayerUseless(failure)) return this.end('error')
        this.#failures++
      }
    }
    deck.wait()
    this.#waitingSinceMs ??= clock.monotonicMs()
    this.#supply.start()
  }

  /** The queue was changed: reads it again, now or, when that fails, as soon as it can be read. */
  async queueChanged(isLonger: boolean, signal: AbortSignal): Promise<void> {
    const { deck, program, log } = this.#options
    // An answer on its way may be from before.
    this.#supply.stop()
    try {
      await program.changed(isLonger, signal)
      if (deck.isOver && deck.state.phase === 'buffering') await this.goOn()
    } catch (error) {
      this.noteLoss(toAppError(error))
      log.info('The queue could not be read after a change', errorFields(error))
      this.#supply.start()
    }
  }

  /** Takes off what plays, whatever the player says to it. */
  async end(reason: TerminationReason, because?: PlaybackEventType): Promise<void> {
    this.stop()
    await this.#options.deck.drop(reason, because)
  }

  /** What is on has lost its stream, and cannot sound without a fresh one. */
  get needsStream(): boolean {
    return this.#renewal.isNeeded
  }

  /** Asks for the stream of what is on, and goes on with it. */
  mend(): void {
    this.#options.deck.wait()
    this.#renewal.ask()
  }

  /** Fetches nothing more, and waits no longer; what is on stays. */
  halt(): void {
    this.#brake.cancel()
    this.#renewal.halt()
    this.#supply.stop()
    this.#waitingSinceMs = undefined
    this.#toldOfWait = false
  }

  /** As {@link halt}; what was on goes off. */
  stop(): void {
    this.#brake.cancel()
    this.#renewal.reset()
    this.#supply.stop()
    this.#waitingSinceMs = undefined
    this.#toldOfWait = false
  }

  /** Ends what plays when `error` says that the stream went to another device, or that nobody is signed in. */
  noteLoss(error: AppError): void {
    if (!isAccountLost(error.code)) return
    const { deck, program, log } = this.#options
    const { session } = program
    this.#beside(async () => {
      const { phase } = deck.state
      // Several calls may bring the news; what is paused does not stream, so it has not lost anything.
      if (program.session !== session || phase === 'idle') return
      if (!isStreamLost(error.code)) return this.end('systemStop')
      if (phase === 'paused') return
      log.warn('Another device has taken the stream over', errorFields(error))
      await this.end('systemStop', 'stream_taken_over')
    })
  }

  /** Goes on with what comes after the entity that is over now, unless something else was begun meanwhile. */
  #follow(): void {
    const { deck } = this.#options
    const { entity } = deck.state
    this.#beside(async () => {
      const isStillOn = deck.isOver && deck.state.entity === entity
      if (isStillOn && deck.state.phase !== 'paused') await this.goOn()
    })
  }

  /** What is on is about to be over by itself. */
  #noteEnd(): void {
    const { deck, log } = this.#options
    const wasOn = this.#brake.isOn
    this.#brake.over(deck.ageMs, deck.state.entity?.durationMs)
    deck.followsByItself = !this.#brake.isOn
    if (this.#brake.isOn && !wasOn) log.warn('Entries end as soon as they begin: the next ones wait')
  }

  #release(): void {
    this.#brake.release()
    this.#options.deck.followsByItself = true
  }

  /** Entries that end as soon as they begin must not become a loop. */
  async #giveUpStarts(): Promise<void> {
    const { deck, log } = this.#options
    const error = new AppError(
      'playback/too-short',
      `${mostShort} entries in a row ended as soon as they began`,
    )
    log.error('Playing was given up', errorFields(error))
    deck.event('error', inWords(error))
    await this.end('error')
    this.#release()
  }

  /** The stream of what is on could not be had again. */
  #givenUp(error: AppError): void {
    const { deck } = this.#options
    this.noteLoss(error)
    if (isAccountLost(error.code)) return
    const isAway = isPassing(error) && !error.code.startsWith('player/')
    if (!isAway) {
      this.#gone(error)
      return
    }
    // Neither stream nor service for so long: what was handed out could not be fetched either.
    deck.event('error', inWords(error))
    this.#beside(() => this.end('networkError'))
  }

  /** What is on cannot be played, or no further. */
  #gone(error: AppError): void {
    const { deck } = this.#options
    const { phase } = deck.state
    this.#noteEnd()
    deck.over(isStreamTrouble(error) ? 'networkError' : 'error')
    deck.event('error', inWords(error))
    this.#failures++
    if (isPlayerUseless(error)) this.#beside(() => this.end('error'))
    else if (phase !== 'paused') this.#follow()
  }

  #onFetched(signal: AbortSignal): void {
    const { deck } = this.#options
    this.#beside(async () => {
      if (signal.aborted || !deck.isOver || deck.state.phase !== 'buffering') return
      if (deck.state.upcoming.length > 0) await this.goOn()
      else await this.end('trackFinished', 'queue_ended')
    })
  }

  #onFailure(error: unknown): boolean {
    const { deck, clock, log } = this.#options
    const failure = toAppError(error)
    const goesOn = isPassing(failure)
    this.noteLoss(failure)
    if (isAccountLost(failure.code)) return false
    const waitedMs = this.#waitingSinceMs === undefined ? 0 : clock.monotonicMs() - this.#waitingSinceMs
    log.info('What comes next could not be fetched', { waitedMs, ...errorFields(failure) })
    // While something plays, or there is more at hand, nobody is bothered.
    if (!deck.isOver || this.#waitingSinceMs === undefined) return goesOn
    if (!this.#toldOfWait) deck.event('error', inWords(failure))
    this.#toldOfWait = true
    if (goesOn && waitedMs < longestWaitMs) return true
    this.#beside(async () => {
      if (this.#waitingSinceMs !== undefined) await this.end(goesOn ? 'networkError' : 'error')
    })
    return false
  }

  /** For what nobody waits for. */
  #beside(job: () => Promise<void>): void {
    this.#options.serial.run(job).catch((error: unknown) => {
      this.#options.log.error('Playback met a failure', errorFields(error))
      this.#options.deck.event('error', inWords(error))
    })
  }
}
