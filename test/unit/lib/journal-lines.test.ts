import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createLog } from '../../../src/lib/log.ts'

test('a line for the journal begins with the priority of its level, and is the same line after it', () => {
  const lines: string[] = []
  const plain: string[] = []
  const log = createLog({ level: 'trace', journal: true, write: (line) => lines.push(line) })
  const same = createLog({ level: 'trace', write: (line) => plain.push(line) })
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
    for (const one of [log, same]) one.child('part')[level]('two\nlines', { level: 'fatal' })
  }
  assert.deepEqual(
    lines.map((line) => line.slice(0, 3)),
    ['<7>', '<7>', '<6>', '<4>', '<3>'],
  )
  const untimed = (line: string): string => line.replace(/"time":\d+/, '')
  assert.deepEqual(
    lines.map((line) => untimed(line.slice(3))),
    plain.map(untimed),
  )
})
