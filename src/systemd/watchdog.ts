import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { Liveness } from '../lib/liveness.ts'

export interface WatchdogOptions {
  /** Without a word for so long systemd kills us and starts us again. */
  readonly patienceMs: number
  readonly liveness: Liveness
  readonly clock: Clock
  readonly log: Log
  /** Tells systemd that all is well. */
  readonly feed: () => void
}

/** The patience systemd has with this process (sd_watchdog_enabled(3)); undefined when it does not watch it. */
export function watchdogTimeoutMs(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  const meant = env['WATCHDOG_PID'] ?? ''
  if (meant !== '' && meant !== String(pid)) return undefined
  const microseconds = Number(env['WATCHDOG_USEC'] ?? '')
  return Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined
}

/**
 * Feeds systemd's watchdog at half of its patience, if every loop answers the roll. When one does not it is named in
 * the log, and called again and again while there is time: a machine that was too busy gets another chance.
 *
 * @throws signal.reason
 */
export async function runWatchdog(options: WatchdogOptions, signal: AbortSignal): Promise<void> {
  const { patienceMs, liveness, clock, log, feed } = options
  const feedMs = patienceMs / 2
  const againMs = patienceMs / 16
  let isMissing = false
  let waitMs = feedMs
  let calledAtMs = clock.monotonicMs()
  for (;;) {
    await clock.sleep(waitMs, signal)
    const nowMs = clock.monotonicMs()
    // The clock counts suspend, in which nobody could come round. systemd does not count it either.
    const absent = await liveness.check(Math.min(nowMs - calledAtMs, 2 * waitMs))
    calledAtMs = nowMs
    if (absent.length === 0) {
      feed()
      if (isMissing) log.info('All parts of the agent answer again')
    } else if (!isMissing) {
      const error = new AppError('service/stuck', `No answer from: ${absent.join(', ')}`)
      log.error('A part of the agent hangs', errorFields(error))
    }
    isMissing = absent.length > 0
    waitMs = isMissing ? againMs : feedMs
  }
}
