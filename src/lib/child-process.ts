import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex, Readable, Writable } from 'node:stream'

import type { Clock } from './clock.ts'
import { readLines } from './lines.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Sends a signal to all processes of a group, whose id is that of its first process. 0 only looks (kill(2)).
 *
 * @returns whether the group has a process
 */
export type SignalGroup = (groupId: number, signal: 'SIGTERM' | 'SIGKILL' | 0) => boolean

export interface ChildOptions {
  /** A path, or a name looked up in PATH. Never a shell's business. */
  readonly program: string
  readonly args: readonly string[]
  /** Whole; {@link plainEnvironment} makes it out of the agent's. */
  readonly env: Variables
  readonly clock: Clock
  /** Opens descriptor 3 as a socket to the child. */
  readonly channel?: boolean
  /** {@link Child.end} then ends the child's whole group: all that it has started. */
  readonly signalGroup?: SignalGroup
  /** Each line the child writes to its stderr. */
  readonly onStderr: (line: string) => void
}

/** How a child ended: its exit code, or the signal that ended it. */
export interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
}

export interface Child {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  /** Descriptor 3, with {@link ChildOptions.channel}. */
  readonly channel: Duplex | undefined
  /** Resolves once it has ended and its streams are read to the end. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /** Asks it to end (SIGTERM, end of its stdin) and makes it after `graceMs`. Resolves once it has ended. */
  end(graceMs: number): Promise<void>
}

const longestLineBytes = 4_096

/**
 * Starts a program, the only place that does. Its streams never throw: a child that closes one early shows by its end.
 *
 * @throws the error of the operating system (`ENOENT`, `EACCES`) when it cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { program, args, env, clock, onStderr, signalGroup, channel = false } = options
  const child: ChildProcess = spawn(program, [...args], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...(channel ? (['pipe'] as const) : [])],
    shell: false,
    // Ctrl-C in a terminal goes to all of its foreground group. Children are the agent's to end, in its own order.
    detached: true,
  })
  // The first thing to do: where no descriptor is left there are no streams, and an error that nobody takes is deadly.
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.on('error', reject)
  })
  const over = new AbortController()
  let isGroupGone = false
  child.once('exit', () => {
    // As long as a process is in the group its id is nobody else's. Streams may stay open longer, in one that left it.
    isGroupGone = child.pid !== undefined && signalGroup?.(child.pid, 0) === false
  })
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('close', (code, signal) => {
      over.abort()
      resolve({ code, signal })
    })
  })
  await started
  for (const stream of child.stdio) stream?.on('error', () => undefined)
  const [stdin, stdout, stderr, third] = child.stdio
  if (stdin === null || stdout === null || stderr === null || child.pid === undefined) {
    throw new Error('a child without its streams')
  }
  readLines(stderr, longestLineBytes, onStderr)
  const { pid } = child
  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (signalGroup === undefined) child.kill(name)
    else if (!isGroupGone) signalGroup(pid, name)
  }
  return {
    pid,
    stdin,
    stdout,
    channel: third as Duplex | undefined,
    ended,
    async end(graceMs) {
      // Its id may be another's by now.
      if (over.signal.aborted) return
      stdin.end()
      signal('SIGTERM')
      await clock.sleep(graceMs, over.signal).then(
        () => {
          signal('SIGKILL')
          // What left the group may hold them open for ever.
          for (const stream of [stdout, stderr]) stream.destroy()
        },
        () => undefined,
      )
      await ended
    },
  }
}

/** Settings, which hold passwords, and what systemd gives to the agent alone: who has it may speak in its name. */
const ownVariable = /^(A2M_.*|CREDENTIALS_DIRECTORY|NOTIFY_SOCKET|WATCHDOG_.*|LISTEN_.*|JOURNAL_STREAM)$/

/** What a child may know of the agent's environment: all but what is the agent's own. */
export function plainEnvironment(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ownVariable.test(name)))
}
