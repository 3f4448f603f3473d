import { realpathSync, statSync } from 'node:fs'

import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export interface TimeZoneOptions {
  readonly clock: Clock
  readonly log: Log
  /** Has the process ask the system for its zone again: Node does so once and keeps the answer. */
  readonly reread: () => void
}

/** Debian's place for the zone of the machine: a link into /usr/share/zoneinfo that `timedatectl` replaces. */
const place = '/etc/localtime'
const lookEveryMs = 30_000

/**
 * Follows the zone of the machine until `signal` aborts, as a person means it who sets it: the quiet hours, and the times
 * that are shown, are in the new one within half a minute.
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
    // Between two links there may be none for a moment.
    if (now === undefined || now === seen) continue
    seen = now
    reread()
    log.info('The time zone of this device was changed', { zone: zoneName() })
  }
}

/** Also of a file that is a copy, where only its content is exchanged. */
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
