import type { Clock } from '../base/clock.ts'
import { AppError, toAppError } from '../base/errors.ts'
import { errorFields, type Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import type { StoredFile } from '../base/stored-file.ts'
import { detach } from '../base/tasks.ts'
import type { Entity } from '../music/entity.ts'
import type { MusicApi, PlayParams, TerminationReason } from '../music/music-api.ts'
import { requireAllowed } from './actions.ts'
import { Deck } from './deck.ts'
import type { LastSession } from './kept.ts'
import type { PlayRequest } from './play-request.ts'
import type { PlaybackEvent, PlaybackState } from './playback-state.ts'
import type { Player, PlayerEvent } from './player.ts'
import type { ReportQueue } from './report-queue.ts'
import { firstOf, Session } from './session.ts'
import { mergeUpcoming, windowSize } from './window.ts'

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

/** Failures of the player in a row after which it is not tried again: a bad stream must not become a loop. */
const mostFailures = 3

/**
 * Plays what the service's queue says. The service owns the queue (API_playback_overview): this holds a window of it,
 * obeys each entity's `actions`, and reports start and stop of every entity. All that changes playback runs one after
 * the other, commands and the player's events alike.
 *
 * Every command throws AppError: `playback/*`, `player/failed`, or what the service answered. A command that throws
 * has changed nothing.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #player: Player
  readonly #deck: Deck
  readonly #serial = new Serial()
  #session: Session | undefined
  #failures = 0
  #life = new AbortController().signal

  constructor(options: EngineOptions) {
    const { reports, clock, onChange, onEvent } = options
    this.#options = options
    this.#player = options.makePlayer((event) => {
      this.#beside(this.#serial.run(() => this.#onPlayerEvent(event)))
    })
    this.#deck = new Deck({ player: this.#player, reports, clock, onChange, onEvent })
  }

  get state(): PlaybackState {
    return this.#deck.state
  }

  get playerName(): string {
    return this.#player.name
  }

  /** Sends reports, and goes on from entity to entity, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal
    await this.#player.setVolume(this.state.volume)
    await this.#options.reports.run(signal)
  }

  /** Ends what plays because the agent ends; its stop is reported, now or, saved, in the next life. */
  async close(signal: AbortSignal): Promise<void> {
    await this.#serial.run(async () => {
      this.#deck.reportStop('systemStop')
      await this.#player.close()
    })
    await this.#options.reports.flush(signal)
    this.#options.reports.save()
  }

  /** Create New Session, and play its first entity. */
  play(request: PlayRequest, signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      const { api, log } = this.#options
      const window = await api.createSession(request.play, request.options, windowSize, signal)
      const first = firstOf(window)
      this.#deck.reportStop('userStop')
      this.#adopt(new Session(api, log, window.sessionId, request))
      this.#deck.set({
        context: request.context,
        preset: request.preset,
        shuffle: request.options.shuffle ?? false,
        repeat: request.options.loop === true ? 'all' : 'off',
        played: [],
      })
      await this.#deck.start(first, window.entities.slice(1))
    })
  }

  /** Goes on with what is paused; else restores the last session. Nothing to do while it plays. */
  resume(signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      if (this.state.phase === 'idle') await this.#restore(undefined, signal)
      if (this.state.phase === 'paused') await this.#deck.resume()
    })
  }

  /** Nothing to do when it is paused already. */
  pause(): Promise<void> {
    return this.#serial.run(async () => {
      this.#playing()
      if (this.state.phase !== 'paused') await this.#deck.pause()
    })
  }

  /** Ends playing. The session stays known, for `play` to restore. Nothing to do when nothing plays. */
  stop(reason: TerminationReason = 'userStop'): Promise<void> {
    return this.#serial.run(() => this.#deck.clear(reason))
  }

  /** Event report, then Get Next Tracks; refused in words when the entity's `actions` forbid it. */
  next(signal: AbortSignal): Promise<void> {
    return this.#serial.run(() =>
      this.#skip('next', 'userNext', signal, async ({ entity, session }) => {
        const [next, ...rest] = mergeUpcoming(
          entity,
          this.state.upcoming,
          await this.#nextTracks(session, signal),
        )
        if (next === undefined)
          throw new AppError('playback/end-of-queue', 'This is the last entry of the queue')
        this.#deck.remember(entity)
        await this.#deck.start(next, rest)
      }),
    )
  }

  /** Event report, then Get Previous Tracks. */
  previous(signal: AbortSignal): Promise<void> {
    return this.#serial.run(() =>
      this.#skip('previous', 'userPrev', signal, async ({ entity, session }) => {
        const [previous] = await session.getPreviousTracks(signal)
        if (previous === undefined)
          throw new AppError('playback/end-of-queue', 'This is the first entry of the queue')
        this.#deck.set({ played: this.state.played.slice(0, -1) })
        await this.#deck.start(previous, [entity, ...this.state.upcoming])
      }),
    )
  }

  /** @param to a position, or an offset from the present one, in milliseconds; cut to the entity's length */
  seek(to: { readonly positionMs: number } | { readonly offsetMs: number }): Promise<void> {
    return this.#serial.run(async () => {
      const { entity } = this.#playing()
      const nowMs = this.#player.positionMs()
      const wantedMs = 'positionMs' in to ? to.positionMs : nowMs + to.offsetMs
      const positionMs = Math.min(Math.max(wantedMs, 0), entity.durationMs ?? Infinity)
      requireAllowed(entity, positionMs >= nowMs ? 'scrubForward' : 'scrubBackward')
      await this.#deck.seek(positionMs)
    })
  }

  /** @param percent 0-100 */
  setVolume(percent: number): Promise<void> {
    return this.#serial.run(async () => {
      await this.#player.setVolume(percent)
      this.#deck.set({ volume: percent })
    })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#serial.run(async () => {
      await this.#player.setMuted(muted)
      this.#deck.set({ muted })
    })
  }

  /** Set Playback Mode to Shuffle. */
  setShuffle(on: boolean, signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      const { entity, session } = this.#playing()
      requireAllowed(entity, 'shuffle')
      await session.change((id) => this.#options.api.setShuffle(id, on, signal), signal)
      this.#deck.set({ shuffle: on, sessionId: session.id })
      await this.#refresh(session, signal)
    })
  }

  /** Set Playback Mode to Loop. What LOOP_ON repeats is the service's business. */
  setRepeat(repeat: 'off' | 'all', signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      const { entity, session } = this.#playing()
      requireAllowed(entity, 'loopAll')
      await session.change((id) => this.#options.api.setLoop(id, repeat === 'all', signal), signal)
      this.#deck.set({ repeat, sessionId: session.id })
      await this.#refresh(session, signal)
    })
  }

  /** Queue Next Track or Queue Last Track; there must be a queue. */
  enqueue(play: PlayParams, where: 'next' | 'last', signal: AbortSignal): Promise<void> {
    return this.#serial.run(async () => {
      const { session } = this.#playing()
      const { api } = this.#options
      const add = (id: string): Promise<void> =>
        where === 'next' ? api.queueNext(id, play, signal) : api.queueLast(id, play, signal)
      await session.change(add, signal)
      await this.#refresh(session, signal)
    })
  }

  /** Restore Playback Session: the one named, else the last one known. */
  restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#serial.run(() => this.#restore(sessionId, signal))
  }

  async #restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    const { api, log, lastSession } = this.#options
    const present = this.#session
    const last = lastSession.value
    const id = sessionId ?? present?.id ?? last?.sessionId
    if (id === undefined) throw new AppError('playback/nothing', 'There is no session to go on with')
    const window = await api.restoreSession(id, signal)
    const first = firstOf(window)
    const request = id === present?.id ? present.request : undefined
    this.#deck.reportStop('userStop')
    this.#adopt(new Session(api, log, window.sessionId, request))
    this.#deck.set({
      context: request?.context ?? (id === last?.sessionId ? last.context : undefined),
      preset: request?.preset,
      played: [],
    })
    await this.#deck.start(first, window.entities.slice(1))
  }

  async #skip(
    action: 'next' | 'previous',
    reason: 'userNext' | 'userPrev',
    signal: AbortSignal,
    go: (playing: { readonly entity: Entity; readonly session: Session }) => Promise<void>,
  ): Promise<void> {
    const playing = this.#playing()
    try {
      requireAllowed(playing.entity, action)
    } catch (error) {
      const { message, facts } = toAppError(error)
      this.#deck.event('skip_refused', { message, ...facts })
      throw error
    }
    const ran = this.#deck.reportStop(reason)
    // The service counts skips by these reports, so it must know before it is asked for more.
    await this.#options.reports.flush(signal)
    try {
      await go(playing)
    } catch (error) {
      if (ran && this.state.entity === playing.entity) this.#deck.reportResumed()
      this.#noteTakeOver(error)
      throw error
    }
  }

  /** What the service says comes next; nothing new when it cannot be reached but has already handed entities out. */
  async #nextTracks(session: Session, signal: AbortSignal): Promise<readonly Entity[]> {
    try {
      return await session.getNextTracks(signal)
    } catch (error) {
      if (!toAppError(error).retryable || this.state.upcoming.length === 0) throw error
      return []
    }
  }

  async #onPlayerEvent(event: PlayerEvent): Promise<void> {
    const { entity } = this.state
    // A late event of an item that was replaced meanwhile.
    if (entity === undefined || event.referenceId !== entity.referenceId) return
    switch (event.type) {
      case 'started':
        this.#failures = 0
        this.#deck.started()
        this.#topUp()
        return
      case 'ended':
        this.#deck.reportStop('trackFinished')
        await this.#advance(entity)
        return
      case 'failed':
        this.#deck.reportStop('error')
        this.#options.log.warn('The player could not play an entry', {
          entity: entity.id,
          ...errorFields(event.error),
        })
        this.#deck.event('error', { code: event.error.code, message: event.error.message })
        if (++this.#failures >= mostFailures) await this.#deck.clear('error')
        else await this.#advance(entity)
        return
    }
  }

  /** Goes on by itself after `entity`. */
  async #advance(entity: Entity): Promise<void> {
    let { upcoming } = this.state
    if (upcoming.length === 0 && this.#session !== undefined) {
      try {
        upcoming = mergeUpcoming(entity, [], await this.#session.getNextTracks(this.#life))
      } catch (error) {
        this.#noteTakeOver(error)
        await this.#deck.clear('networkError')
        throw error
      }
    }
    this.#deck.remember(entity)
    const [next, ...rest] = upcoming
    if (next !== undefined) {
      await this.#deck.start(next, rest)
    } else {
      this.#deck.event('queue_ended')
      await this.#deck.clear('trackFinished')
    }
  }

  /** Fetches what comes next, beside all else, so that the end of an entity needs no network. */
  #topUp(): void {
    const session = this.#session
    const { entity, upcoming } = this.state
    if (session === undefined || upcoming.length > 1) return
    const fetch = async (): Promise<void> => {
      await this.#options.reports.flush(this.#life)
      const answer = await session.getNextTracks(this.#life)
      // Something else may play by now; then its own top-up is under way.
      if (this.#session === session && this.state.entity?.referenceId === entity?.referenceId) {
        this.#deck.set({
          upcoming: mergeUpcoming(entity, this.state.upcoming, answer),
          sessionId: session.id,
        })
      }
    }
    this.#beside(fetch())
  }

  /** After a change of the queue: what was known of it is void. */
  async #refresh(session: Session, signal: AbortSignal): Promise<void> {
    let upcoming: readonly Entity[] = []
    try {
      upcoming = mergeUpcoming(this.state.entity, [], await session.getNextTracks(signal))
    } catch (error) {
      // The change itself is done; the next top-up brings its consequences.
      this.#options.log.info('The queue could not be read after a change', errorFields(error))
    }
    this.#deck.set({ upcoming })
  }

  /** @throws AppError `playback/nothing` */
  #playing(): { readonly entity: Entity; readonly session: Session } {
    const { entity } = this.state
    if (entity === undefined || this.#session === undefined) {
      throw new AppError('playback/nothing', 'Nothing is playing')
    }
    return { entity, session: this.#session }
  }

  /** Another device took the account's stream: stop, and say so. */
  #noteTakeOver(error: unknown): void {
    if (toAppError(error).code !== 'music/max-concurrency' || this.state.phase === 'idle') return
    this.#deck.event('stream_taken_over')
    this.#beside(this.stop('systemStop'))
  }

  #adopt(session: Session): void {
    this.#session = session
    this.#deck.set({ sessionId: session.id })
    try {
      this.#options.lastSession.save({ sessionId: session.id, context: session.request?.context })
    } catch (error) {
      this.#options.log.warn(
        'The session could not be saved: it is forgotten at a restart',
        errorFields(error),
      )
    }
  }

  /** For what nobody waits for: a failure is told as an event. */
  #beside(job: Promise<void>): void {
    detach(job, this.#life, (error) => {
      this.#options.log.warn('Playback met a failure', errorFields(error))
      const { code, message } = toAppError(error)
      this.#deck.event('error', { code, message })
      this.#noteTakeOver(error)
    })
  }
}
