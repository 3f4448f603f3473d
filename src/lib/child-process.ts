import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex, Readable, Writable } from 'node:stream'

import type { Clock } from './clock.ts'
import { readLines } from './lines.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Sends a signal to all processes of a group. The id of the group is that of its first process. Signal 0
 * sends nothing and only checks (kill(2)).
 *
 * @returns whether the group has a process
 */
export type SignalGroup = (groupId: number, signal: 'SIGTERM' | 'SIGKILL' | 0) => boolean

export interface ChildOptions {
  /** A path, or a name looked up in PATH. No shell is involved. */
  readonly program: string
  readonly args: readonly string[]
  /** The complete environment. {@link plainEnvironment} makes it from the agent's. */
  readonly env: Variables
  readonly clock: Clock
  /** Opens descriptor 3 as a socket to the child. */
  readonly channel?: boolean
  /** With it, {@link Child.end} ends the child's whole group: everything the child has started. */
  readonly signalGroup?: SignalGroup
  /** Called with each line the child writes to stderr. */
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
  /** Resolves when the child has ended and its streams are read to the end. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /**
   * Asks the child to end (SIGTERM, end of stdin) and forces it after `graceMs`. Resolves when it has ended.
   */
  end(graceMs: number): Promise<void>
}

const longestLineBytes = 4_096

/**
 * Starts a program; no other function does. Its streams never throw: a child that closes one early is noticed
 * when it ends.
 *
 * @throws the error of the operating system (`ENOENT`, `EACCES`) when the program cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { program, args, env, clock, onStderr, signalGroup, channel = false } = options
  const child: ChildProcess = spawn(program, [...args], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...(channel ? (['pipe'] as const) : [])],
    shell: false,
    // Ctrl-C in a terminal signals the whole foreground group. The agent ends its children itself, in its own
    // order.
    detached: true,
  })
  // Must come first: when no descriptor is left there are no streams, and an unhandled error ends the agent.
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.on('error', reject)
  })
  const over = new AbortController()
  let isGroupGone = false
  child.once('exit', () => {
    // While the group has a process, no other group can get its id. A process that left the group may hold
    // the streams open longer.
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
      // Another process may have its id by now.
      if (over.signal.aborted) return
      stdin.end()
      signal('SIGTERM')
      await clock.sleep(graceMs, over.signal).then(
        () => {
          signal('SIGKILL')
          // A process that left the group may hold them open for ever.
          for (const stream of [stdout, stderr]) stream.destroy()
        },
        () => undefined,
      )
      await ended
    },
  }
}

/**
 * Settings, which hold passwords, and the variables systemd gives to the agent alone: whoever has those can
 * act as the agent.
 */
const ownVariable = /^(A2M_.*|CREDENTIALS_DIRECTORY|NOTIFY_SOCKET|WATCHDOG_.*|LISTEN_.*|JOURNAL_STREAM)$/

/** The environment for a child: the agent's, without the agent's own variables. */
export function plainEnvironment(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ownVariable.test(name)))
}
