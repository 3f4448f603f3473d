import { setMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'

import type { Clock } from '../../src/lib/clock.ts'
import { AppError } from '../../src/lib/errors.ts'
import { Serial } from '../../src/lib/async/serial.ts'
import { orAborted } from '../../src/lib/async/tasks.ts'
import type { OpenPlayer, Player, PlayerEvent, PlayerItem } from '../../src/playback/player/player.ts'

/** A complete player without sound, which crashes, hangs and refuses commands on demand. */
export class MortalPlayer implements Player {
  readonly preloads = true
  readonly decrypts = true
  /** The commands it executed, in order. */
  readonly taken: string[] = []
  item: PlayerItem | undefined
  next: PlayerItem | undefined
  isPaused = false
  volume = 100
  isMuted = false
  isHung = false
  /** The next command is refused with this error. */
  refusal: AppError | undefined
  /** How many turns of the event loop a command takes. */
  latency = 0
  readonly #clock: Clock
  readonly #onEvent: (event: PlayerEvent) => void
  readonly #order = new Serial()
  readonly #death = new AbortController()
  #hasStarted = false
  #positionMs = 0
  #soundsSinceMs: number | undefined
  #sounding = new AbortController()

  constructor(clock: Clock, onEvent: (event: PlayerEvent) => void) {
    this.#clock = clock
    this.#onEvent = onEvent
    setMaxListeners(0, this.#death.signal)
  }

  get isDead(): boolean {
    return this.#death.signal.aborted
  }

  get sounds(): boolean {
    return this.#soundsSinceMs !== undefined
  }

  get positionMs(): number {
    const ranMs = this.#soundsSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#soundsSinceMs
    return this.#positionMs + ranMs
  }

  die(): void {
    const error = new AppError('player/failed', 'It was killed')
    this.#halt()
    this.#death.abort(error)
    this.#onEvent({ type: 'gone', error })
  }

  /** Emits an event, whether true or not. */
  say(event: PlayerEvent): void {
    this.#onEvent(event)
  }

  load(item: PlayerItem, paused: boolean): Promise<void> {
    return this.#do(`load ${item.id} @${String(item.positionMs)}${paused ? ' paused' : ''}`, () => {
      this.#takeOff()
      this.isPaused = paused
      this.#putOn(item)
    })
  }

  preload(item: PlayerItem | undefined): Promise<void> {
    return this.#do(`preload ${item?.id ?? 'nothing'}`, () => {
      this.next = item
    })
  }

  play(): Promise<void> {
    return this.#do('play', () => {
      this.isPaused = false
      if (this.item !== undefined && !this.sounds) this.#sound(this.item)
    })
  }

  pause(): Promise<void> {
    return this.#do('pause', () => {
      this.isPaused = true
      this.#halt()
      this.#tellPosition()
    })
  }

  stop(): Promise<void> {
    return this.#do('stop', () => this.#takeOff())
  }

  seek(positionMs: number): Promise<void> {
    return this.#do(`seek ${String(positionMs)}`, () => {
      if (this.item === undefined) return
      const { sounds } = this
      this.#halt()
      this.#positionMs = positionMs
      if (sounds) this.#sound(this.item)
      else this.#tellPosition()
    })
  }

  setVolume(percent: number): Promise<void> {
    return this.#do(`volume ${String(percent)}`, () => {
      this.volume = percent
    })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#do(muted ? 'mute' : 'unmute', () => {
      this.isMuted = muted
    })
  }

  close(): Promise<void> {
    this.#takeOff()
    this.#death.abort(new AppError('player/failed', 'It was closed'))
    return Promise.resolve()
  }

  #do(name: string, change: () => void): Promise<void> {
    const { signal } = this.#death
    return this.#order.run(async () => {
      for (let turn = 0; turn < this.latency; turn++) await setImmediate()
      if (this.isHung) await orAborted(new Promise(() => undefined), signal)
      signal.throwIfAborted()
      const { refusal } = this
      this.refusal = undefined
      if (refusal !== undefined) throw refusal
      this.taken.push(name)
      change()
    })
  }

  #putOn(item: PlayerItem): void {
    this.item = item
    this.#hasStarted = false
    this.#positionMs = item.positionMs
    if (!this.isPaused) this.#sound(item)
  }

  #takeOff(): void {
    this.#halt()
    this.item = undefined
    this.next = undefined
  }

  #sound(item: PlayerItem): void {
    this.#sounding = new AbortController()
    this.#soundsSinceMs = this.#clock.monotonicMs()
    const { signal } = this.#sounding
    void this.#live(item, signal).catch(() => undefined)
    if (!this.#hasStarted) this.#onEvent({ type: 'started', id: item.id })
    this.#hasStarted = true
    if (!signal.aborted) this.#tellPosition()
  }

  async #live({ id, durationMs = Infinity }: PlayerItem, signal: AbortSignal): Promise<void> {
    // eslint-disable-next-line no-restricted-syntax -- ends with the item
    while (this.positionMs < durationMs) {
      await this.#clock.sleep(Math.min(1_000, durationMs - this.positionMs), signal)
      this.#tellPosition()
    }
    const { next } = this
    this.#takeOff()
    this.#onEvent({ type: 'ended', id })
    if (next !== undefined && this.item === undefined && !this.isDead) this.#putOn(next)
  }

  #halt(): void {
    this.#positionMs = this.positionMs
    this.#soundsSinceMs = undefined
    this.#sounding.abort()
  }

  #tellPosition(): void {
    if (this.item === undefined) return
    this.#onEvent({ type: 'position', id: this.item.id, positionMs: this.positionMs })
  }
}

/** Opens one player after the other. */
export class MortalPlayers {
  readonly all: MortalPlayer[] = []
  /** How often a player was requested. */
  openings = 0
  /** If set, opening fails with this error. */
  failure: AppError | undefined
  /** Opening neither succeeds nor fails. */
  isHung = false
  /** Opening ignores its abort signal and completes when {@link arrive} is called. */
  isLate = false
  arrive: () => void = () => undefined
  /** Called with each player before it gets commands. */
  raise: (player: MortalPlayer) => void = () => undefined
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The newest player, running or not. */
  get last(): MortalPlayer {
    const last = this.all.at(-1)
    if (last === undefined) throw new Error('none was opened yet')
    return last
  }

  readonly open: OpenPlayer = async (onEvent, signal) => {
    this.openings++
    await setImmediate()
    if (this.isHung) await orAborted(new Promise(() => undefined), signal)
    if (this.isLate) await new Promise<void>((resolve) => (this.arrive = resolve))
    if (this.failure !== undefined) throw this.failure
    const player = new MortalPlayer(this.#clock, onEvent)
    this.raise(player)
    this.all.push(player)
    return player
  }
}
