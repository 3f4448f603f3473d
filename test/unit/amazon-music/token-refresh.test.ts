import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { serviceError, startBench } from './scripted-service.ts'

const sessions = { body: { data: { sessions: [] } } }
const unauthorized = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'music/unauthorized'

for (const [name, refusal] of [
  ['INVALID_ACCESS_TOKEN', serviceError(401, 'INVALID_ACCESS_TOKEN')],
  ['NO_ACCESS_TOKEN', serviceError(401, 'NO_ACCESS_TOKEN')],
  ['a bare 401', { status: 401, body: { message: 'Unauthorized' } }],
  ['a 401 with a code nobody knows', serviceError(401, 'A_CODE_OF_TOMORROW')],
  ['a 403 that blames the token', { status: 403, body: { message: 'Access Token has expired' } }],
] as const) {
  test(`after ${name} the token is renewed once and the call repeated once`, async (t) => {
    const { service, client, tokens, signal } = await startBench(t)
    service.answer(refusal, sessions)
    assert.deepEqual(await client.getActiveSessions(signal), [])
    assert.deepEqual(tokens.rejected, ['token-1'])
    assert.deepEqual(
      service.received.map(({ headers }) => headers.authorization),
      ['Bearer token-1', 'Bearer token-2'],
    )
    assert.equal(client.counts.calls.ok, 1)
    assert.equal(client.counts.exchanges, 2)
  })
}

test('a POST is repeated too: what bore a bad token was not carried out', async (t) => {
  const { service, client, signal } = await startBench(t)
  service.answer(serviceError(401, 'INVALID_ACCESS_TOKEN'), {})
  await client.queueNext('s1', { id: 'mrn:x' }, signal)
  assert.equal(service.received.length, 2)
  assert.deepEqual(service.received[0]?.body, service.received[1]?.body)
})

test('a renewed token that is refused as well is an error, and nothing is renewed again for it', async (t) => {
  const { service, client, tokens, signal } = await startBench(t)
  service.answer(serviceError(401, 'INVALID_ACCESS_TOKEN'))
  await assert.rejects(client.getActiveSessions(signal), unauthorized)
  assert.equal(service.received.length, 2)
  await assert.rejects(client.getActiveSessions(signal), unauthorized)
  assert.equal(service.received.length, 3)
  assert.deepEqual(tokens.rejected, ['token-1'])
  assert.equal(client.counts.calls.unauthorized, 2)
})

test('once that token is good again it may be renewed again when it expires', async (t) => {
  const { service, client, tokens, signal } = await startBench(t)
  const refused = serviceError(401, 'INVALID_ACCESS_TOKEN')
  service.answer(refused, refused, sessions, refused, sessions)
  await assert.rejects(client.getActiveSessions(signal), unauthorized)
  await client.getActiveSessions(signal)
  await client.getActiveSessions(signal)
  assert.deepEqual(tokens.rejected, ['token-1', 'token-2'])
})

test('two calls that meet the same stale token renew it once', async (t) => {
  const { service, client, tokens, signal } = await startBench(t)
  service.answerBy(({ headers }) =>
    headers.authorization === 'Bearer token-1' ? serviceError(401, 'INVALID_ACCESS_TOKEN') : sessions,
  )
  await Promise.all([client.getActiveSessions(signal), client.getActiveSessions(signal)])
  assert.deepEqual(tokens.rejected, ['token-1', 'token-1'])
  assert.equal(tokens.current.reveal(), 'token-2')
  assert.equal(service.received.length, 4)
})

for (const code of ['INVALID_AUTH_TYPE', 'INVALID_AUTH_TOKEN', 'NO_X_API_KEY', 'INVALID_CLIENT_ID']) {
  test(`${code} is not cured by a new token, so none is asked for`, async (t) => {
    const { service, client, tokens, signal } = await startBench(t)
    service.answer(serviceError(401, code))
    const expected = code.startsWith('INVALID_AUTH') ? 'music/unauthorized' : 'music/api-key'
    await assert.rejects(client.getActiveSessions(signal), { code: expected })
    assert.deepEqual(tokens.rejected, [])
    assert.equal(service.received.length, 1)
  })
}

test('no log line holds a token', async (t) => {
  const { service, client, lines, signal } = await startBench(t)
  service.answer(serviceError(401, 'INVALID_ACCESS_TOKEN'), sessions)
  await client.getActiveSessions(signal)
  assert.ok(lines.length > 0, `lines.length > 0: ${lines.length}`)
  assert.doesNotMatch(lines.join(''), /token-\d/)
})
