import { AppError } from '../lib/errors.ts'
import { errorFields } from '../lib/log.ts'
import { aborted, detach } from '../lib/async/tasks.ts'
import { Wake } from '../lib/async/wake.ts'
import { runHook, type HookEnd, type HookEvent, type HookOptions } from './hook-run.ts'

export interface Hooks {
  /** Queues an event for the hook; returns at once. */
  tell(event: HookEvent): void
  /** Runs the hook for queued events until `signal` aborts, and up to 2 s more. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

/** Sixty-four events are minutes of playback: only a hook that cannot keep up has more waiting. */
const mostWaiting = 64

/** Time for the last events when the agent stops: they may switch an amplifier off. */
const farewellMs = 2_000

/**
 * Runs the user's program on each event, one at a time, in order. If it is slow, the oldest events are
 * dropped. Its failures are logged and have no other effect.
 */
export function createHooks(options: HookOptions): Hooks {
  const { clock, log, commandLine } = options
  const waiting: HookEvent[] = []
  const wake = new Wake()
  let dropped = 0
  let isStartable = true

  const runOne = async (event: HookEvent, last: AbortSignal): Promise<void> => {
    try {
      const end = await runHook(options, event, last)
      if (!isStartable) log.info('The hook can be started again')
      isStartable = true
      report(event, end)
    } catch (error) {
      const { code = 'failed' } = error as NodeJS.ErrnoException
      const failure = new AppError('hook/failed', `${commandLine[0] ?? ''} cannot be started (${code})`)
      if (isStartable) log.error('The hook cannot be started', errorFields(failure))
      isStartable = false
    }
  }

  const report = ({ event_type: event }: HookEvent, { code, signal, isLate, complaint }: HookEnd): void => {
    const facts = { event, said: complaint }
    if (isLate) log.warn('The hook took too long and was ended', facts)
    else if (signal !== null) log.warn('The hook was ended by a signal', { signal, ...facts })
    else if (code !== 0) log.warn('The hook failed', { exitCode: code, ...facts })
  }

  return {
    tell(event) {
      waiting.push(event)
      if (waiting.length > mostWaiting) {
        waiting.shift()
        if (dropped === 0) log.warn('The hook is too slow: the oldest events are dropped', { mostWaiting })
        dropped += 1
      }
      wake.wake()
    },
    async run(signal) {
      const over = new AbortController()
      const last = new AbortController()
      const farewell = aborted(signal)
        .then(() => clock.sleep(farewellMs, over.signal))
        .then(() => last.abort())
      detach(farewell, over.signal, () => undefined)
      while (!last.signal.aborted) {
        const event = waiting.shift()
        if (event !== undefined) {
          await runOne(event, last.signal)
          continue
        }
        if (dropped > 0) log.warn('The hook has caught up', { dropped })
        dropped = 0
        if (signal.aborted) break
        await wake.wait(signal)
      }
      if (waiting.length > 0)
        log.warn('The agent stopped before the hook was told all', { untold: waiting.length })
      over.abort()
    },
  }
}
