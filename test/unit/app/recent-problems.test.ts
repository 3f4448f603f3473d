import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createRecentProblems } from '../../../src/app/recent-problems.ts'

const line = (
  msg: string,
  level: 'warn' | 'error' | 'info' = 'warn',
): Parameters<ReturnType<typeof createRecentProblems>['note']>[0] => ({
  level,
  name: 'broker',
  msg,
  fields: { code: 'net/refused', error: 'no' },
})

test('what is logged again and again is kept once, with its last time and how often', () => {
  const troubles = createRecentProblems()
  troubles.note(line('lost'), 1_000)
  troubles.note(line('other'), 2_000)
  troubles.note(line('lost'), 3_000)
  troubles.note(line('fine', 'info'), 4_000)
  assert.deepEqual(
    troubles.all.map(({ at, message, times }) => [at, message, times]),
    [
      ['1970-01-01T00:00:02.000Z', 'other: no', 1],
      ['1970-01-01T00:00:03.000Z', 'lost: no', 2],
    ],
  )
})

test('they stay few and short enough for one answer of the control socket', () => {
  const troubles = createRecentProblems()
  for (let n = 0; n < 1_000; n++) troubles.note(line(`${n} ${'ü'.repeat(5_000)}`), n)
  assert.match(troubles.all.at(-1)?.message ?? '', /^999 /)
  assert.ok(
    Buffer.byteLength(JSON.stringify(troubles.all)) < 40_000,
    'Buffer.byteLength(JSON.stringify(troubles.all)) < 40_000',
  )
})

test('a long one is cut between words, so that no half of a secret is left', () => {
  const troubles = createRecentProblems()
  troubles.note(line(`${'word '.repeat(77)}0123456789abcdef0123456789abcdef0123456789abcdef`), 1)
  assert.match(troubles.all[0]?.message ?? '', /word word … \(\d+ more characters\)$/)
})
