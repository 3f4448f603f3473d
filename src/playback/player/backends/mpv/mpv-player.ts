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
  /** Sets the volume outside of mpv. */
  readonly mixer: ((percent: number) => Promise<void>) | undefined
  /** Ends mpv and resolves when it has ended. */
  readonly end: () => Promise<void>
}

/** {@link Player} for mpv: sends commands one after the other. mpv's messages arrive at {@link hear}. */
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
  /** The last volume set in mpv or the mixer. */
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
      // Another load or a stop came meanwhile: mpv need not open an item that nobody will hear.
      if (this.#playlist.current !== entry) return
      if (paused) await this.#setPaused(true)
      await this.#take(entry, 'replace')
      // Only now, so that the item before does not resume for a moment.
      if (!paused) await this.#setPaused(false)
      this.#events.tellStart()
    })
  }

  async preload(item: PlayerItem | undefined): Promise<void> {
    const next = item === undefined ? undefined : this.#entryOf(item)
    const after = this.#playlist.current
    // An entry appended after the current one has ended would play at once.
    const isOver = (): boolean => this.#playlist.current !== after
    await this.#run(async () => {
      if (after === undefined || this.#playlist.current === undefined) return
      await this.#mpv.dropFollowing()
      if (next === undefined || isOver()) return
      // mpv prefetches with the headers of the current entry, which must not reach the next one if they
      // differ.
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
      // A fade is faster than the mixer's program: only the latest step is set.
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

  /** mpv has ended, with or without a command. */
  gone(error: AppError): void {
    if (this.#isOver) return
    this.#over()
    this.#onEvent({ type: 'gone', error })
  }

  /** Handles mpv's messages, in their order. */
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
      // At the very end mpv does not report the new position.
      entry.moveTo(positionMs, this.#clock.monotonicMs())
    } finally {
      entry.seekingToMs = undefined
    }
  }

  #opened(entry: Entry): void {
    const { seekToMs } = entry
    if (seekToMs !== undefined) this.#seek(entry, seekToMs).catch(() => undefined)
  }

  /** Stops mpv first: it would advance to the next entry, and its log may still bring the reason. */
  #failed(entry: Entry, fileError: string): void {
    const told = this.#run(async () => {
      if (!this.#playlist.isFailing(entry)) return
      await this.#mpv.stop()
      if (!this.#playlist.isFailing(entry)) return
      this.#playlist.clear()
      this.#events.tellFailure(entry, fileError)
    })
    // A broken link is sent as `gone`.
    told.catch(() => undefined)
  }
}
