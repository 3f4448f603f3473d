import { errorCodes, isErrorCode } from '../../lib/error-codes.ts'
import type { AgentAnswer, Problem } from '../agent-answer.ts'
import type { Finding, Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'
import { shortened } from '../shortened.ts'
import { unitName } from './unit.ts'

const most = 10
/** Lines read from the journal: enough to contain ten warnings, and read within a second from a slow card. */
const journalLines = 500
/** In characters. A journal line can have 48,000, and masking passes over it more than once. */
const longestMessage = 2_000

export interface ProblemsFacts extends ProgramPlace {
  readonly agent: Promise<AgentAnswer>
}

/**
 * Reports the last warnings and errors with their remedies, the latest first: from the running agent's
 * memory, and older ones from the journal. To spare SD cards the agent stores none on disk.
 */
export async function probeProblems(facts: ProblemsFacts, say: Say, signal: AbortSignal): Promise<void> {
  const name = 'last errors'
  const { kind, troubles } = await facts.agent
  if (kind === 'runs' && troubles !== undefined) {
    if (troubles.length === 0) say({ mark: 'ok', name, words: 'none since the agent was started' })
    for (const trouble of latest(troubles)) say(line(trouble))
  }
  const args = ['-u', unitName, '-n', String(journalLines), '-o', 'json', '--no-pager', '-q'] as const
  const result = await runProgram(facts, ['journalctl', ...args], 5_000, signal)
  const said = result.kind === 'ended' && result.code === 0 ? decodeJournal(result.stdout) : undefined
  if (said === undefined || said.length === 0) {
    const why =
      result.kind === 'missing'
        ? 'there is no journal here'
        : 'nothing of the service in what this user may read'
    say({ mark: 'info', name: 'journal', words: why })
    return
  }
  // The agent's memory is more precise than the journal, but covers only the time since the agent started.
  const isHere = kind === 'runs' && troubles !== undefined && troubles.length > 0
  const shown = isHere ? said.filter(({ at }) => at < (troubles[0]?.at ?? '')) : said
  if (said.length > 0 && shown.length === 0) return
  for (const trouble of latest(shown)) say({ ...line(trouble), name: journalName(trouble) })
}

/** Merges equal problems: what is retried fails again and again and would hide everything else. */
function latest(troubles: readonly Problem[]): readonly Problem[] {
  const last = new Map<string, Problem>()
  for (const trouble of troubles) {
    const key = JSON.stringify([trouble.name, trouble.code, trouble.message])
    const times = (last.get(key)?.times ?? 0) + trouble.times
    // Delete first, so that the entry moves to the end: the last time counts.
    last.delete(key)
    last.set(key, { ...trouble, times })
  }
  return [...last.values()].slice(-most).reverse()
}

function line(trouble: Problem): Finding {
  const { at, message, code, name, times } = trouble
  const words = `${at.slice(0, 19)} ${message}${times === 1 ? '' : ` (${times} times)`}`
  return isErrorCode(code)
    ? { mark: 'info', name, words, code, remedy: errorCodes[code].remedy }
    : { mark: 'info', name, words }
}

function journalName({ name }: Problem): string {
  return `journal, ${name}`
}

/** An older systemd logs this at each start for keys of the unit that it does not know: not a problem. */
const notForThisRelease = /: Unknown (key|lvalue|key name) .*, ignoring\.?$/

/** Warnings and errors in the output of `journalctl -o json`. The agent's own messages are JSON too. */
export function decodeJournal(text: string): readonly Problem[] {
  return text.split('\n').flatMap((row) => {
    const entry = parsed(row)
    if (entry === undefined) return []
    const message = messageOf(entry['MESSAGE'])
    const at = new Date(Number(entry['__REALTIME_TIMESTAMP']) / 1000)
    if (message === '' || Number.isNaN(at.getTime())) return []
    const own = parsed(message)
    if (own === undefined && notForThisRelease.test(message)) return []
    const level = own === undefined ? levelOf(entry['PRIORITY']) : own['level']
    if (level !== 'warn' && level !== 'error' && level !== 'fatal') return []
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
    return [
      {
        at: at.toISOString(),
        level,
        name: own === undefined ? 'systemd' : (text(own['name']) ?? 'agent'),
        message: shortened(
          own === undefined ? message : withError(text(own['msg']) ?? '', text(own['error'])),
          longestMessage,
        ),
        code: own === undefined ? undefined : text(own['code']),
        times: 1,
      },
    ]
  })
}

/** Appends the text of the error to the message. */
function withError(message: string, error: string | undefined): string {
  return error === undefined ? message : `${message}: ${error}`
}

/** Syslog priorities: 4 is a warning, 0 to 3 are errors. */
function levelOf(priority: unknown): string | undefined {
  const number = Number(priority)
  return number === 4 ? 'warn' : number <= 3 ? 'error' : undefined
}

/** The journal encodes what is not UTF-8 as an array of bytes. */
function messageOf(message: unknown): string {
  if (typeof message === 'string') return message
  return Array.isArray(message) && message.every((byte) => typeof byte === 'number')
    ? Buffer.from(message).toString('utf8')
    : ''
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
