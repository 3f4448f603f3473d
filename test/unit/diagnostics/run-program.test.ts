import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { runProgram, type ProgramResult } from '../../../src/diagnostics/run-program.ts'

function run(script: string, env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  const place = { env: { PATH: process.env['PATH'], ...env }, clock: systemClock }
  return runProgram(place, ['sh', '-c', script], 20_000, AbortSignal.timeout(30_000))
}

test('a program speaks plain English, whatever the language of the user', async () => {
  const result = await run('printf %s "$LC_ALL"; echo oh >&2; exit 3', { LC_ALL: 'de_DE.UTF-8' })
  assert.deepEqual(result, { kind: 'ended', code: 3, stdout: 'C', stderr: 'oh' })
})

test('megabytes of output are read to the end, and no more than four are held', async () => {
  const lines = async (count: number): Promise<number> => {
    const result = await run(`yes 0123456789abcde | head -n ${count}`)
    return result.kind === 'ended' ? result.stdout.length : 0
  }
  assert.equal(await lines(100_000), 1_600_000)
  const held = await lines(1_000_000)
  assert.ok(held <= 4 * 1024 * 1024 && held > 3_000_000, String(held))
})
