import type { Clock } from '../lib/clock.ts'
import { AppError, toAppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { Liveness } from '../lib/liveness.ts'
import { Serial } from '../lib/async/serial.ts'
import type { StoredFile } from '../lib/storage/stored-file.ts'
import { runTogether } from '../lib/async/tasks.ts'
import type { Entity } from '../amazon-music/entity.ts'
import type { MusicApi, PlayParams, TerminationReason } from '../amazon-music/api.ts'
import { requireAllowed } from './capabilities.ts'
import { ResumeStore } from './resume/resume-store.ts'
import { NowPlaying, type StartOptions } from './now-playing.ts'
import type { LastMoment, LastSession } from './resume/stored-forms.ts'
import { VolumeControl, type VolumeControlOptions } from './player/volume.ts'
import type { PlaybackEvent, PlaybackState } from './playback-state.ts'
import type { OpenPlayer } from './player/player.ts'
import { PlayQueue, type Opened } from './queue/play-queue.ts'
import type { ReportQueue } from './reports/report-queue.ts'
import type { ResumePolicy } from './resume/resume.ts'
import { firstOf, type PlayRequest, type Session } from './queue/session.ts'
import { skipTo, type Skip } from './queue/skip.ts'
import { AutoAdvance } from './queue/auto-advance.ts'
import { SupervisedPlayer, type SoundEvent } from './player/supervised-player.ts'
import { TakeOver, type TakeOverPolicy } from './queue/take-over.ts'

export interface EngineOptions {
  readonly api: MusicApi
  readonly player: { readonly name: string; readonly open: OpenPlayer }
  readonly reports: ReportQueue
  readonly lastSession: StoredFile<LastSession>
  readonly lastMoment: StoredFile<LastMoment>
  readonly volumeControl: Pick<VolumeControlOptions, 'volumeLimit' | 'night' | 'fadeInMs' | 'fadeOutMs'>
  readonly takeOver: TakeOverPolicy
  readonly resume: ResumePolicy
  /** Whether it is quiet hours: then playback does not start by itself. */
  readonly isQuiet: () => boolean
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
  /** The player is not available; undefined: it runs again. */
  readonly onPlayerProblem: (error: AppError | undefined) => void
  /** Checks that jobs that change playback do not hang. */
  readonly liveness?: Liveness
}

/**
 * Upper limit for one job. A job sends at most a dozen requests, each within five minutes
 * (amazon-music/caller.ts), mostly within seconds; before that it may wait for a thousand reports, sent one
 * by one, three seconds each.
 */
const longestJobMs = 3_600_000

/**
 * Plays the service's queue. The service owns the queue (API playback): the engine holds a window of it,
 * obeys each entity's `actions`, and reports start and stop of every entity. All changes of playback run one
 * after the other, both commands and reactions to player events.
 *
 * Every command throws AppError: `playback/*`, `player/*`, or the service's error. A command that throws has
 * changed nothing, with two exceptions that it did not cause: the player cannot play (then nothing plays),
 * and the account is lost, to another device's stream or by signing out.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly volumeControl: VolumeControl
  readonly #player: SupervisedPlayer
  readonly #nowPlaying: NowPlaying
  readonly #playQueue: PlayQueue
  readonly #autoAdvance: AutoAdvance
  readonly #takeOver: TakeOver
  readonly #resumeStore: ResumeStore
  readonly #serial: Serial
  /** Aborts work in the background. */
  readonly #life = new AbortController()
  /** Aborts commands of an account that is gone. */
  #account = new AbortController()
  /** Id of the playing that a user asked for last; not of one that started by itself. */
  #wished: string | undefined

  constructor(options: EngineOptions) {
    const { api, reports, lastSession, lastMoment, clock, random, log, onEvent } = options
    const { liveness = new Liveness() } = options
    this.#options = options
    const heartbeat = liveness.join('playback')
    heartbeat.idle()
    this.#serial = new Serial((job) => heartbeat.busy(longestJobMs, job))
    this.#player = new SupervisedPlayer({
      ...options.player,
      clock,
      random,
      log,
      onEvent: (event) => this.#onSound(event),
      onProblem: options.onPlayerProblem,
    })
    this.volumeControl = new VolumeControl({
      ...options.volumeControl,
      apply: (percent) => this.#player.setVolume(percent),
      isSilent: () => ['idle', 'paused'].includes(this.state.phase),
      onChange: () => this.#nowPlaying.set({ volume: this.volumeControl.volume }),
      clock,
      log,
    })
    const onChange = (): void => {
      this.#resumeStore.note()
      options.onChange()
    }
    this.#nowPlaying = new NowPlaying({
      player: this.#player,
      reports,
      volumeControl: this.volumeControl,
      clock,
      onChange,
      onEvent,
    })
    this.#playQueue = new PlayQueue({ api, nowPlaying: this.#nowPlaying, reports, lastSession, log })
    const [nowPlaying, playQueue, serial] = [this.#nowPlaying, this.#playQueue, this.#serial]
    this.#autoAdvance = new AutoAdvance({ nowPlaying, playQueue, serial, clock, log })
    this.#takeOver = new TakeOver({
      policy: options.takeOver,
      log,
      onBusy: (facts) => nowPlaying.event('stream_busy', facts),
    })
    this.#resumeStore = new ResumeStore({
      lastMoment,
      nowPlaying,
      volumeControl: this.volumeControl,
      player: this.#player,
      reports,
      resume: {
        policy: options.resume,
        isQuiet: options.isQuiet,
        restore: (signal) => playQueue.restore(undefined, false, signal),
        open: (opened, from, positionMs, paused, signal) =>
          serial.run(() => this.#open(opened, signal, from, { positionMs, paused })),
      },
      clock,
      random,
      log,
    })
    reports.onStreamRefused = (error) => this.#onStreamRefused(error)
  }

  get state(): PlaybackState {
    return this.#nowPlaying.state
  }

  get playerName(): string {
    return this.#player.name
  }

  /** Runs the player and sends reports until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await runTogether(signal, [
      (life) => this.#player.run(life),
      (life) => this.#options.reports.run(life),
      (life) => this.volumeControl.run(life),
      (life) => this.#resumeStore.run(life),
    ])
    this.#autoAdvance.stop()
  }

  /** The wall clock was set forward by `byMs`, or back if negative. */
  clockSet(byMs: number): void {
    const { positionAtEpochMs } = this.state
    if (positionAtEpochMs !== undefined) {
      this.#nowPlaying.set({ positionAtEpochMs: positionAtEpochMs + byMs })
    }
    this.#options.reports.retryNow()
  }

  /** Stops playback because the agent stops. The stop is reported now or, saved, after the next start. */
  async close(signal: AbortSignal): Promise<void> {
    this.#life.abort()
    await this.#serial.run(async () => {
      this.#resumeStore.close()
      await this.#autoAdvance.end('systemStop')
      await this.#player.close()
    })
    await this.#options.reports.flush(signal)
    this.#options.reports.save()
    this.#resumeStore.closed()
  }

  /**
   * Stops playback before the account is signed out, and reports it while there is still a token. Commands
   * are refused meanwhile.
   *
   * @param signal ends the wait for the service
   */
  async leaveAccount(signal: AbortSignal): Promise<void> {
    const account = this.#account
    account.abort(accountGone())
    try {
      await this.#serial.run(() => this.#autoAdvance.end('systemStop'))
      await this.#options.reports.flush(signal)
    } finally {
      if (this.#account === account) this.#account = new AbortController()
    }
  }

  /**
   * Amazon ended the sign-in: stops playback. What belongs to the account is kept for the next sign-in, and
   * is not shown.
   */
  accountLost(): Promise<void> {
    this.#resumeStore.forget()
    return this.#serial.run(async () => {
      await this.#autoAdvance.end('systemStop')
      this.#nowPlaying.hide()
    })
  }

  /**
   * The account was removed from this device, or replaced by another: forgets all that belongs to it, in
   * memory and on the disk. That is what plays, the session, reports that were not sent, and the history.
   */
  forgetAccount(): void {
    this.#account.abort(accountGone())
    this.#account = new AbortController()
    this.#wished = undefined
    this.#takeOver.forget()
    this.#autoAdvance.stop()
    const isIdle = this.state.phase === 'idle'
    this.#playQueue.forget()
    this.#nowPlaying.abandon()
    this.#options.reports.discard()
    this.#resumeStore.forgetAccount()
    if (!isIdle) {
      this.#serial
        .run(() => this.#player.stop())
        .catch((error: unknown) => this.#options.log.info('The player did not stop', errorFields(error)))
    }
  }

  /**
   * Creates a session (Create New Session) and plays its first entity.
   *
   * @param takeOver also take the account's stream from the device that has it
   */
  play(request: PlayRequest, signal: AbortSignal, takeOver = false): Promise<void> {
    return this.#command((both) => this.#create(request, takeOver, both), signal)
  }

  /**
   * Resumes what is paused; if nothing is on, restores the last session. Does nothing while music plays.
   *
   * @param takeOver also take the account's stream from the device that has it, for the request that was
   *   refused because of that
   */
  resume(ofCaller: AbortSignal, takeOver = false): Promise<void> {
    return this.#command(async (signal) => {
      const { refused } = this.#takeOver
      if (takeOver) this.#takeOver.requireAllowed()
      if (takeOver && refused !== undefined) return this.#create(refused, true, signal)
      if (this.state.phase === 'idle') return this.#restore(undefined, takeOver, signal)
      if (this.state.phase !== 'paused') return
      if (takeOver) await this.#playQueue.takeOver(signal)
      this.#wished = this.#nowPlaying.id
      if (this.#nowPlaying.isOver) await this.#autoAdvance.goOnAsked()
      else if (this.#autoAdvance.needsStream) this.#autoAdvance.mend()
      else await this.#nowPlaying.resume()
    }, ofCaller)
  }

  /** Does nothing when paused already. */
  pause(): Promise<void> {
    return this.#command(async () => {
      this.#playing()
      if (this.state.phase === 'paused') return
      await this.#nowPlaying.pause()
      this.#autoAdvance.halt()
    })
  }

  /**
   * Stops playback. The session stays known, so that {@link resume} can restore it. Does nothing when nothing
   * plays.
   */
  stop(reason: TerminationReason = 'userStop'): Promise<void> {
    return this.#command(async () => {
      await this.#nowPlaying.clear(reason)
      this.#autoAdvance.stop()
    })
  }

  /** Sends the event report, then Get Next Tracks. Throws when the entity's `actions` forbid it. */
  next(signal: AbortSignal): Promise<void> {
    return this.#skip('next', signal)
  }

  /** Sends the event report, then Get Previous Tracks. */
  previous(signal: AbortSignal): Promise<void> {
    return this.#skip('previous', signal)
  }

  /**
   * @param to a position, or an offset from the current position, in milliseconds; limited to the entity's
   *   length
   */
  seek(to: { readonly positionMs: number } | { readonly offsetMs: number }): Promise<void> {
    return this.#command(async () => {
      const { entity } = this.#playing()
      if (this.#nowPlaying.isOver) throw new AppError('playback/nothing', 'What played is over')
      if (this.#autoAdvance.needsStream) {
        throw new AppError('playback/nothing', 'What plays waits for its stream, which broke off')
      }
      const nowMs = this.#nowPlaying.positionMs()
      const wantedMs = 'positionMs' in to ? to.positionMs : nowMs + to.offsetMs
      const positionMs = Math.min(Math.max(wantedMs, 0), entity.durationMs ?? Infinity)
      requireAllowed(entity, positionMs >= nowMs ? 'scrubForward' : 'scrubBackward')
      await this.#nowPlaying.seek(positionMs)
    })
  }

  /** @param percent 0-100 */
  setVolume(percent: number): Promise<void> {
    return this.#serial.run(() => this.volumeControl.set(percent))
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#serial.run(async () => {
      await this.#player.setMuted(muted)
      this.#nowPlaying.set({ muted })
    })
  }

  /** Set Playback Mode to Shuffle. */
  setShuffle(on: boolean, ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      requireAllowed(entity, 'shuffle')
      await this.#playQueue.change(session, (id) => this.#options.api.setShuffle(id, on, signal), signal)
      session.setModes({ shuffle: on })
      this.#nowPlaying.set({ shuffle: on })
      await this.#autoAdvance.queueChanged(false, signal)
    }, ofCaller)
  }

  /** Set Playback Mode to Loop. The service decides what LOOP_ON repeats. */
  setRepeat(repeat: 'off' | 'all', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      const loop = repeat === 'all'
      requireAllowed(entity, 'loopAll')
      await this.#playQueue.change(session, (id) => this.#options.api.setLoop(id, loop, signal), signal)
      session.setModes({ loop })
      this.#nowPlaying.set({ repeat })
      await this.#autoAdvance.queueChanged(loop, signal)
    }, ofCaller)
  }

  /** Queue Next Track or Queue Last Track; needs a queue. */
  enqueue(play: PlayParams, where: 'next' | 'last', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { session } = this.#playing()
      const { api } = this.#options
      const add = (id: string): Promise<void> =>
        where === 'next' ? api.queueNext(id, play, signal) : api.queueLast(id, play, signal)
      await this.#playQueue.change(session, add, signal)
      await this.#autoAdvance.queueChanged(true, signal)
    }, ofCaller)
  }

  /** Restores session `sessionId` (Restore Playback Session); undefined: the last one known. */
  restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#command((both) => this.#restore(sessionId, false, both), signal)
  }

  /** Silences the music for another sound, whatever commands arrive meanwhile. */
  hold(giveUpDevice: boolean): Promise<void> {
    return this.#serial.run(() => this.#nowPlaying.hold(giveUpDevice))
  }

  /** Ends {@link hold}: the music follows the commands that arrived meanwhile. */
  release(): Promise<void> {
    return this.#serial.run(() => this.#nowPlaying.release())
  }

  async #create(request: PlayRequest, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const open = (takeOver: boolean): Promise<Opened> => this.#playQueue.create(request, takeOver, signal)
    await this.#open(await this.#takeOver.open(isAsked, request, open), signal)
  }

  async #restore(sessionId: string | undefined, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const open = (takeOver: boolean): Promise<Opened> => this.#playQueue.restore(sessionId, takeOver, signal)
    await this.#open(await this.#takeOver.open(isAsked, undefined, open), signal)
  }

  /** Plays `window` from its first entity, or from `from`. */
  async #open(
    { window, request }: Opened,
    signal: AbortSignal,
    from = firstOf(window),
    options: StartOptions = {},
  ): Promise<void> {
    signal.throwIfAborted()
    this.#nowPlaying.reportStop('userStop')
    this.#playQueue.adopt(window.sessionId, request)
    const change: Partial<PlaybackState> = {
      upcoming: window.entities.slice(window.entities.indexOf(from) + 1),
      played: [],
      context: request?.context,
      preset: request?.preset,
      shuffle: request?.options.shuffle ?? false,
      repeat: request?.options.loop === true ? 'all' : 'off',
    }
    const begun = this.#autoAdvance.begin(from, change, options)
    this.#wished = this.#nowPlaying.id
    await begun
  }

  #skip(direction: 'next' | 'previous', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      const [nowPlaying, playQueue] = [this.#nowPlaying, this.#playQueue]
      await nowPlaying.stay(async () => {
        // The entity ended by itself before the player could be stopped from advancing: the skip is done.
        if (direction === 'next' && nowPlaying.state.entity !== entity) return
        const skip: Skip = {
          direction,
          entity: nowPlaying.state.entity ?? entity,
          session,
          nowPlaying,
          playQueue,
          signal,
        }
        const { to, change } = await skipTo(skip)
        signal.throwIfAborted()
        const begun = this.#autoAdvance.begin(to, change)
        this.#wished = nowPlaying.id
        await begun
      })
    }, ofCaller)
  }

  /** @throws AppError `playback/nothing` */
  #playing(): { readonly entity: Entity; readonly session: Session } {
    const { entity } = this.state
    const { session } = this.#playQueue
    if (entity === undefined || session === undefined) {
      throw new AppError('playback/nothing', 'Nothing is playing')
    }
    return { entity, session }
  }

  #onSound(event: SoundEvent): void {
    const { onPlayerProblem } = this.#options
    // The problem lasts until something sounds: other items would fail too.
    if (event.type === 'failed' && event.error.code === 'player/device') onPlayerProblem(event.error)
    if (event.type === 'started') onPlayerProblem(undefined)
    this.#autoAdvance.onSound(event)
  }

  /** The service refused the start of the current entity. */
  #onStreamRefused(error: AppError): void {
    const wished = this.#wished
    if (this.#options.takeOver !== 'auto' || wished === undefined || !this.#nowPlaying.isOn(wished)) {
      this.#autoAdvance.noteLoss(error)
      return
    }
    // Only once: two devices must not take the stream from each other in turns.
    this.#wished = undefined
    this.#command(async (signal) => {
      await this.#playQueue.takeOver(signal)
      this.#options.reports.retry()
    }, this.#life.signal).catch((failure: unknown) => {
      this.#options.log.info('The stream could not be taken over', errorFields(failure))
    })
  }

  /** @param job gets a signal that aborts with `ofCaller`, and when the account is gone */
  #command(job: (signal: AbortSignal) => Promise<void>, ofCaller?: AbortSignal): Promise<void> {
    this.#resumeStore.forget()
    const account = this.#account.signal
    const signal = ofCaller === undefined ? account : AbortSignal.any([ofCaller, account])
    return this.#serial.run(async () => {
      try {
        account.throwIfAborted()
        await job(signal)
      } catch (error) {
        this.#autoAdvance.noteLoss(toAppError(error))
        throw error
      }
    })
  }
}

function accountGone(): AppError {
  return new AppError('account/signed-out', 'The account was signed out meanwhile')
}
