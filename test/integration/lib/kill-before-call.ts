import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Counts the synchronous calls of node:fs and ends the process, as kill -9 does, just before one of them. Must be
 * imported before whoever calls them.
 */
let armed = false
let calls: string[] = []
let lastCall = 0
let tearsWrites = false

/**
 * @param killBefore number of the call that is not made any more, from 1; 0 for none
 * @param torn if that call is a write, half of its bytes are written first
 */
export function arm(killBefore: number, torn: boolean): void {
  calls = []
  lastCall = killBefore
  tearsWrites = torn
  armed = true
}

/** The names of the calls since {@link arm}. */
export function disarm(): readonly string[] {
  armed = false
  return calls
}

type AnyFunction = (...args: unknown[]) => unknown
const table = fs as unknown as Record<string, AnyFunction>

for (const [name, original] of Object.entries(table)) {
  if (!name.endsWith('Sync') || typeof original !== 'function') continue
  const counted = (...args: unknown[]): unknown => {
    if (armed) {
      calls.push(name)
      if (calls.length === lastCall) {
        const [file, bytes] = args
        if (tearsWrites && name === 'writeSync' && (typeof bytes === 'string' || Buffer.isBuffer(bytes))) {
          original(file, bytes.slice(0, bytes.length / 2))
        }
        process.kill(process.pid, 'SIGKILL')
      }
    }
    return original(...args)
  }
  // realpathSync.native and the like.
  table[name] = Object.assign(counted, original)
}
syncBuiltinESMExports()
