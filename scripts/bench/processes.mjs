import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** Every process the bench has started and not yet seen end. */
const alive = new Set()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/**
 * Starts a process whose environment is `env` and the PATH, nothing of ours: no NODE_OPTIONS, no A2M_ setting.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, ipc?: boolean, nodeArgs?: readonly string[], channel?: boolean,
 *   isSilent?: boolean }} [options] `ipc`: a Node program that is given a channel to us; `channel`: descriptor 3 is a
 *   socket to us; `isSilent`: what it writes to its stdout are no words
 * @returns {ChildProcess & { said: () => string }} `said`: the end of what it printed
 */
export function start(command, args, options = {}) {
  const { env = {}, ipc = false, nodeArgs = [], channel = false, isSilent = false } = options
  const stdio = ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc'] : channel ? ['pipe'] : [])]
  const surroundings = { env: { PATH: process.env.PATH, ...env }, stdio }
  const child = ipc
    ? fork(command, args, { ...surroundings, execArgv: [...nodeArgs] })
    : spawn(command, args, surroundings)
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  child.once('error', () => alive.delete(child))
  let said = ''
  const keep = (chunk) => (said = (said + chunk).slice(-4_000))
  if (!isSilent) child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return Object.assign(child, { said: () => said })
}

/** Ends a process the clean way, or in whatever way it takes. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000)
  await exited
  clearTimeout(timer)
}

export async function endAll() {
  await Promise.all([...alive].map(end))
}

/**
 * @template T
 * @param {string} what waited for, for the message
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {ReturnType<typeof start>} [child] whose end means that there is nothing to wait for
 * @returns {Promise<T>}
 */
export async function within(what, promise, ms, child) {
  const over = new AbortController()
  const late = sleep(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${what}: not within ${ms / 1000} s${words(child)}`)
  })
  const gone =
    child === undefined
      ? []
      : [
          once(child, 'exit', { signal: over.signal }).then(() => {
            throw new Error(`${what}: the process ended${words(child)}`)
          }),
        ]
  try {
    return await Promise.race([promise, late, ...gone])
  } finally {
    over.abort()
    for (const loser of [late, ...gone]) loser.catch(() => undefined)
  }
}

function words(child) {
  return child === undefined ? '' : `\n${child.said()}`
}

/** Resident memory in MB, of 1024 × 1024 bytes as in /proc. */
export function residentMb(pid) {
  return resident(pid).allMb
}

/** As {@link residentMb}, and of it what is no page of a file. */
export function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)[1]) / 1024
  return { allMb: megabytes('VmRSS'), anonymousMb: megabytes('RssAnon') }
}

/** What a process has used up since its start. */
export function usage(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const sum = (read) => tasks.reduce((total, task) => total + read(`/proc/${pid}/task/${task}`), 0)
  return {
    // The scheduler's own account in nanoseconds: the ticks in /proc/<pid>/stat are too coarse for a short look.
    cpuMs: sum((task) => Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0])) / 1e6,
    wakeUps: sum((task) =>
      Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`${task}/status`, 'utf8'))[1]),
    ),
    writtenBytes: Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]),
  }
}

/** Every file and folder below `folder` with its time and size, as one text to compare. */
export function traces(folder) {
  return readdirSync(folder, { recursive: true })
    .concat('.')
    .map((name) => {
      const { mtimeMs, ctimeMs, size } = statSync(join(folder, String(name)))
      return `${name} ${mtimeMs} ${ctimeMs} ${size}`
    })
    .sort()
}
