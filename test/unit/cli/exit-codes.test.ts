import assert from 'node:assert/strict'
import { test } from 'node:test'

import { exitCodeOfFinding } from '../../../src/cli/exit-codes.ts'

test('what the operator has to set right is 78, and what may get better by itself 69', () => {
  const operators = [
    'settings/invalid',
    'state/unwritable',
    'mqtt/refused',
    'net/certificate',
    'player/missing',
    'player/device',
  ] as const
  for (const code of operators) assert.equal(exitCodeOfFinding(code), 78, code)
  for (const code of ['net/failed', 'account/unavailable', undefined] as const)
    assert.equal(exitCodeOfFinding(code), 69, code)
})
