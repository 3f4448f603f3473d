import { plainEnvironment, startChild, type ChildEnd, type SignalGroup } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { readLines } from '../lib/lines.ts'
import type { Log } from '../lib/log.ts'

export interface HookOptions {
  /** The program and its arguments. */
  readonly commandLine: readonly string[]
  readonly timeoutMs: number
  /** The agent's environment; its settings are not passed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signalGroup: SignalGroup
  readonly clock: Clock
  readonly log: Log
}

/** The payload of topic `event`. */
export type HookEvent = JsonObject & { readonly event_type: string }

export interface HookEnd extends ChildEnd {
  /** The agent ended it, because it took too long or the agent is stopping. */
  readonly isLate: boolean
  /** The last line it wrote to its stderr. */
  readonly complaint: string | undefined
}

/** Time between SIGTERM and SIGKILL. */
const graceMs = 2_000

const loggedLines = 20
const loggedLetters = 500

/**
 * Runs the program once with `event` as one line of JSON on its stdin, which is then closed. Resolves when
 * the program and every process that holds its output have ended.
 *
 * @param last ends it early, like the time-out
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
  // Whether the program reads its stdin is its own choice.
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
