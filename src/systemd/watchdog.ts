import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { Liveness } from '../lib/liveness.ts'

export interface WatchdogOptions {
  /** systemd kills and restarts an agent that sends no keep-alive for so long. */
  readonly timeoutMs: number
  readonly liveness: Liveness
  readonly clock: Clock
  readonly log: Log
  /** Sends a keep-alive to systemd. */
  readonly keepAlive: () => void
}

/** The watchdog timeout of this process (sd_watchdog_enabled(3)); undefined when systemd does not watch it. */
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
 * Sends a keep-alive every half timeout if every loop is alive. Otherwise logs which loop hangs and checks
 * more often until the timeout: a machine that was only busy gets another chance.
 *
 * @throws signal.reason
 */
export async function runWatchdog(options: WatchdogOptions, signal: AbortSignal): Promise<void> {
  const { timeoutMs, liveness, clock, log, keepAlive } = options
  const intervalMs = timeoutMs / 2
  const recheckMs = timeoutMs / 16
  let isMissing = false
  let waitMs = intervalMs
  let checkedAtMs = clock.monotonicMs()
  for (;;) {
    await clock.sleep(waitMs, signal)
    const nowMs = clock.monotonicMs()
    // The clock counts suspend, in which no loop can run. systemd does not count it either.
    const absent = await liveness.check(Math.min(nowMs - checkedAtMs, 2 * waitMs))
    checkedAtMs = nowMs
    if (absent.length === 0) {
      keepAlive()
      if (isMissing) log.info('All parts of the agent answer again')
    } else if (!isMissing) {
      const error = new AppError('service/stuck', `No answer from: ${absent.join(', ')}`)
      log.error('A part of the agent hangs', errorFields(error))
    }
    isMissing = absent.length > 0
    waitMs = isMissing ? recheckMs : intervalMs
  }
}
