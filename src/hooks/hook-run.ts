import { plainEnvironment, startChild, type ChildEnd, type SignalGroup } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { readLines } from '../lib/lines.ts'
import type { Log } from '../lib/log.ts'

export interface HookOptions {
  /** The program and its arguments. */
  readonly commandLine: readonly string[]
  readonly timeoutMs: number
  /** The agent's own. Its settings are not passed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signalGroup: SignalGroup
  readonly clock: Clock
  readonly log: Log
}

/** An event as topic `event` has it. */
export type HookEvent = JsonObject & { readonly event_type: string }

export interface HookEnd extends ChildEnd {
  /** It was ended because it took too long. */
  readonly isLate: boolean
  /** The last line it wrote to its stderr. */
  readonly complaint: string | undefined
}

/** From SIGTERM to SIGKILL. */
const graceMs = 2_000

const loggedLines = 20
const loggedLetters = 500

/**
 * Runs the program once: `event` as one line of JSON on its stdin, which then ends. The run is over when the program
 * and all that holds its output have ended.
 *
 * @param last ends it early, as its time does
 * @throws the error of the operating system when it cannot be started
 */
export async function runHook(options: HookOptions, event: HookEvent, last: AbortSignal): Promise<HookEnd> {
  const { commandLine, timeoutMs, env, signalGroup, clock, log } = options
  const [program = '', ...args] = commandLine
  let complaint: string | undefined
  let lines = 0
  const show = (line: string): void => {
    if (++lines <= loggedLines) log.debug('The hook says', { said: line.slice(0, loggedLetters) })
  }
  const child = await startChild({
    program,
    args,
    env: { ...plainEnvironment(env), A2M_EVENT: event.event_type },
    clock,
    signalGroup,
    onStderr(line) {
      complaint = line.slice(0, loggedLetters)
      show(line)
    },
  })
  readLines(child.stdout, loggedLetters, show)
  // A program that does not read it is told nothing, and that is its own affair.
  child.stdin.end(`${JSON.stringify(event)}\n`)
  const over = new AbortController()
  void child.ended.then(() => over.abort())
  const isLate = await clock.sleep(timeoutMs, AbortSignal.any([over.signal, last])).then(
    () => true,
    () => !over.signal.aborted,
  )
  if (isLate) await child.end(graceMs)
  const end = await child.ended
  if (lines > loggedLines) log.debug('The hook said more', { lines: lines - loggedLines })
  return { ...end, isLate, complaint }
}
