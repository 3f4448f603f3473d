import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { Inbox } from './inbox.ts'
import { within } from './eventually.ts'

/** The bundle as it is published; `npm test` builds it first. */
export const mainBundle = join(import.meta.dirname, '..', '..', 'dist', 'main.cjs')

export interface CliOptions {
  readonly args?: readonly string[]
  /** Of the test's own environment only PATH is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Flags for node itself. */
  readonly nodeArgs?: readonly string[]
  /** A program and its arguments that start node. It must replace itself by node (exec). */
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
  /** All output so far, stdout before stderr. */
  readonly printed: string
  /** The first line not yet taken that contains `part`. */
  line(part: string, timeoutMs?: number): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process has ended. Kills it after the time-out, which is a failure. */
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
