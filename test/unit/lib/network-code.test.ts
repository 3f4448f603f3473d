import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAboutDates, networkCode } from '../../../src/lib/http/http.ts'

for (const [nodeCode, code] of [
  ['ETIMEDOUT', 'net/timeout'],
  ['ECONNREFUSED', 'net/refused'],
  ['ENOTFOUND', 'net/dns'],
  ['EAI_AGAIN', 'net/dns'],
  ['CERT_NOT_YET_VALID', 'net/clock'],
  ['CERT_HAS_EXPIRED', 'net/expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'net/certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'net/certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'net/certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'net/certificate'],
  ['CERT_SIGNATURE_FAILURE', 'net/certificate'],
  ['CERT_REVOKED', 'net/certificate'],
  ['CERT_UNTRUSTED', 'net/certificate'],
  ['INVALID_CA', 'net/certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'net/certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'net/certificate'],
  ['ECONNRESET', 'net/failed'],
  [undefined, 'net/failed'],
  ['toString', 'net/failed'],
] as const) {
  test(`${nodeCode ?? 'a failure without a name'} is ${code}`, () => {
    assert.equal(networkCode(nodeCode), code)
  })
}

test('two failures of certificates are about dates', () => {
  assert.deepEqual(
    ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED', 'CERT_REVOKED', 'ENOTFOUND'].map(isAboutDates),
    [true, true, false, false],
  )
})
