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
  /** What {@link ServiceOptions.facts} gives may have changed. */
  changed(): void
  /** Says that the agent runs, then how it is and that it lives, and when `signal` aborts that it stops. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

/** What stands for less is not said: between two tracks there may be neither. */
const settleMs = 500
/** How long the end waits for its last words to be read. */
const farewellMs = 1_000

/** Undefined where no systemd waits to be told, as in a terminal. */
export function createService(options: ServiceOptions): Service | undefined {
  const { env, pid, liveness, facts, clock, log } = options
  const notify = openNotify({ env, pid, clock, log })
  if (notify === undefined) return undefined
  const patienceMs = watchdogTimeoutMs(env, pid)
  const wake = new Wake()
  let said: string | undefined

  const tellStatus: Task = async (signal) => {
    for (;;) {
      await wake.wait(signal)
      await clock.sleep(settleMs, signal)
      const status = statusWords(facts())
      if (status !== said) notify.tell({ STATUS: status })
      said = status
    }
  }
  const feed = (): void => notify.tell({ WATCHDOG: '1' })

  return {
    changed: () => wake.wake(),
    async run(signal) {
      said = statusWords(facts())
      notify.tell({ READY: '1', STATUS: said })
      await runTogether(signal, [
        tellStatus,
        ...(patienceMs === undefined
          ? []
          : [(both: AbortSignal) => runWatchdog({ patienceMs, liveness, clock, log, feed }, both)]),
      ])
      notify.tell({ STOPPING: '1', STATUS: 'Stopping' })
      const over = new AbortController()
      await Promise.race([notify.settled(), clock.sleep(farewellMs, over.signal)])
      over.abort()
    },
  }
}
