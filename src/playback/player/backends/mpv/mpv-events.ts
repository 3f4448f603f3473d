import type { Clock } from '../../../../lib/clock.ts'
import type { Log } from '../../../../lib/log.ts'
import type { PlayerEvent } from '../../player.ts'
import type { Entry } from './entry.ts'
import { plainWords, secondsAsMs, type MpvMessage } from './mpv-message.ts'
import type { Playlist } from './playlist.ts'

/** Polled, because mpv sends an observed position some ten times a second. */
const positionEveryMs = 950

export interface MpvEventsOptions {
  readonly playlist: Playlist
  /** Reads the position of the current entry; undefined: mpv does not know it now. */
  readonly readPositionMs: () => Promise<number | undefined>
  readonly clock: Clock
  readonly log: Log
  readonly onEvent: (event: PlayerEvent) => void
  /** The entry can seek from now on. */
  readonly onOpen: (entry: Entry) => void
  /**
   * The entry cannot be played, or no further; mpv would advance to the next one. `fileError` is mpv's
   * reason, or empty.
   */
  readonly onFailure: (entry: Entry, fileError: string) => void
}

/** Translates mpv's messages into {@link PlayerEvent}. Sends no commands. */
export class MpvEvents {
  readonly #options: MpvEventsOptions
  #isPaused = false
  /** mpv's `core-idle`: nothing sounds, for whatever reason. */
  #isIdle = true
  #following = new AbortController()
  #held: MpvMessage[] | undefined
  #isClosed = false

  constructor(options: MpvEventsOptions) {
    this.#options = options
  }

  /** Handles mpv's messages, in their order. */
  hear(message: MpvMessage): void {
    if (this.#held !== undefined) {
      this.#held.push(message)
      return
    }
    switch (message.type) {
      case 'start-file':
        this.#options.playlist.goOnTo(message.entry)
        break
      case 'file-loaded':
        this.#opened()
        break
      case 'playback-restart':
        this.#ready()
        break
      case 'end-file':
        this.#ended(message)
        break
      case 'property':
        this.#observed(message.name, message.value)
        break
      case 'log':
        this.#noted(message.prefix, message.text)
        break
      case 'reply':
    }
  }

  /**
   * Runs `job`, which gets mpv's id of a new entry. Messages wait meanwhile, because they may refer to it.
   */
  async hold(job: () => Promise<void>): Promise<void> {
    const held: MpvMessage[] = []
    this.#held = held
    try {
      await job()
    } finally {
      this.#held = undefined
      for (const message of held) this.hear(message)
    }
  }

  /** mpv was paused or resumed: {@link tellStart} may then have an event to send. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
  }

  /** Sends `started` if the current entry sounds and the event was not sent yet. */
  tellStart(): void {
    const entry = this.#options.playlist.current
    // mpv is ready before it opens the sound card: only when it is no longer idle does it sound.
    if (entry === undefined || !entry.isReady || entry.hasStarted || this.#isPaused || this.#isIdle) return
    entry.hasStarted = true
    this.#tell({ type: 'started', id: entry.item.id })
    this.askPosition().catch(() => undefined)
  }

  /** Reads the position of the current entry from mpv, and sends it. */
  async askPosition(): Promise<void> {
    const { playlist, readPositionMs } = this.#options
    const entry = playlist.current
    if (entry?.isReady !== true) return
    const positionMs = await readPositionMs()
    if (positionMs !== undefined && playlist.current === entry) this.#tellPosition(entry, positionMs)
  }

  /** Sends `failed`, now that mpv's log has had time to give the reason, and the last position before it. */
  tellFailure(entry: Entry, fileError: string): void {
    if (entry.hasStarted) this.#tellPosition(entry, entry.positionMs)
    this.#tell({ type: 'failed', id: entry.item.id, error: entry.trouble.error(fileError) })
  }

  /** Sends no more events. */
  close(): void {
    this.#isClosed = true
    this.#following.abort()
  }

  #tell(event: PlayerEvent): void {
    if (!this.#isClosed) this.#options.onEvent(event)
  }

  #opened(): void {
    const entry = this.#options.playlist.opened
    if (entry === undefined) return
    entry.isOpen = true
    this.#options.onOpen(entry)
  }

  #ready(): void {
    const entry = this.#options.playlist.opened
    if (entry === undefined) return
    entry.isReady = true
    // A broken link is sent as `gone`.
    if (entry.hasStarted || this.#isPaused) this.askPosition().catch(() => undefined)
    else this.tellStart()
  }

  /** Polls the position while the entry sounds. */
  #follow(): void {
    this.#following.abort()
    if (this.#isIdle || this.#isClosed) return
    this.#following = new AbortController()
    const { signal } = this.#following
    const { playlist, clock } = this.#options
    const rounds = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(positionEveryMs, signal)
        if (playlist.current?.hasStarted === true) await this.askPosition()
      }
    }
    // Ends when aborted, or with the link.
    rounds().catch(() => undefined)
  }

  #tellPosition(entry: Entry, positionMs: number): void {
    entry.moveTo(positionMs, this.#options.clock.monotonicMs())
    this.#tell({ type: 'position', id: entry.item.id, positionMs: Math.round(entry.positionMs) })
  }

  #observed(name: string, value: unknown): void {
    if (name === 'core-idle') {
      this.#isIdle = value !== false
      this.#follow()
      this.tellStart()
    }
    const entry = this.#options.playlist.opened
    if (entry === undefined) return
    if (name === 'duration') entry.fileDurationMs = secondsAsMs(value) ?? entry.fileDurationMs
    if (name === 'paused-for-cache') this.#buffers(entry, value === true)
  }

  #buffers(entry: Entry, isBuffering: boolean): void {
    if (!entry.hasStarted || entry.isBuffering === isBuffering) return
    entry.setBuffering(isBuffering, this.#options.clock.monotonicMs())
    this.#tell({ type: isBuffering ? 'buffering' : 'rebuffered', id: entry.item.id })
  }

  #noted(prefix: string, text: string): void {
    const { playlist, log } = this.#options
    if (playlist.current?.trouble.isWordy !== true) {
      log.debug('mpv says', { part: plainWords(prefix), text: plainWords(text) })
    }
    playlist.note(prefix, text)
    if (playlist.current?.trouble.isGarbage === true) this.#fail(playlist.current, '')
  }

  #ended({ entry: mpvId, reason, fileError }: Extract<MpvMessage, { type: 'end-file' }>): void {
    const { playlist, clock } = this.#options
    const entry = playlist.currentAs(mpvId)
    if (entry === undefined) return
    if (reason === 'eof' && entry.isComplete(clock.monotonicMs())) {
      playlist.finish(entry)
      this.#tell({ type: 'ended', id: entry.item.id })
    } else {
      this.#fail(entry, fileError)
    }
  }

  #fail(entry: Entry, fileError: string): void {
    this.#options.playlist.fail(entry)
    this.#options.onFailure(entry, fileError)
  }
}
