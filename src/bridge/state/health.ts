import type { Clock } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/decode.ts'

const leastGapMs = 60_000

/** Topic `health` (docs/mqtt.md#what-the-agent-publishes). */
export interface Health {
  readonly uptime_seconds: number
  readonly rss_bytes: number
  readonly counts: JsonObject
}

/**
 * Publishes the health at most once a minute, and only when a count has changed: uptime and memory change all
 * the time and are not worth a message a minute.
 */
export async function watchHealth(
  clock: Clock,
  read: () => Health,
  publish: (health: JsonObject) => void,
  signal: AbortSignal,
): Promise<void> {
  let published = ''
  while (!signal.aborted) {
    const { counts, ...moving } = read()
    const text = JSON.stringify(counts)
    if (text !== published) {
      published = text
      publish({ ...moving, ...counts })
    }
    await clock.sleep(leastGapMs, signal).catch(() => undefined)
  }
}
