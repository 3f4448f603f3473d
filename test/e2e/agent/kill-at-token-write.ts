/**
 * Loaded into the built agent by `--require`: from the first file call that names the token file on, ends the process
 * as kill -9 does just before call number A2M_TEST_KILL_BEFORE (from 1). Prints how many there were when it lives.
 */
import fs from 'node:fs'

const killBefore = Number(process.env['A2M_TEST_KILL_BEFORE'])
// The agent names settings it does not know.
delete process.env['A2M_TEST_KILL_BEFORE']

let calls = 0
const isTokenFile = (value: unknown): boolean =>
  typeof value === 'string' && /\/tokens\.(json|previous)/.test(value)
const isSaving = (name: string, args: readonly unknown[]): boolean =>
  /^(copyFile|rename)Sync$/.test(name) && args.some(isTokenFile)

type AnyFunction = (...args: unknown[]) => unknown
const table = fs as unknown as Record<string, AnyFunction>
for (const [name, original] of Object.entries(table)) {
  if (!name.endsWith('Sync') || typeof original !== 'function') continue
  const counted = (...args: unknown[]): unknown => {
    if (calls > 0 || isSaving(name, args)) {
      calls += 1
      if (calls === killBefore) process.kill(process.pid, 'SIGKILL')
    }
    return original(...args)
  }
  table[name] = Object.assign(counted, original)
}
