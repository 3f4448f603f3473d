import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdirSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { systemClock, type Clock } from '../../../src/lib/clock.ts'
import { AppError } from '../../../src/lib/errors.ts'
import type { JsonObject } from '../../../src/lib/decode.ts'
import { askOwner } from '../../../src/control/control-client.ts'
import { claimFolder } from '../../../src/control/owner.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { within } from '../../support/eventually.ts'

const never = new AbortController().signal

interface Setting {
  readonly folder: string
  readonly sink: LogSink
}

async function owned(
  t: TestContext,
  onRequest: (name: string) => Promise<JsonObject>,
  clock: Clock = systemClock,
): Promise<Setting> {
  const folder = join(tempFolder(t), 'state')
  const sink = logSink()
  const owner = await claimFolder({ folder, onRequest, clock, random: Math.random, log: sink.log }, never)
  t.after(() => owner[Symbol.asyncDispose]())
  return { folder, sink }
}

const echo = (request: string): Promise<JsonObject> => Promise.resolve({ request })

/** All that comes back for these bytes until the other side ends. */
async function raw(folder: string, bytes: string | Buffer, end = true): Promise<string> {
  const socket = connect({ path: join(folder, 'agent.sock'), allowHalfOpen: true })
  socket.on('error', () => undefined)
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  if (end) socket.end(bytes)
  else socket.write(bytes)
  // Not events.once, which rejects on an error: being cut off is one of the answers.
  await within('the socket to close', new Promise((resolve) => socket.once('close', resolve)))
  return text
}

/** Listens where an owner would, and answers in its own way. */
async function impostor(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    answer(socket)
  })
  await new Promise<void>((resolve) => server.listen(join(folder, 'agent.sock'), resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return folder
}

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected

test('each request gets the answer to it, many at once', async (t) => {
  const { folder } = await owned(t, echo)
  const names = ['login', 'logout', 'status', 'status', 'login']
  const answers = await Promise.all(names.map((name) => askOwner(folder, name, systemClock, never)))
  assert.deepEqual(
    answers,
    names.map((request) => ({ request })),
  )
})

test('nobody is asked where nobody owns', async (t) => {
  const folder = tempFolder(t)
  for (const path of [folder, join(folder, 'missing'), join(folder, 'x'.repeat(200))]) {
    assert.equal(await askOwner(path, 'status', systemClock, never), undefined)
  }
})

test('what the owner throws arrives with its code and words, and nothing else of it', async (t) => {
  const { folder } = await owned(t, () =>
    Promise.reject(
      new AppError('account/denied', 'The user said no.', { cause: 'canary', facts: { secret: 'canary' } }),
    ),
  )
  await assert.rejects(askOwner(folder, 'login', systemClock, never), (error: unknown) => {
    assert.ok(error instanceof AppError, 'error instanceof AppError')
    assert.equal(error.code, 'account/denied')
    assert.equal(error.message, 'The user said no.')
    return true
  })
  assert.doesNotMatch(await raw(folder, '{"request":"login"}\n'), /canary/)
})

test('an answer that is too large is refused at the owner, in words', async (t) => {
  const { folder } = await owned(t, () => Promise.resolve({ text: 'x'.repeat(70_000) }))
  await assert.rejects(askOwner(folder, 'status', systemClock, never), code('net/too-large'))
})

test('an answer that cannot be written as JSON is a fault in words', async (t) => {
  const { folder } = await owned(t, () => Promise.resolve({ big: 1n }))
  await assert.rejects(askOwner(folder, 'status', systemClock, never), code('internal/fault'))
})

test('a script may send its line and close its side before the answer', async (t) => {
  const { folder } = await owned(t, async (request) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { request }
  })
  assert.equal(await raw(folder, '{"request":"status"}\n'), '{"data":{"request":"status"}}\n')
})

test('garbage is refused in words, the owner lives on and is asked nothing', async (t) => {
  let asked = 0
  const { folder } = await owned(t, (request) => {
    asked++
    return echo(request)
  })
  const lines = [
    'status',
    '',
    '{}',
    '[]',
    'null',
    '"status"',
    '{"request":7}',
    '{"request":""}',
    '{"request":null}',
    '{"__proto__":{"request":"status"}}',
    '{"request":"status"',
    '\u0000\u0001\u0002',
    'GET / HTTP/1.1\r',
    '[' + '['.repeat(900),
  ]
  for (const line of lines) {
    assert.match(
      await raw(folder, `${line}\n`),
      /^\{"error":\{"code":"net\/answer","message":"[^\n]+"\}\}\n$/,
      line,
    )
  }
  assert.match(await raw(folder, Buffer.from([0xff, 0xfe, 0x80, 0x0a])), /net\/answer/)
  assert.match(await raw(folder, 'x'.repeat(2_000)), /net\/too-large/)
  assert.match(await raw(folder, 'x'.repeat(500_000), false), /^$|net\/too-large/)
  assert.equal(await raw(folder, '{"request":"sta'), '')
  assert.equal(await raw(folder, ''), '')
  assert.equal(asked, 0)
  assert.deepEqual(await askOwner(folder, 'status', systemClock, never), { request: 'status' })
})

test('only the first line of a connection is a request', async (t) => {
  let asked = 0
  const { folder } = await owned(t, (request) => {
    asked++
    return echo(request)
  })
  const answer = await raw(folder, '{"request":"status"}\n{"request":"logout"}\n')
  assert.equal(answer, '{"data":{"request":"status"}}\n')
  assert.equal(asked, 1)
})

test('a request in pieces is put together, also in the middle of a character', async (t) => {
  const { folder } = await owned(t, echo)
  const bytes = Buffer.from('{"request":"grüß"}\n')
  const socket = connect(join(folder, 'agent.sock'))
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await within('the socket to connect', once(socket, 'connect'))
  for (const byte of bytes) {
    socket.write(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await within('the socket to close', once(socket, 'close'))
  assert.equal(text, '{"data":{"request":"grüß"}}\n')
})

test('a connection that says nothing is let go after its time, and its timer with it', async (t) => {
  const clock = new ManualClock()
  const { folder } = await owned(t, echo, clock)
  const socket = connect(join(folder, 'agent.sock'))
  await within('the socket to connect', once(socket, 'connect'))
  await clock.untilSleeping()
  const closed = once(socket, 'close')
  socket.resume()
  await clock.advance(30_000)
  await within('the socket to close', closed)
  assert.equal(clock.sleeping, 0)
})

test('answered connections leave no timer behind', async (t) => {
  const clock = new ManualClock()
  const { folder } = await owned(t, echo, clock)
  for (let n = 0; n < 5; n++) await raw(folder, '{"request":"status"}\n')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(clock.sleeping, 0)
})

test('an owner that does not answer in time is told as such', async (t) => {
  const folder = await impostor(t, () => undefined)
  const clock = new ManualClock()
  const asking = askOwner(folder, 'status', clock, never)
  const refused = assert.rejects(asking, code('net/timeout'))
  await clock.untilSleeping()
  await clock.advance(10_000)
  await refused
  assert.equal(clock.sleeping, 0)
})

test('the signal ends the wait for an answer, and the timer with it', async (t) => {
  const folder = await impostor(t, () => undefined)
  const clock = new ManualClock()
  const stop = new AbortController()
  const asking = askOwner(folder, 'status', clock, stop.signal)
  await clock.untilSleeping()
  stop.abort(new Error('stop'))
  await assert.rejects(asking, { message: 'stop' })
  await assert.rejects(askOwner(folder, 'status', clock, stop.signal), { message: 'stop' })
  assert.equal(clock.sleeping, 0)
})

for (const [words, answer, expected] of [
  ['nothing', '', 'net/failed'],
  ['half a line', '{"data":{', 'net/failed'],
  ['no JSON', 'hello\n', 'net/answer'],
  ['a list', '[]\n', 'net/answer'],
  ['no data', '{}\n', 'net/answer'],
  ['an error without words', '{"error":{}}\n', 'net/answer'],
  ['an unknown code', '{"error":{"code":"x/y","message":"m"}}\n', 'internal/fault'],
  ['an inherited name as code', '{"error":{"code":"constructor","message":"m"}}\n', 'internal/fault'],
  ['far too much', 'x'.repeat(100_000), 'net/too-large'],
] as const) {
  test(`an owner that answers ${words} is ${expected}`, async (t) => {
    const folder = await impostor(t, (socket) => socket.end(answer))
    await assert.rejects(askOwner(folder, 'status', systemClock, never), code(expected))
  })
}

test('a folder of another user is told as such', async (t) => {
  const { folder } = await owned(t, echo)
  const asRoot = process.getuid?.() === 0
  // Root may open everything, so it becomes nobody; others take the right from themselves.
  if (asRoot) process.seteuid?.(65_534)
  else chmodSync(folder, 0o000)
  try {
    await assert.rejects(askOwner(folder, 'status', systemClock, never), code('state/unwritable'))
  } finally {
    if (asRoot) process.seteuid?.(0)
    else chmodSync(folder, 0o700)
  }
})
