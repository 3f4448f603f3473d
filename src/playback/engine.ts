import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'
import { errorFields, type Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import type { StoredFile } from '../base/stored-file.ts'
import type { Entity } from '../music/entity.ts'
import type { MusicApi, PlayParams, TerminationReason } from '../music/music-api.ts'
import { requireAllowed } from './actions.ts'
import { Deck } from './deck.ts'
import type { LastSession } from './kept.ts'
import type { PlayRequest } from './play-request.ts'
import type { PlaybackEvent, PlaybackState } from './playback-state.ts'
import type { Player, PlayerEvent } from './player.ts'
import { Program, type Opened } from './program.ts'
import type { ReportQueue } from './report-queue.ts'
import { firstOf, type Session } from './session.ts'
import { skipTo, type Skip } from './skip.ts'
import { Succession } from './succession.ts'

export interface EngineOptions {
  readonly api: MusicApi
  readonly makePlayer: (onEvent: (event: PlayerEvent) => void) => Player
  readonly reports: ReportQueue
  readonly lastSession: StoredFile<LastSession>
  readonly clock: Clock
  readonly log: Log
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
}

/**
 * Plays what the service's queue says. The service owns the queue (API_playback_overview): this holds a window of it,
 * obeys each entity's `actions`, and reports start and stop of every entity. All that changes playback runs one after
 * the other, commands and what follows from the player's events alike.
 *
 * Every command throws AppError: `playback/*`, `player/failed`, or what the service answered. A command that throws
 * has changed nothing, but for two ends that are not its own doing: the player cannot play (nothing plays then), and
 * the account is lost, to another device's stream or by signing out.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #player: Player
  readonly #deck: Deck
  readonly #program: Program
  readonly #succession: Succession
  readonly #serial = new Serial()

  constructor(options: EngineOptions) {
    const { api, reports, lastSession, clock, log, onChange, onEvent } = options
    this.#options = options
    this.#player = options.makePlayer((event) => this.#succession.onPlayerEvent(event))
    this.#deck = new Deck({ player: this.#player, reports, clock, onChange, onEvent })
    this.#program = new Program({ api, deck: this.#deck, reports, lastSession, log })
    const [deck, program, serial] = [this.#deck, this.#program, this.#serial]
    this.#succession = new Succession({ deck, program, serial, clock, log })
    reports.onStreamRefused = (error) => this.#succession.noteLoss(error)
  }

  get state(): PlaybackState {
    return this.#deck.state
  }

  get playerName(): string {
    return this.#player.name
  }

  /** Sends reports until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#player.setVolume(this.state.volume)
    } catch (error) {
      this.#options.log.warn('The player did not take its volume', errorFields(error))
    }
    await this.#options.reports.run(signal)
    this.#succession.stop()
  }

  /** Ends what plays because the agent ends; its stop is reported, now or, saved, in the next life. */
  async close(signal: AbortSignal): Promise<void> {
    await this.#serial.run(async () => {
      await this.#succession.end('systemStop')
      await this.#player.close()
    })
    await this.#options.reports.flush(signal)
    this.#options.reports.save()
  }

  /** Create New Session, and play its first entity. */
  play(request: PlayRequest, signal: AbortSignal): Promise<void> {
    return this.#command(async () => this.#open(await this.#program.create(request, signal)))
  }

  /** Goes on with what is paused; else restores the last session. Nothing to do while it plays. */
  resume(signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      if (this.state.phase === 'idle') return this.#restore(undefined, signal)
      if (this.state.phase !== 'paused') return
      if (!this.#deck.isOver) await this.#deck.resume()
      else await this.#succession.goOn()
    })
  }

  /** Nothing to do when it is paused already. */
  pause(): Promise<void> {
    return this.#command(async () => {
      this.#playing()
      if (this.state.phase === 'paused') return
      await this.#deck.pause()
      this.#succession.stop()
    })
  }

  /** Ends playing. The session stays known, for `play` to restore. Nothing to do when nothing plays. */
  stop(reason: TerminationReason = 'userStop'): Promise<void> {
    return this.#command(async () => {
      await this.#deck.clear(reason)
      this.#succession.stop()
    })
  }

  /** Event report, then Get Next Tracks; refused in words when the entity's `actions` forbid it. */
  next(signal: AbortSignal): Promise<void> {
    return this.#skip('next', signal)
  }

  /** Event report, then Get Previous Tracks. */
  previous(signal: AbortSignal): Promise<void> {
    return this.#skip('previous', signal)
  }

  /** @param to a position, or an offset from the present one, in milliseconds; cut to the entity's length */
  seek(to: { readonly positionMs: number } | { readonly offsetMs: number }): Promise<void> {
    return this.#command(async () => {
      const { entity } = this.#playing()
      if (this.#deck.isOver) throw new AppError('playback/nothing', 'What played is over')
      const nowMs = this.#player.positionMs()
      const wantedMs = 'positionMs' in to ? to.positionMs : nowMs + to.offsetMs
      const positionMs = Math.min(Math.max(wantedMs, 0), entity.durationMs ?? Infinity)
      requireAllowed(entity, positionMs >= nowMs ? 'scrubForward' : 'scrubBackward')
      await this.#deck.seek(positionMs)
    })
  }

  /** @param percent 0-100 */
  setVolume(percent: number): Promise<void> {
    return this.#command(async () => {
      await this.#player.setVolume(percent)
      this.#deck.set({ volume: percent })
    })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#command(async () => {
      await this.#player.setMuted(muted)
      this.#deck.set({ muted })
    })
  }

  /** Set Playback Mode to Shuffle. */
  setShuffle(on: boolean, signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      const { entity, session } = this.#playing()
      requireAllowed(entity, 'shuffle')
      await this.#program.change(session, (id) => this.#options.api.setShuffle(id, on, signal), signal)
      session.setModes({ shuffle: on })
      this.#deck.set({ shuffle: on })
      await this.#succession.queueChanged(false, signal)
    })
  }

  /** Set Playback Mode to Loop. What LOOP_ON repeats is the service's business. */
  setRepeat(repeat: 'off' | 'all', signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      const { entity, session } = this.#playing()
      const loop = repeat === 'all'
      requireAllowed(entity, 'loopAll')
      await this.#program.change(session, (id) => this.#options.api.setLoop(id, loop, signal), signal)
      session.setModes({ loop })
      this.#deck.set({ repeat })
      await this.#succession.queueChanged(loop, signal)
    })
  }

  /** Queue Next Track or Queue Last Track; there must be a queue. */
  enqueue(play: PlayParams, where: 'next' | 'last', signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      const { session } = this.#playing()
      const { api } = this.#options
      const add = (id: string): Promise<void> =>
        where === 'next' ? api.queueNext(id, play, signal) : api.queueLast(id, play, signal)
      await this.#program.change(session, add, signal)
      await this.#succession.queueChanged(true, signal)
    })
  }

  /** Restore Playback Session: the one named, else the last one known. */
  restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#command(() => this.#restore(sessionId, signal))
  }

  async #restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    await this.#open(await this.#program.restore(sessionId, signal))
  }

  /** Plays `window` from its first entity. */
  async #open({ window, request }: Opened): Promise<void> {
    const [first, ...upcoming] = [firstOf(window), ...window.entities.slice(1)]
    this.#deck.reportStop('userStop')
    this.#program.adopt(window.sessionId, request)
    await this.#succession.begin(first, {
      upcoming,
      played: [],
      context: request?.context,
      preset: request?.preset,
      shuffle: request?.options.shuffle ?? false,
      repeat: request?.options.loop === true ? 'all' : 'off',
    })
  }

  #skip(direction: 'next' | 'previous', signal: AbortSignal): Promise<void> {
    return this.#command(async () => {
      const { entity, session } = this.#playing()
      const [deck, program] = [this.#deck, this.#program]
      const skip: Skip = { direction, entity, session, deck, program, signal }
      const { to, change } = await skipTo(skip)
      await this.#succession.begin(to, change)
    })
  }

  /** @throws AppError `playback/nothing` */
  #playing(): { readonly entity: Entity; readonly session: Session } {
    const { entity } = this.state
    const { session } = this.#program
    if (entity === undefined || session === undefined) {
      throw new AppError('playback/nothing', 'Nothing is playing')
    }
    return { entity, session }
  }

  #command(job: () => Promise<void>): Promise<void> {
    return this.#serial.run(async () => {
      try {
        await job()
      } catch (error) {
        this.#succession.noteLoss(toAppError(error))
        throw error
      }
    })
  }
}
