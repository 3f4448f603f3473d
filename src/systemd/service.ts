import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Liveness } from '../lib/liveness.ts'
import { runTogether, type Task } from '../lib/async/tasks.ts'
import { Wake } from '../lib/async/wake.ts'
import { openNotify } from './notify.ts'
import { statusWords, type StatusFacts } from './status-words.ts'
import { runWatchdog, watchdogTimeoutMs } from './watchdog.ts'

export interface ServiceOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The agent's own process id. */
  readonly pid: number
  readonly liveness: Liveness
  readonly facts: () => StatusFacts
  readonly clock: Clock
  readonly log: Log
}

/** The agent as systemd sees it. */
export interface Service {
  /** Call when the result of {@link ServiceOptions.facts} may have changed. */
  changed(): void
  /**
   * Notifies systemd that the agent is ready, then of status and keep-alives, and of the stop when `signal`
   * aborts. Never rejects.
   */
  run(signal: AbortSignal): Promise<void>
}

/** A status that lasts less is not sent: between two tracks the player may be idle for a moment. */
const settleMs = 500
/** How long the stop waits until its last notification is sent. */
const lastNotificationMs = 1_000

/** Undefined when the agent does not run under systemd, as in a terminal. */
export function createService(options: ServiceOptions): Service | undefined {
  const { env, pid, liveness, facts, clock, log } = options
  const notify = openNotify({ env, pid, clock, log })
  if (notify === undefined) return undefined
  const timeoutMs = watchdogTimeoutMs(env, pid)
  const wake = new Wake()
  let sent: string | undefined

  const sendStatus: Task = async (signal) => {
    for (;;) {
      await wake.wait(signal)
      await clock.sleep(settleMs, signal)
      const status = statusWords(facts())
      if (status !== sent) notify.notify({ STATUS: status })
      sent = status
    }
  }
  const keepAlive = (): void => notify.notify({ WATCHDOG: '1' })

  return {
    changed: () => wake.wake(),
    async run(signal) {
      sent = statusWords(facts())
      notify.notify({ READY: '1', STATUS: sent })
      await runTogether(signal, [
        sendStatus,
        ...(timeoutMs === undefined
          ? []
          : [(both: AbortSignal) => runWatchdog({ timeoutMs, liveness, clock, log, keepAlive }, both)]),
      ])
      notify.notify({ STOPPING: '1', STATUS: 'Stopping' })
      const over = new AbortController()
      await Promise.race([notify.settled(), clock.sleep(lastNotificationMs, over.signal)])
      over.abort()
    },
  }
}
