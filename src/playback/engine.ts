import type { Clock } from '../lib/clock.ts'
import { AppError, toAppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { RollCall } from '../lib/liveness.ts'
import { Serial } from '../lib/async/serial.ts'
import type { StoredFile } from '../lib/storage/stored-file.ts'
import { runTogether } from '../lib/async/tasks.ts'
import type { Entity } from '../amazon-music/entity.ts'
import type { MusicApi, PlayParams, TerminationReason } from '../amazon-music/api.ts'
import { requireAllowed } from './capabilities.ts'
import { BetweenLives } from './resume/resume-store.ts'
import { Deck, type StartOptions } from './now-playing.ts'
import type { LastMoment, LastSession } from './resume/stored-forms.ts'
import { Loudness, type LoudnessOptions } from './player/volume.ts'
import type { PlayRequest } from './play-request.ts'
import type { PlaybackEvent, PlaybackState } from './playback-state.ts'
import type { OpenPlayer } from './player/player.ts'
import { Program, type Opened } from './queue/play-queue.ts'
import type { ReportQueue } from './reports/report-queue.ts'
import type { ResumePolicy } from './resume/resume.ts'
import { firstOf, type Session } from './queue/session.ts'
import { skipTo, type Skip } from './queue/skip.ts'
import { Succession } from './queue/auto-advance.ts'
import { SupervisedPlayer, type SoundEvent } from './player/supervised-player.ts'
import { TakeOver, type TakeOverPolicy } from './queue/take-over.ts'

export interface EngineOptions {
  readonly api: MusicApi
  readonly player: { readonly name: string; readonly open: OpenPlayer }
  readonly reports: ReportQueue
  readonly lastSession: StoredFile<LastSession>
  readonly lastMoment: StoredFile<LastMoment>
  readonly loudness: Pick<LoudnessOptions, 'volumeLimit' | 'night' | 'fadeInMs' | 'fadeOutMs'>
  readonly takeOver: TakeOverPolicy
  readonly resume: ResumePolicy
  /** Whether nothing may start by itself now. */
  readonly isQuiet: () => boolean
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
  /** The player cannot be had; undefined: it runs again. */
  readonly onPlayerTrouble: (error: AppError | undefined) => void
  /** Asks whether what changes playback comes to its end. */
  readonly rollCall?: RollCall
}

/**
 * No job takes longer. It asks the service a dozen times at most, each within five minutes (music/caller.ts), mostly
 * within seconds; before that it may wait for a thousand reports that go one by one, three seconds each.
 */
const longestJobMs = 3_600_000

/**
 * Plays what the service's queue says. The service owns the queue (API_playback_overview): this holds a window of it,
 * obeys each entity's `actions`, and reports start and stop of every entity. All that changes playback runs one after
 * the other, commands and what follows from the player's events alike.
 *
 * Every command throws AppError: `playback/*`, `player/*`, or what the service answered. A command that throws
 * has changed nothing, but for two ends that are not its own doing: the player cannot play (nothing plays then), and
 * the account is lost, to another device's stream or by signing out.
 */
export class Engine {
  readonly #options: EngineOptions
  /** What is sent to the player as its volume. */
  readonly loudness: Loudness
  readonly #player: SupervisedPlayer
  readonly #deck: Deck
  readonly #program: Program
  readonly #succession: Succession
  readonly #takeOver: TakeOver
  readonly #lives: BetweenLives
  readonly #serial: Serial
  /** Ends what nobody waits for. */
  readonly #life = new AbortController()
  /** Ends what was asked for on behalf of an account that is gone. */
  #account = new AbortController()
  /** The playing that somebody wished for last, and not one that came by itself. */
  #wished: string | undefined

  constructor(options: EngineOptions) {
    const { api, reports, lastSession, lastMoment, clock, random, log, onEvent } = options
    const { rollCall = new RollCall() } = options
    this.#options = options
    const presence = rollCall.join('playback')
    presence.idle()
    this.#serial = new Serial((job) => presence.doing(longestJobMs, job))
    this.#player = new SupervisedPlayer({
      ...options.player,
      clock,
      random,
      log,
      onEvent: (event) => this.#onSound(event),
      onTrouble: options.onPlayerTrouble,
    })
    this.loudness = new Loudness({
      ...options.loudness,
      apply: (percent) => this.#player.setVolume(percent),
      isSilent: () => ['idle', 'paused'].includes(this.state.phase),
      onChange: () => this.#deck.set({ volume: this.loudness.volume }),
      clock,
      log,
    })
    const onChange = (): void => {
      this.#lives.note()
      options.onChange()
    }
    this.#deck = new Deck({
      player: this.#player,
      reports,
      loudness: this.loudness,
      clock,
      onChange,
      onEvent,
    })
    this.#program = new Program({ api, deck: this.#deck, reports, lastSession, log })
    const [deck, program, serial] = [this.#deck, this.#program, this.#serial]
    this.#succession = new Succession({ deck, program, serial, clock, log })
    this.#takeOver = new TakeOver({
      policy: options.takeOver,
      log,
      onBusy: (facts) => deck.event('stream_busy', facts),
    })
    this.#lives = new BetweenLives({
      lastMoment,
      deck,
      loudness: this.loudness,
      player: this.#player,
      reports,
      resume: {
        policy: options.resume,
        isQuiet: options.isQuiet,
        restore: (signal) => program.restore(undefined, false, signal),
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
    return this.#deck.state
  }

  get playerName(): string {
    return this.#player.name
  }

  /** Keeps the player and sends reports until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await runTogether(signal, [
      (life) => this.#player.run(life),
      (life) => this.#options.reports.run(life),
      (life) => this.loudness.run(life),
      (life) => this.#lives.run(life),
    ])
    this.#succession.stop()
  }

  /** The wall clock was set by so many milliseconds. */
  clockSet(byMs: number): void {
    const { positionAtEpochMs } = this.state
    if (positionAtEpochMs !== undefined) {
      this.#deck.set({ positionAtEpochMs: positionAtEpochMs + byMs })
    }
    this.#options.reports.retryNow()
  }

  /** Ends what plays because the agent ends; its stop is reported, now or, saved, in the next life. */
  async close(signal: AbortSignal): Promise<void> {
    this.#life.abort()
    await this.#serial.run(async () => {
      this.#lives.close()
      await this.#succession.end('systemStop')
      await this.#player.close()
    })
    await this.#options.reports.flush(signal)
    this.#options.reports.save()
    this.#lives.closed()
  }

  /**
   * The account is about to be signed out: ends what plays and tells the service, while there is a token to do it with.
   * Commands are refused meanwhile.
   *
   * @param signal ends the waiting for the service
   */
  async leaveAccount(signal: AbortSignal): Promise<void> {
    const account = this.#account
    account.abort(accountGone())
    try {
      await this.#serial.run(() => this.#succession.end('systemStop'))
      await this.#options.reports.flush(signal)
    } finally {
      if (this.#account === account) this.#account = new AbortController()
    }
  }

  /** Amazon ended the sign-in: nothing plays any more. What belongs to the account waits for it, and is not shown. */
  accountLost(): Promise<void> {
    this.#lives.forget()
    return this.#serial.run(async () => {
      await this.#succession.end('systemStop')
      this.#deck.hide()
    })
  }

  /**
   * The account is gone from this device, or another one is there: nothing of it stays, here or on the disk, neither
   * what plays nor the session, what waits to be reported, nor what was played before.
   */
  forgetAccount(): void {
    this.#account.abort(accountGone())
    this.#account = new AbortController()
    this.#wished = undefined
    this.#takeOver.forget()
    this.#succession.stop()
    const isIdle = this.state.phase === 'idle'
    this.#program.forget()
    this.#deck.abandon()
    this.#options.reports.discard()
    this.#lives.forgetAccount()
    if (!isIdle) {
      this.#serial
        .run(() => this.#player.stop())
        .catch((error: unknown) => this.#options.log.info('The player did not stop', errorFields(error)))
    }
  }

  /**
   * Create New Session, and play its first entity.
   *
   * @param takeOver also take the account's stream from the device that has it
   */
  play(request: PlayRequest, signal: AbortSignal, takeOver = false): Promise<void> {
    return this.#command((both) => this.#create(request, takeOver, both), signal)
  }

  /**
   * Goes on with what is paused; else restores the last session. Nothing to do while it plays.
   *
   * @param takeOver also take the account's stream from the device that has it, for what was refused because of that
   */
  resume(ofCaller: AbortSignal, takeOver = false): Promise<void> {
    return this.#command(async (signal) => {
      const { refused } = this.#takeOver
      if (takeOver) this.#takeOver.requireAllowed()
      if (takeOver && refused !== undefined) return this.#create(refused, true, signal)
      if (this.state.phase === 'idle') return this.#restore(undefined, takeOver, signal)
      if (this.state.phase !== 'paused') return
      if (takeOver) await this.#program.takeOver(signal)
      this.#wished = this.#deck.id
      if (this.#deck.isOver) await this.#succession.goOnAsked()
      else if (this.#succession.needsStream) this.#succession.mend()
      else await this.#deck.resume()
    }, ofCaller)
  }

  /** Nothing to do when it is paused already. */
  pause(): Promise<void> {
    return this.#command(async () => {
      this.#playing()
      if (this.state.phase === 'paused') return
      await this.#deck.pause()
      this.#succession.halt()
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
      if (this.#succession.needsStream) {
        throw new AppError('playback/nothing', 'What plays waits for its stream, which broke off')
      }
      const nowMs = this.#deck.positionMs()
      const wantedMs = 'positionMs' in to ? to.positionMs : nowMs + to.offsetMs
      const positionMs = Math.min(Math.max(wantedMs, 0), entity.durationMs ?? Infinity)
      requireAllowed(entity, positionMs >= nowMs ? 'scrubForward' : 'scrubBackward')
      await this.#deck.seek(positionMs)
    })
  }

  /** @param percent 0-100 */
  setVolume(percent: number): Promise<void> {
    return this.#serial.run(() => this.loudness.set(percent))
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#serial.run(async () => {
      await this.#player.setMuted(muted)
      this.#deck.set({ muted })
    })
  }

  /** Set Playback Mode to Shuffle. */
  setShuffle(on: boolean, ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      requireAllowed(entity, 'shuffle')
      await this.#program.change(session, (id) => this.#options.api.setShuffle(id, on, signal), signal)
      session.setModes({ shuffle: on })
      this.#deck.set({ shuffle: on })
      await this.#succession.queueChanged(false, signal)
    }, ofCaller)
  }

  /** Set Playback Mode to Loop. What LOOP_ON repeats is the service's business. */
  setRepeat(repeat: 'off' | 'all', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      const loop = repeat === 'all'
      requireAllowed(entity, 'loopAll')
      await this.#program.change(session, (id) => this.#options.api.setLoop(id, loop, signal), signal)
      session.setModes({ loop })
      this.#deck.set({ repeat })
      await this.#succession.queueChanged(loop, signal)
    }, ofCaller)
  }

  /** Queue Next Track or Queue Last Track; there must be a queue. */
  enqueue(play: PlayParams, where: 'next' | 'last', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { session } = this.#playing()
      const { api } = this.#options
      const add = (id: string): Promise<void> =>
        where === 'next' ? api.queueNext(id, play, signal) : api.queueLast(id, play, signal)
      await this.#program.change(session, add, signal)
      await this.#succession.queueChanged(true, signal)
    }, ofCaller)
  }

  /** Restore Playback Session: the one named, else the last one known. */
  restore(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#command((both) => this.#restore(sessionId, false, both), signal)
  }

  /** Silences the music for another sound, whatever is wished meanwhile. */
  hold(giveUpDevice: boolean): Promise<void> {
    return this.#serial.run(() => this.#deck.hold(giveUpDevice))
  }

  /** The music is again what is wished now. */
  release(): Promise<void> {
    return this.#serial.run(() => this.#deck.release())
  }

  async #create(request: PlayRequest, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const open = (takeOver: boolean): Promise<Opened> => this.#program.create(request, takeOver, signal)
    await this.#open(await this.#takeOver.open(isAsked, request, open), signal)
  }

  async #restore(sessionId: string | undefined, isAsked: boolean, signal: AbortSignal): Promise<void> {
    const open = (takeOver: boolean): Promise<Opened> => this.#program.restore(sessionId, takeOver, signal)
    await this.#open(await this.#takeOver.open(isAsked, undefined, open), signal)
  }

  /** Plays `window` from its first entity, or from another one of it. */
  async #open(
    { window, request }: Opened,
    signal: AbortSignal,
    from = firstOf(window),
    options: StartOptions = {},
  ): Promise<void> {
    signal.throwIfAborted()
    this.#deck.reportStop('userStop')
    this.#program.adopt(window.sessionId, request)
    const change: Partial<PlaybackState> = {
      upcoming: window.entities.slice(window.entities.indexOf(from) + 1),
      played: [],
      context: request?.context,
      preset: request?.preset,
      shuffle: request?.options.shuffle ?? false,
      repeat: request?.options.loop === true ? 'all' : 'off',
    }
    const begun = this.#succession.begin(from, change, options)
    this.#wished = this.#deck.id
    await begun
  }

  #skip(direction: 'next' | 'previous', ofCaller: AbortSignal): Promise<void> {
    return this.#command(async (signal) => {
      const { entity, session } = this.#playing()
      const [deck, program] = [this.#deck, this.#program]
      await deck.stay(async () => {
        // It ended by itself before that could be kept from it: what was to be left is left.
        if (direction === 'next' && deck.state.entity !== entity) return
        const skip: Skip = { direction, entity: deck.state.entity ?? entity, session, deck, program, signal }
        const { to, change } = await skipTo(skip)
        signal.throwIfAborted()
        const begun = this.#succession.begin(to, change)
        this.#wished = deck.id
        await begun
      })
    }, ofCaller)
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

  #onSound(event: SoundEvent): void {
    const { onPlayerTrouble } = this.#options
    // It stands until something is heard: nothing else will play either.
    if (event.type === 'failed' && event.error.code === 'player/device') onPlayerTrouble(event.error)
    if (event.type === 'started') onPlayerTrouble(undefined)
    this.#succession.onSound(event)
  }

  /** The service refused the start of what plays now. */
  #onStreamRefused(error: AppError): void {
    const wished = this.#wished
    if (this.#options.takeOver !== 'auto' || wished === undefined || !this.#deck.isOn(wished)) {
      this.#succession.noteLoss(error)
      return
    }
    // Once: a stream that is taken back and forth between two devices is nobody's.
    this.#wished = undefined
    this.#command(async (signal) => {
      await this.#program.takeOver(signal)
      this.#options.reports.retry()
    }, this.#life.signal).catch((failure: unknown) => {
      this.#options.log.info('The stream could not be taken over', errorFields(failure))
    })
  }

  /** @param job given a signal that aborts with `ofCaller`, and when the account is gone */
  #command(job: (signal: AbortSignal) => Promise<void>, ofCaller?: AbortSignal): Promise<void> {
    this.#lives.forget()
    const account = this.#account.signal
    const signal = ofCaller === undefined ? account : AbortSignal.any([ofCaller, account])
    return this.#serial.run(async () => {
      try {
        account.throwIfAborted()
        await job(signal)
      } catch (error) {
        this.#succession.noteLoss(toAppError(error))
        throw error
      }
    })
  }
}

function accountGone(): AppError {
  return new AppError('account/signed-out', 'The account was signed out meanwhile')
}
