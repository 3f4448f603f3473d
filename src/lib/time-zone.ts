import { realpathSync, statSync } from 'node:fs'

import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export interface TimeZoneOptions {
  readonly clock: Clock
  readonly log: Log
  /** Makes the process read the system's time zone again: Node reads it once and caches it. */
  readonly reread: () => void
}

/**
 * Debian's file for the time zone of the machine: a link into /usr/share/zoneinfo that `timedatectl`
 * replaces.
 */
const place = '/etc/localtime'
const lookEveryMs = 30_000

/**
 * Follows the machine's time zone until `signal` aborts. Quiet hours and displayed times are in a new zone
 * within half a minute.
 *
 * @throws signal.reason
 */
export async function watchTimeZone(
  { clock, log, reread }: TimeZoneOptions,
  signal: AbortSignal,
): Promise<void> {
  let seen = fingerprint()
  for (;;) {
    await clock.sleep(lookEveryMs, signal)
    const now = fingerprint()
    // While the link is replaced, there may be none for a moment.
    if (now === undefined || now === seen) continue
    seen = now
    reread()
    log.info('The time zone of this device was changed', { zone: zoneName() })
  }
}

/** Also works for a file that is a copy, where only the content changes. */
function fingerprint(): string | undefined {
  try {
    const { ino, dev, mtimeMs } = statSync(place)
    return `${realpathSync(place)} ${dev}:${ino} ${mtimeMs}`
  } catch {
    return undefined
  }
}

function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
