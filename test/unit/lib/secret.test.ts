import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect, format } from 'node:util'

import { AppError } from '../../../src/lib/errors.ts'
import { errorFields, type LogFields } from '../../../src/lib/log.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { logSink } from '../../support/log-sink.ts'

const canary = 'Atzr|canary-8c1f'
const secret = new Secret(canary)

test('a secret opens by reveal only', () => {
  assert.equal(secret.reveal(), canary)
  assert.equal(secret.map((value) => `Bearer ${value}`).reveal(), `Bearer ${canary}`)
  assert.equal(secret.equals(new Secret(canary)), true)
  assert.equal(secret.equals(new Secret('other')), false)
})

test('however a secret is printed, its value is not', () => {
  const holder = { token: secret, list: [secret], map: new Map([['a', secret]]) }
  const printed = [
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions -- this is the accident to survive
    `${secret}`,
    'token ' + (secret as unknown as string),
    [secret].join(),
    JSON.stringify(holder),
    inspect(holder, { depth: 10, showHidden: true, getters: true }),
    inspect(secret, { customInspect: false, showHidden: true, depth: 10 }),
    format('%s %o %O %j', secret, secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone(Object.assign({}, secret))),
    Object.getOwnPropertyNames(secret).join(),
  ].join('\n')
  assert.ok(!printed.includes('canary'), printed)
})

test('a secret in an error or a log line is not written', () => {
  const sink = logSink()
  const error = new AppError('internal/fault', 'It failed', { cause: { token: secret } })
  sink.log.error('failed', errorFields(error))
  // Past the compiler: what a careless cast would let through.
  sink.log.error('failed', { token: secret, error } as unknown as LogFields)
  assert.equal(sink.lines().length, 2)
  assert.ok(!sink.text().includes('canary'), sink.text())
  assert.equal(inspect(error, { depth: 10, showHidden: true }).includes('canary'), false)
})
