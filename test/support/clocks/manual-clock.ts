import type { Clock } from '../../../src/lib/clock.ts'
import { patienceMs, within } from '../eventually.ts'

/** More sleeps than this that end at the same moment are a loop that never waits. */
const mostAtOnce = 50_000

interface Sleeper {
  readonly wakeAtMs: number
  readonly ms: number
  readonly wake: () => void
}

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  #nowMs = 1_000_000
  #wallOffsetMs: number
  readonly #sleepers = new Set<Sleeper>()
  #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  /** @param epochMs the wall clock's time at the start */
  constructor(epochMs = Date.UTC(2026, 10, 22, 12)) {
    this.#wallOffsetMs = epochMs - this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  epochMs(): number {
    return this.#nowMs + this.#wallOffsetMs
  }

  /** The number of pending sleeps: 0 at the end of a clean test. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /** The requested lengths of all pending sleeps, in milliseconds. */
  get sleeps(): readonly number[] {
    return [...this.#sleepers].map(({ ms }) => ms)
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const stop = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason as Error)
      }
      const sleeper: Sleeper = {
        ms,
        wakeAtMs: this.#nowMs + ms,
        wake: () => {
          signal.removeEventListener('abort', stop)
          this.#sleepers.delete(sleeper)
          resolve()
        },
      }
      signal.addEventListener('abort', stop, { once: true })
      this.#sleepers.add(sleeper)
      this.#waiting = this.#waiting.filter(({ count, resolve: ready }) => {
        if (this.#sleepers.size < count) return true
        ready()
        return false
      })
    })
  }

  /** Resolves when at least `count` sleeps are pending; fails after some real time. */
  untilSleeping(count = 1, withinMs = patienceMs): Promise<void> {
    if (this.#sleepers.size >= count) return Promise.resolve()
    const sleeping = new Promise<void>((resolve) => this.#waiting.push({ count, resolve }))
    const what = `${count} ${count === 1 ? 'sleep' : 'sleeps'} under way`
    return within(what, sleeping, { withinMs, seen: () => this.sleeps })
  }

  /** Advances both clocks and wakes sleepers in order. Each one sees the time at which it wakes. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    let atOnce = 0
    // eslint-disable-next-line no-restricted-syntax -- as many rounds as there are sleepers, and bounded at one moment
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0]
      if (next === undefined || next.wakeAtMs > endMs) break
      atOnce = next.wakeAtMs > this.#nowMs ? 0 : atOnce + 1
      if (atOnce >= mostAtOnce)
        throw new Error(`woke ${atOnce} sleepers and time did not pass: sleeps of ${next.ms} ms`)
      this.#nowMs = Math.max(this.#nowMs, next.wakeAtMs)
      next.wake()
      // Let what was woken run until it sleeps again or waits for real I/O.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs = endMs
  }

  /** Sets the wall clock but not the monotonic clock, as NTP does. */
  jumpWallClock(ms: number): void {
    this.#wallOffsetMs += ms
  }
}
