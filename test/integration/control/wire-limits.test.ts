import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { readLine } from '../../../src/control/read-line.ts'
import { decodeAnswer, encodeAnswer, encodeFailure, longestAnswerBytes } from '../../../src/control/wire.ts'
import { within } from '../../support/eventually.ts'

async function lineOf(t: TestContext, sent: string, longestBytes: number): Promise<string | undefined> {
  const server = createServer((socket) => socket.end(sent)).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await within('the server to listen', once(server, 'listening'))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.after(() => socket.destroy())
  return readLine(socket, longestBytes, AbortSignal.timeout(10_000))
}

test('a line may be as long as its limit and no longer, its line feed not counted', async (t) => {
  assert.equal(await lineOf(t, '12345678\nmore', 8), '12345678')
  await assert.rejects(lineOf(t, '123456789\n', 8), { code: 'net/too-large' })
  await assert.rejects(lineOf(t, 'ääääü\n', 8), { code: 'net/too-large' }, 'bytes are counted')
  assert.equal(await lineOf(t, 'half', 8), undefined)
})

test('a failure in many words is cut, so that it fits an answer', () => {
  const line = encodeFailure(new AppError('settings/invalid', 'x'.repeat(longestAnswerBytes)))
  assert.equal(line.endsWith('\n'), true)
  assert.throws(() => decodeAnswer(line), { code: 'settings/invalid', message: 'x'.repeat(1000) })
})

test('an answer that is too large is refused where it is made', () => {
  assert.throws(() => encodeAnswer({ text: 'x'.repeat(longestAnswerBytes) }), { code: 'net/too-large' })
})
