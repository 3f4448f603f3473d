import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { Inbox } from './inbox.ts'
import { within } from './eventually.ts'

/** The bundle that is shipped; `npm test` builds it first. */
export const mainBundle = join(import.meta.dirname, '..', '..', 'dist', 'main.cjs')

export interface CliOptions {
  readonly args?: readonly string[]
  /** Nothing of the test's own environment but PATH is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Flags for node itself. */
  readonly nodeArgs?: readonly string[]
  /** A program and arguments that node is started by: it must become node. */
  readonly launcher?: readonly string[]
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The built command line as a child process. */
export interface CliProcess extends AsyncDisposable {
  readonly pid: number
  /** All it has printed so far, both ways. */
  readonly printed: string
  /** The first line, not taken yet, that holds `part`. */
  line(part: string, timeoutMs?: number): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Resolves when it is gone; one that does not end is killed after the bound, and that is a failure. */
  ended(timeoutMs?: number): Promise<Ended>
}

export function startCli({ args = [], env = {}, nodeArgs = [], launcher = [] }: CliOptions = {}): CliProcess {
  const [program = '', ...rest] = [...launcher, process.execPath, ...nodeArgs, mainBundle, ...args]
  const child: ChildProcess = spawn(program, rest, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = new Inbox<string>()
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    let rest = ''
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) lines.push(part)
    })
  }
  const gone = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>

  return {
    pid: child.pid ?? 0,
    get printed() {
      return said.stdout + said.stderr
    },
    line: (part, timeoutMs = 20_000) =>
      lines.next(`a line with ${JSON.stringify(part)}`, (line) => line.includes(part), timeoutMs),
    kill: (signal) => void child.kill(signal),
    async ended(timeoutMs = 20_000) {
      const bound = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
      const [code, signal] = await gone
      clearTimeout(bound)
      return { code, signal, ...said }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await within('the end of the process', gone)
    },
  }
}
