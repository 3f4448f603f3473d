import assert from 'node:assert/strict'
import { test } from 'node:test'

import { retryAfterMs } from '../../../src/music/retry-after.ts'

const nowEpochMs = Date.UTC(2026, 0, 1, 12)
const cases: readonly (readonly [
  name: string,
  value: string | undefined,
  date: string | undefined,
  ms: number | undefined,
])[] = [
  ['no header says nothing', undefined, undefined, undefined],
  ['seconds become milliseconds', '7', undefined, 7000],
  ['zero is an answer', '0', undefined, 0],
  [
    'a date is measured against the answer’s own date',
    'Thu, 01 Jan 2026 10:00:09 GMT',
    'Thu, 01 Jan 2026 10:00:00 GMT',
    9000,
  ],
  ['without one, against this device’s clock', 'Thu, 01 Jan 2026 12:00:05 GMT', undefined, 5000],
  ['a date gone by means now', 'Thu, 01 Jan 2026 09:00:00 GMT', 'Thu, 01 Jan 2026 10:00:00 GMT', 0],
  ['nonsense says nothing', 'soon', undefined, undefined],
  ['a negative number is nonsense', '-5', undefined, undefined],
]

for (const [name, value, date, ms] of cases) {
  test(name, () => assert.equal(retryAfterMs(value, date, nowEpochMs), ms))
}
