import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodeRetryAfter } from '../../../src/lib/http/retry-after.ts'

const rows: readonly (readonly [
  retryAfter: string | undefined,
  date: string | undefined,
  ms: number | undefined,
])[] = [
  [undefined, undefined, undefined],
  ['12', undefined, 12_000],
  [' 0 ', undefined, 0],
  ['99999999', undefined, 3_600_000],
  ['Fri, 01 Jan 2027 00:00:30 GMT', 'Fri, 01 Jan 2027 00:00:00 GMT', 30_000],
  ['Fri, 01 Jan 2027 00:00:00 GMT', 'Fri, 01 Jan 2027 00:00:30 GMT', 0],
  ['Fri, 01 Jan 2027 00:00:30 GMT', undefined, undefined],
  ['soon', 'Fri, 01 Jan 2027 00:00:00 GMT', undefined],
  ['-5', undefined, undefined],
]
for (const [retryAfter, date, ms] of rows) {
  test(`Retry-After ${String(retryAfter)} at ${String(date)} means ${String(ms)} ms`, () => {
    assert.equal(decodeRetryAfter(retryAfter, date), ms)
  })
}
