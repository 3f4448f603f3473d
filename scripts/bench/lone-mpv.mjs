import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { start, within } from './processes.mjs'

/** The mpv that the process `parent` has started: its id and command line. */
export function mpvOf(parent) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const args = readOrNothing(`/proc/${pid}/cmdline`).split('\0').slice(0, -1)
    // After the name, which may hold anything, state and parent.
    const of = Number(/^\d+ \(.*\) \S (\d+) /s.exec(readOrNothing(`/proc/${pid}/stat`))?.[1])
    if (of === parent && args.includes('--input-ipc-client=fd://3')) return { pid: Number(pid), args }
  }
  return undefined
}

/**
 * mpv alone, told what to do over its IPC and by nothing but that.
 *
 * @param {readonly string[]} command program and flags
 */
export async function startLoneMpv([program, ...flags], env) {
  const child = start(program, flags, { env, channel: true })
  const channel = child.stdio[3]
  // A channel that breaks shows by the end of the process.
  channel.on('error', () => undefined)
  const waiting = new Map()
  createInterface({ input: channel }).on('line', (line) => {
    const { request_id: id, error } = JSON.parse(line)
    if (id !== undefined) waiting.get(id)?.(error)
  })
  let asked = 0
  const ask = async (...command) => {
    const id = ++asked
    const reply = new Promise((resolve) => waiting.set(id, resolve))
    channel.write(`${JSON.stringify({ command, request_id: id })}\n`)
    const error = await within(`mpv's answer to ${command[0]}`, reply, 10_000, child)
    waiting.delete(id)
    if (error !== 'success') throw new Error(`mpv, ${command[0]}: ${error}`)
  }
  await ask('get_property', 'mpv-version')
  return { pid: child.pid, ask }
}

/** A process may end while it is looked at. */
function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
