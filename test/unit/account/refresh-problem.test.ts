import assert from 'node:assert/strict'
import { test } from 'node:test'

import { failedAgain, tryingNow } from '../../../src/account/refresh-problem.ts'
import { AppError } from '../../../src/lib/errors.ts'

const noJitter = (): number => 0

test('a clock that is set ends the wait after a network failure, and no other wait', () => {
  const network = failedAgain(undefined, new AppError('net/dns', 'no name'), false, 1_000, noJitter)
  const again = failedAgain(network, new AppError('net/dns', 'no name'), false, 2_000, noJitter)
  assert.deepEqual(tryingNow(again, 2_500), { ...again, attempts: 0, notBeforeMs: 2_500 })

  const refused = failedAgain(undefined, new AppError('account/unnamed', '403'), true, 1_000, noJitter)
  assert.equal(tryingNow(refused, 2_500), refused)
  assert.equal(tryingNow(undefined, 2_500), undefined)
})
