import type { Clock } from '../../../../lib/clock.ts'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { Serial } from '../../../../lib/async/serial.ts'
import type { Player, PlayerEvent, PlayerItem } from '../../player.ts'
import { Entry } from './entry.ts'
import { MpvCommands } from './mpv-commands.ts'
import { MpvEvents } from './mpv-events.ts'
import type { MpvLink } from './mpv-link.ts'
import type { MpvMessage } from './mpv-message.ts'
import { MpvProblem } from './mpv-problem.ts'
import { Playlist } from './playlist.ts'
import { addressOf } from './stream-address.ts'

interface MpvPlayerOptions {
  readonly link: MpvLink
  readonly clock: Clock
  readonly log: Log
  readonly onEvent: (event: PlayerEvent) => void
  /** Sets the volume elsewhere than in mpv. */
  readonly mixer: ((percent: number) => Promise<void>) | undefined
  /** Ends mpv and resolves when it has ended. */
  readonly end: () => Promise<void>
}

/** Port {@link Player} of mpv: its commands, one after the other. What mpv says comes in by {@link hear}. */
export class MpvPlayer implements Player {
  readonly preloads = true
  readonly decrypts = false
  readonly #clock: Clock
  readonly #onEvent: (event: PlayerEvent) => void
  readonly #mixer: MpvPlayerOptions['mixer']
  readonly #end: () => Promise<void>
  readonly #turns = new Serial()
  readonly #mpv: MpvCommands
  readonly #playlist = new Playlist()
  readonly #events: MpvEvents
  #volume = 100
  /** What mpv or the mixer was last set to. */
  #volumeSet: number | undefined
  #isOver = false

  constructor({ link, clock, log, onEvent, mixer, end }: MpvPlayerOptions) {
    this.#clock = clock
    this.#onEvent = onEvent
    this.#mixer = mixer
    this.#end = end
    this.#mpv = new MpvCommands(link)
    this.#events = new MpvEvents({
      playlist: this.#playlist,
      readPositionMs: () => this.#mpv.positionMs(),
      clock,
      log,
      onEvent,
      onOpen: (entry) => this.#opened(entry),
      onFailure: (entry, fileError) => this.#failed(entry, fileError),
    })
  }

  async load(item: PlayerItem, paused: boolean): Promise<void> {
    const entry = this.#entryOf(item)
    this.#playlist.begin(entry)
    await this.#run(async () => {
      // Another load or a stop has come: mpv need not open what nobody will hear.
      if (this.#playlist.current !== entry) return
      if (paused) await this.#setPaused(true)
      await this.#take(entry, 'replace')
      // Only now, so that what was there does not go on for a moment.
      if (!paused) await this.#setPaused(false)
      this.#events.tellStart()
    })
  }

  async preload(item: PlayerItem | undefined): Promise<void> {
    const next = item === undefined ? undefined : this.#entryOf(item)
    const after = this.#playlist.current
    // Appended after that one is over, it would play at once.
    const isOver = (): boolean => this.#playlist.current !== after
    await this.#run(async () => {
      if (after === undefined || this.#playlist.current === undefined) return
      await this.#mpv.dropFollowing()
      if (next === undefined || isOver()) return
      // The headers of the present one are none of the next one's business if they differ.
      await this.#mpv.setPrefetch(after.address.headers === next.address.headers)
      if (!isOver()) await this.#take(next, 'append-play')
    })
  }

  play(): Promise<void> {
    return this.#run(async () => {
      await this.#setPaused(false)
      this.#events.tellStart()
      if (this.#playlist.current?.hasStarted === true) await this.#events.askPosition()
    })
  }

  pause(): Promise<void> {
    return this.#run(async () => {
      await this.#setPaused(true)
      await this.#events.askPosition()
    })
  }

  stop(): Promise<void> {
    this.#playlist.clear()
    return this.#run(() => this.#mpv.stop())
  }

  seek(positionMs: number): Promise<void> {
    const entry = this.#playlist.current
    return this.#run(async () => {
      if (entry === undefined || entry !== this.#playlist.current) return
      if (entry.isOpen) await this.#seek(entry, positionMs)
      else entry.seekToMs = positionMs
    })
  }

  setVolume(percent: number): Promise<void> {
    this.#volume = Math.min(Math.max(percent, 0), 100)
    return this.#run(async () => {
      const volume = this.#volume
      // A fade comes faster than a mixer's program runs: only the latest step is set.
      if (volume === this.#volumeSet) return
      await (this.#mixer?.(volume) ?? this.#mpv.setVolume(volume))
      this.#volumeSet = volume
    })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#run(() => this.#mpv.setMuted(muted))
  }

  async close(): Promise<void> {
    this.#over()
    await this.#end()
  }

  /** mpv has ended, asked or not. */
  gone(error: AppError): void {
    if (this.#isOver) return
    this.#over()
    this.#onEvent({ type: 'gone', error })
  }

  /** Takes what mpv says, in its order. */
  hear(message: MpvMessage): void {
    this.#events.hear(message)
  }

  #over(): void {
    this.#isOver = true
    this.#events.close()
  }

  #run<T>(job: () => Promise<T>): Promise<T> {
    return this.#turns.run(() => {
      if (this.#isOver) throw new AppError('player/failed', 'mpv has ended')
      return job()
    })
  }

  #entryOf(item: PlayerItem): Entry {
    return new Entry(item, addressOf(item.stream), new MpvProblem(this.#clock))
  }

  async #setPaused(isPaused: boolean): Promise<void> {
    await this.#mpv.setPaused(isPaused)
    this.#events.setPaused(isPaused)
  }

  async #take(entry: Entry, how: 'replace' | 'append-play'): Promise<void> {
    this.#playlist.add(entry)
    await this.#events.hold(async () => {
      entry.mpvId = await this.#mpv.load(entry, how)
    })
  }

  async #seek(entry: Entry, positionMs: number): Promise<void> {
    entry.seekingToMs = positionMs
    try {
      await this.#mpv.seek(positionMs)
      // At the very end mpv never says that it got there.
      entry.moveTo(positionMs, this.#clock.monotonicMs())
    } finally {
      entry.seekingToMs = undefined
    }
  }

  #opened(entry: Entry): void {
    const { seekToMs } = entry
    if (seekToMs !== undefined) this.#seek(entry, seekToMs).catch(() => undefined)
  }

  /** mpv would go on with what comes next, and its log may still have the reason: first it is stopped. */
  #failed(entry: Entry, fileError: string): void {
    const told = this.#run(async () => {
      if (!this.#playlist.isFailing(entry)) return
      await this.#mpv.stop()
      if (!this.#playlist.isFailing(entry)) return
      this.#playlist.clear()
      this.#events.tellFailure(entry, fileError)
    })
    // A link that breaks is told as `gone`.
    told.catch(() => undefined)
  }
}
