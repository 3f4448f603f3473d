import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { probeBroker } from '../../../../src/diagnostics/probes/broker.ts'
import type { Finding } from '../../../../src/diagnostics/finding.ts'

async function last(hasPassword: boolean, hasCredential: boolean): Promise<Finding | undefined> {
  const findings: Finding[] = []
  const place = {
    url: new URL('mqtts://broker.example:8883'),
    hasUser: true,
    hasPassword,
    hasOwnCa: true,
    hasCertificate: false,
  }
  await probeBroker(
    {
      place,
      resolved: Promise.resolve({ ok: true, words: '' }),
      connect: () => Promise.reject(new AppError('mqtt/refused', 'wrong user name or password')),
      hasCredential: () => Promise.resolve(hasCredential),
    },
    (finding) => findings.push(finding),
    new AbortController().signal,
  )
  return findings.at(-1)
}

test('a refusal fails', async () => {
  assert.equal((await last(true, true))?.mark, 'FAIL')
  assert.equal((await last(false, false))?.mark, 'FAIL')
})

test('but not where only the service has the password', async () => {
  assert.equal((await last(false, true))?.mark, 'warn')
})
