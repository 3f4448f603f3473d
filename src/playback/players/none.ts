import type { Clock } from '../../base/clock.ts'
import { detach } from '../../base/tasks.ts'
import type { Player, PlayerEvent, PlayerItem } from '../player.ts'

/**
 * A player without sound: a clock that plays each item for its duration, so that a device without a speaker (or a
 * test) lives the whole life of a queue. An item of unknown duration plays until it is stopped or skipped.
 */
export function createNonePlayer(clock: Clock, onEvent: (event: PlayerEvent) => void): Player {
  let item: PlayerItem | undefined
  let positionMs = 0
  /** When the item last began to run; undefined while it stands still. */
  let runningSinceMs: number | undefined
  let running = new AbortController()

  const position = (): number => {
    const ranMs = runningSinceMs === undefined ? 0 : clock.monotonicMs() - runningSinceMs
    return Math.min(positionMs + ranMs, item?.durationMs ?? Infinity)
  }
  const halt = (): void => {
    positionMs = position()
    runningSinceMs = undefined
    running.abort()
  }
  const run = (playing: PlayerItem): void => {
    running = new AbortController()
    runningSinceMs = clock.monotonicMs()
    const { durationMs, id } = playing
    if (durationMs === undefined) return
    const { signal } = running
    const untilEnd = clock.sleep(durationMs - positionMs, signal).then(() => {
      halt()
      item = undefined
      onEvent({ type: 'ended', id })
    })
    // A sleep fails only by being aborted.
    detach(untilEnd, signal, () => undefined)
  }

  return {
    name: 'none',
    play(next) {
      halt()
      item = next
      positionMs = next.positionMs
      run(next)
      onEvent({ type: 'started', id: next.id })
      return Promise.resolve()
    },
    pause() {
      halt()
      return Promise.resolve()
    },
    resume() {
      if (item !== undefined && runningSinceMs === undefined) run(item)
      return Promise.resolve()
    },
    stop() {
      halt()
      item = undefined
      positionMs = 0
      return Promise.resolve()
    },
    seek(toMs) {
      if (item === undefined) return Promise.resolve()
      const wasRunning = runningSinceMs !== undefined
      halt()
      positionMs = Math.min(Math.max(toMs, 0), item.durationMs ?? Infinity)
      if (wasRunning) run(item)
      return Promise.resolve()
    },
    setVolume: () => Promise.resolve(),
    setMuted: () => Promise.resolve(),
    positionMs: position,
    close() {
      halt()
      return Promise.resolve()
    },
  }
}
