import type { Clock } from '../../../lib/clock.ts'
import { detach } from '../../../lib/async/tasks.ts'
import type { OpenPlayer, Player, PlayerEvent, PlayerItem } from '../player.ts'

/** Shortest item: one whose length is zero according to the service would end as it begins. */
const leastMs = 1_000

/**
 * A player without sound: a clock that plays each item for its duration, so that a device without a speaker
 * (or a test) runs through a whole queue. An item of unknown duration plays until it is stopped or skipped.
 */
export function createNonePlayer(clock: Clock): OpenPlayer {
  return (onEvent) => Promise.resolve(new NonePlayer(clock, onEvent))
}

class NonePlayer implements Player {
  readonly preloads = true
  /** It fetches no stream, so protection does not matter. */
  readonly decrypts = true
  readonly #clock: Clock
  readonly #onEvent: (event: PlayerEvent) => void
  #item: PlayerItem | undefined
  #next: PlayerItem | undefined
  #isPaused = false
  #hasStarted = false
  /** Position where the item last stopped. */
  #positionMs = 0
  /** Monotonic time when it last started to run; undefined while it does not. */
  #runningSinceMs: number | undefined
  #running = new AbortController()

  constructor(clock: Clock, onEvent: (event: PlayerEvent) => void) {
    this.#clock = clock
    this.#onEvent = onEvent
  }

  load(item: PlayerItem, paused: boolean): Promise<void> {
    this.#takeOff()
    this.#putOn(item)
    this.#isPaused = paused
    if (!paused) this.#run(item)
    return Promise.resolve()
  }

  preload(item: PlayerItem | undefined): Promise<void> {
    this.#next = item
    return Promise.resolve()
  }

  play(): Promise<void> {
    this.#isPaused = false
    if (this.#item !== undefined && this.#runningSinceMs === undefined) this.#run(this.#item)
    return Promise.resolve()
  }

  pause(): Promise<void> {
    this.#isPaused = true
    if (this.#item !== undefined) {
      this.#halt()
      this.#tellPosition(this.#item)
    }
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#takeOff()
    return Promise.resolve()
  }

  seek(toMs: number): Promise<void> {
    const item = this.#item
    if (item === undefined) return Promise.resolve()
    const wasRunning = this.#runningSinceMs !== undefined
    this.#halt()
    this.#positionMs = Math.min(Math.max(toMs, 0), item.durationMs ?? Infinity)
    if (wasRunning) this.#run(item)
    else this.#tellPosition(item)
    return Promise.resolve()
  }

  setVolume(): Promise<void> {
    return Promise.resolve()
  }

  setMuted(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#takeOff()
    return Promise.resolve()
  }

  #putOn(item: PlayerItem): void {
    this.#item = item
    this.#hasStarted = false
    this.#positionMs = item.positionMs
  }

  #takeOff(): void {
    this.#halt()
    this.#item = undefined
    this.#next = undefined
  }

  #run(item: PlayerItem): void {
    this.#running = new AbortController()
    this.#runningSinceMs = this.#clock.monotonicMs()
    const { signal } = this.#running
    if (item.durationMs !== undefined) {
      const lengthMs = Math.max(item.durationMs, leastMs)
      const untilEnd = this.#clock.sleep(lengthMs - this.#positionMs, signal)
      // A sleep rejects only when aborted.
      detach(
        untilEnd.then(() => this.#end(item)),
        signal,
        () => undefined,
      )
    }
    if (!this.#hasStarted) {
      this.#hasStarted = true
      this.#onEvent({ type: 'started', id: item.id })
    }
    if (!signal.aborted) this.#tellPosition(item)
  }

  #halt(): void {
    if (this.#runningSinceMs !== undefined) {
      this.#positionMs += this.#clock.monotonicMs() - this.#runningSinceMs
    }
    this.#runningSinceMs = undefined
    this.#running.abort()
  }

  #end(item: PlayerItem): void {
    const next = this.#next
    this.#takeOff()
    if (next !== undefined) this.#putOn(next)
    this.#onEvent({ type: 'ended', id: item.id })
    // The consumer of `ended` may have loaded another item, or paused.
    if (next !== undefined && this.#item === next && !this.#isPaused) this.#run(next)
  }

  #tellPosition({ id }: PlayerItem): void {
    this.#onEvent({ type: 'position', id, positionMs: this.#positionMs })
  }
}
