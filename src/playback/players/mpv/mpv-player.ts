import type { Clock } from '../../../base/clock.ts'
import { AppError } from '../../../base/errors.ts'
import type { Log } from '../../../base/log.ts'
import { Serial } from '../../../base/serial.ts'
import type { Player, PlayerEvent, PlayerItem } from '../../player.ts'
import { Entry } from './entry.ts'
import type { MpvLink } from './mpv-link.ts'
import type { MpvMessage } from './mpv-message.ts'
import { Trouble } from './mpv-trouble.ts'
import { plainWords } from './plain-words.ts'
import { addressOf } from './stream-address.ts'

/** Asked for: observed, mpv would tell it some ten times a second. */
const positionEveryMs = 950

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

/** Port {@link Player} in mpv's words. What mpv says comes in by {@link hear}. */
export class MpvPlayer implements Player {
  readonly preloads = true
  readonly decrypts = false
  readonly #link: MpvLink
  readonly #clock: Clock
  readonly #log: Log
  readonly #onEvent: (event: PlayerEvent) => void
  readonly #mixer: MpvPlayerOptions['mixer']
  readonly #end: () => Promise<void>
  readonly #commands = new Serial()
  /** What mpv may have on its playlist. */
  readonly #entries = new Set<Entry>()
  #current: Entry | undefined
  /** It failed, and mpv has not yet confirmed that it stands still. */
  #failing: Entry | undefined
  #isPaused = false
  /** mpv's `core-idle`: for whatever reason nothing sounds. */
  #isIdle = true
  #following = new AbortController()
  #volume = 100
  /** What mpv or the mixer was last set to. */
  #volumeSet: number | undefined
  /** While mpv's id of a new entry is on its way, messages wait: they may speak of it. */
  #held: MpvMessage[] | undefined
  #over: 'closed' | 'gone' | undefined

  constructor(options: MpvPlayerOptions) {
    this.#link = options.link
    this.#clock = options.clock
    this.#log = options.log
    this.#onEvent = options.onEvent
    this.#mixer = options.mixer
    this.#end = options.end
  }

  async load(item: PlayerItem, paused: boolean): Promise<void> {
    const entry = new Entry(item, addressOf(item.stream), new Trouble(this.#clock))
    // From here on nothing more is told of what was there before.
    this.#forget()
    this.#current = entry
    await this.#run(async () => {
      // Another load or a stop has come: mpv need not open what nobody will hear.
      if (this.#current !== entry) return
      if (paused) await this.#pauseMpv(true)
      await this.#take(entry, 'replace')
      // Only now, so that what was there does not go on for a moment.
      if (!paused) await this.#pauseMpv(false)
      this.#tellStart()
    })
  }

  async preload(item: PlayerItem | undefined): Promise<void> {
    const next =
      item === undefined ? undefined : new Entry(item, addressOf(item.stream), new Trouble(this.#clock))
    const after = this.#current
    await this.#run(async () => {
      const current = this.#current
      if (after === undefined || current === undefined) return
      await this.#link.ask(['playlist-clear'])
      if (next === undefined) return
      // mpv opens it early with the headers of the present one, which are none of its business if they differ.
      const sameHeaders = current.address.headers === next.address.headers
      await this.#set('prefetch-playlist', sameHeaders)
      // `append-play`: should the present one have ended in the meantime, this one begins at once.
      await this.#take(next, 'append-play')
    })
  }

  play(): Promise<void> {
    return this.#run(async () => {
      await this.#pauseMpv(false)
      this.#tellStart()
      if (this.#current?.hasStarted === true) await this.#askPosition()
    })
  }

  pause(): Promise<void> {
    return this.#run(async () => {
      await this.#pauseMpv(true)
      await this.#askPosition()
    })
  }

  stop(): Promise<void> {
    this.#forget()
    return this.#run(async () => {
      await this.#link.ask(['stop'])
    })
  }

  seek(positionMs: number): Promise<void> {
    const entry = this.#current
    return this.#run(async () => {
      if (entry === undefined || entry !== this.#current) return
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
      await (this.#mixer?.(volume) ?? this.#set('volume', volume))
      this.#volumeSet = volume
    })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#run(() => this.#set('mute', muted))
  }

  async close(): Promise<void> {
    this.#over ??= 'closed'
    this.#following.abort()
    await this.#end()
  }

  /** mpv has ended, asked or not. */
  gone(error: AppError): void {
    if (this.#over !== undefined) return
    this.#over = 'gone'
    this.#following.abort()
    this.#onEvent({ type: 'gone', error })
  }

  /** Takes what mpv says, in its order. */
  hear(message: MpvMessage): void {
    if (this.#held !== undefined) {
      this.#held.push(message)
      return
    }
    switch (message.type) {
      case 'start-file':
        this.#begin(message.entry)
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

  #run<T>(job: () => Promise<T>): Promise<T> {
    return this.#commands.run(() => {
      if (this.#over !== undefined) throw new AppError('player/failed', 'mpv has ended')
      return job()
    })
  }

  #tell(event: PlayerEvent): void {
    if (this.#over === undefined) this.#onEvent(event)
  }

  #forget(): void {
    this.#entries.clear()
    this.#current = undefined
    this.#failing = undefined
  }

  async #set(property: string, value: unknown): Promise<void> {
    await this.#link.ask(['set_property', property, value])
  }

  async #pauseMpv(isPaused: boolean): Promise<void> {
    await this.#set('pause', isPaused)
    this.#isPaused = isPaused
  }

  /** Puts it on mpv's playlist. In the named form: the order of loadfile's arguments has changed between versions. */
  async #take(entry: Entry, flags: 'replace' | 'append-play'): Promise<void> {
    const { url, headers } = entry.address
    const options = {
      // Only where it is needed: mpv goes there by a seek, which drops what the sound card still has of the item before.
      ...(entry.item.positionMs > 0 ? { start: String(entry.item.positionMs / 1000) } : {}),
      ...(headers === '' ? {} : { 'http-header-fields': headers }),
    }
    this.#entries.add(entry)
    this.#held = []
    try {
      const taken = await this.#link.ask({ name: 'loadfile', url, flags, options })
      entry.mpvId = (taken as { readonly playlist_entry_id?: number } | undefined)?.playlist_entry_id
    } finally {
      const held = this.#held
      this.#held = undefined
      for (const message of held) this.hear(message)
    }
  }

  async #seek(entry: Entry, positionMs: number): Promise<void> {
    await this.#link.ask(['seek', positionMs / 1000, 'absolute+exact'])
    // At the very end mpv never says that it got there.
    entry.moveTo(positionMs, this.#clock.monotonicMs())
  }

  #byId(mpvId: number): Entry | undefined {
    return [...this.#entries].find((entry) => entry.mpvId === mpvId)
  }

  #begin(mpvId: number): void {
    const entry = this.#byId(mpvId)
    if (entry !== undefined && this.#failing === undefined) this.#current = entry
  }

  #opened(): void {
    const entry = this.#current
    if (entry === undefined) return
    entry.isOpen = true
    const { seekToMs } = entry
    if (seekToMs !== undefined) this.#seek(entry, seekToMs).catch(() => undefined)
  }

  #ready(): void {
    const entry = this.#current
    if (entry === undefined) return
    entry.isReady = true
    // A link that breaks is told as `gone`.
    if (entry.hasStarted || this.#isPaused) this.#askPosition().catch(() => undefined)
    else this.#tellStart()
  }

  /** mpv is ready before it opens the sound card: only when it no longer idles does it sound. */
  #tellStart(): void {
    const entry = this.#current
    if (entry === undefined || !entry.isReady || entry.hasStarted || this.#isPaused || this.#isIdle) return
    entry.hasStarted = true
    this.#tell({ type: 'started', id: entry.item.id })
    this.#askPosition().catch(() => undefined)
  }

  /** Asks for the position again and again while it sounds. */
  #follow(): void {
    this.#following.abort()
    if (this.#isIdle || this.#over !== undefined) return
    this.#following = new AbortController()
    const { signal } = this.#following
    const rounds = async (): Promise<void> => {
      for (;;) {
        await this.#clock.sleep(positionEveryMs, signal)
        if (this.#current?.hasStarted === true) await this.#askPosition()
      }
    }
    // Ends by being aborted, or with the link.
    rounds().catch(() => undefined)
  }

  async #askPosition(): Promise<void> {
    const entry = this.#current
    if (entry?.isReady !== true) return
    const seconds = await this.#link.read('time-pos')
    if (typeof seconds === 'number' && this.#current === entry) this.#tellPosition(entry, seconds)
  }

  #tellPosition(entry: Entry, seconds: number): void {
    entry.moveTo(seconds * 1000, this.#clock.monotonicMs())
    this.#tell({ type: 'position', id: entry.item.id, positionMs: Math.round(entry.positionMs) })
  }

  #observed(name: string, value: unknown): void {
    if (name === 'core-idle') {
      this.#isIdle = value !== false
      this.#follow()
      this.#tellStart()
    }
    const entry = this.#current
    if (entry === undefined) return
    if (name === 'duration' && typeof value === 'number') entry.fileDurationMs = value * 1000
    if (name === 'paused-for-cache') this.#buffers(entry, value === true)
  }

  #buffers(entry: Entry, isBuffering: boolean): void {
    if (!entry.hasStarted || entry.isBuffering === isBuffering) return
    entry.setBuffering(isBuffering, this.#clock.monotonicMs())
    this.#tell({ type: isBuffering ? 'buffering' : 'rebuffered', id: entry.item.id })
  }

  #noted(prefix: string, text: string): void {
    if (this.#current?.trouble.isWordy !== true) {
      this.#log.debug('mpv says', { part: plainWords(prefix), text: plainWords(text) })
    }
    // Of one that is opened early nothing more is said when its turn comes.
    for (const entry of this.#entries) entry.trouble.note(prefix, text)
    if (this.#current?.trouble.isGarbage === true) this.#fail(this.#current, '')
  }

  #ended({ entry: mpvId, reason, fileError }: Extract<MpvMessage, { type: 'end-file' }>): void {
    const entry = this.#byId(mpvId)
    if (entry === undefined || entry !== this.#current) return
    if (reason === 'eof' && entry.isComplete(this.#clock.monotonicMs())) {
      this.#entries.delete(entry)
      this.#current = undefined
      this.#tell({ type: 'ended', id: entry.item.id })
    } else {
      this.#fail(entry, fileError)
    }
  }

  /** mpv would go on with what comes next, and its log may still have the reason: first it is stopped. */
  #fail(entry: Entry, fileError: string): void {
    this.#current = undefined
    this.#failing = entry
    const told = this.#run(async () => {
      if (this.#failing !== entry) return
      await this.#link.ask(['stop'])
      if (this.#failing !== entry) return
      this.#forget()
      if (entry.hasStarted) this.#tellPosition(entry, entry.positionMs / 1000)
      this.#tell({ type: 'failed', id: entry.item.id, error: entry.trouble.error(fileError) })
    })
    // A link that breaks is told as `gone`.
    told.catch(() => undefined)
  }
}
