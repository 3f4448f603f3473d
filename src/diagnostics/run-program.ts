import { plainEnvironment, startChild, type ChildOptions } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import { orAborted } from '../lib/async/tasks.ts'
import { withTimeLimit } from '../lib/async/time-limit.ts'

export interface ProgramPlace {
  readonly env: ChildOptions['env']
  readonly clock: Clock
}

/** The output of a program; `missing`: not installed; `late`: not finished in time. */
export type ProgramResult =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'late' }

const mostComplaints = 20
const longestOutputBytes = 4 * 1024 * 1024

/**
 * Runs a program of the system with English output, for at most `limitMs`.
 *
 * @throws signal.reason, after the program has ended
 */
export async function runProgram(
  { env, clock }: ProgramPlace,
  [program, ...args]: readonly [string, ...string[]],
  limitMs: number,
  signal: AbortSignal,
): Promise<ProgramResult> {
  signal.throwIfAborted()
  const complaints: string[] = []
  const child = await startChild({
    program,
    args,
    env: { ...plainEnvironment(env), LC_ALL: 'C' },
    clock,
    onStderr(line) {
      if (complaints.length < mostComplaints) complaints.push(line)
    },
  }).catch(() => undefined)
  if (child === undefined) return { kind: 'missing' }
  const chunks: Buffer[] = []
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= longestOutputBytes) chunks.push(chunk)
  })
  try {
    const { code } = await withTimeLimit(clock, limitMs, signal, (until) => orAborted(child.ended, until))
    const stdout = Buffer.concat(chunks).toString('utf8')
    return { kind: 'ended', code, stdout, stderr: complaints.join(' ') }
  } catch {
    await child.end(200)
    signal.throwIfAborted()
    return { kind: 'late' }
  }
}
