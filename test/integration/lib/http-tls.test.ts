import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import { createHttp } from '../../../src/lib/http/http.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createLog } from '../../../src/lib/log.ts'
import { WallClock } from '../../../src/lib/wall-clock.ts'
import { fakedClock, noFaketime } from '../../support/clocks/faked-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'
import { createAuthority } from './certificates.ts'
import { localTlsServer } from './local-server.ts'
import { within } from '../../support/eventually.ts'

const skip = requireTool('openssl')
const script = join(import.meta.dirname, 'exchange-once.ts')
const [past, present, future, farFuture] = [
  '20200101000000Z',
  '20250101000000Z',
  '20900101000000Z',
  '20910101000000Z',
]

/** How an exchange ends with a server that shows this certificate to a process that trusts the authority, or not. */
async function outcome(
  t: TestContext,
  options: { name: string; from: string; to: string; trusted: boolean },
): Promise<string> {
  const authority = createAuthority(tempFolder(t))
  const url = await localTlsServer(t, authority.issue(options.name, options.from, options.to))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, url.href], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: options.trusted ? authority.certPath : '' },
  })
  return stdout
}

for (const [words, options, expected] of [
  ['that is in order is accepted', { name: 'localhost', from: present, to: future, trusted: true }, '200'],
  [
    'of an unknown authority is not trusted',
    { name: 'localhost', from: present, to: future, trusted: false },
    'net/certificate',
  ],
  [
    'for another name is not trusted',
    { name: 'elsewhere.test', from: present, to: future, trusted: true },
    'net/certificate',
  ],
  [
    'that has expired is called that',
    { name: 'localhost', from: past, to: present, trusted: true },
    'net/expired',
  ],
  [
    'that is not valid yet points to the clock',
    { name: 'localhost', from: future, to: farFuture, trusted: true },
    'net/clock',
  ],
] as const) {
  test(`a certificate ${words}`, { skip }, async (t) => {
    assert.equal(await outcome(t, options), expected)
  })
}

test('a certificate that signed itself is not trusted', { skip }, async (t) => {
  const url = await localTlsServer(t, createAuthority(tempFolder(t)).self)
  const http = createHttp('amazonmusic2mqtt/test')
  t.after(() => http.close())
  await assert.rejects(http.exchange({ method: 'GET', url }, new AbortController().signal), {
    code: 'net/certificate',
  })
})

test(
  'what a clock refused that is set before the verdict is asked for again, and not called expired',
  { skip: skip || noFaketime },
  async (t) => {
    const authority = createAuthority(tempFolder(t))
    const dayMs = 86_400_000
    const stamp = (ms: number): string => `${new Date(ms).toISOString().replace(/[-:T]|\..*/g, '')}Z`
    const pair = authority.issue('localhost', stamp(Date.now() - dayMs), stamp(Date.now() + dayMs))
    const clock = fakedClock(t, 365 * 86_400)
    const asked: (string | undefined)[] = []
    const url = await localTlsServer(t, pair, ({ method }, response) => {
      asked.push(method)
      clock.set(0)
      response.end()
    })
    const args = ['--import', 'tsx', script, url.href, 'judged']
    const env = { ...process.env, ...clock.env, NODE_EXTRA_CA_CERTS: authority.certPath }
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    assert.deepEqual([stdout, ...asked], ['200', 'HEAD', 'GET'])
  },
)

/**
 * A server whose certificate has run out. Who does not mind is answered by `answer`. @returns its address, and the
 * sockets it was asked on
 */
async function expiredServer(
  t: TestContext,
  answer: (socket: Socket) => void,
): Promise<{ readonly url: URL; readonly ca: string; readonly asked: Socket[] }> {
  const authority = createAuthority(tempFolder(t))
  const asked: Socket[] = []
  const server = createServer(authority.issue('localhost', past, present), (socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      asked.push(socket)
      answer(socket)
    })
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => {
    server.close()
    for (const socket of asked) socket.destroy()
  })
  const url = new URL(`https://localhost:${(server.address() as AddressInfo).port}`)
  return { url, ca: authority.self.cert, asked }
}

function judge(): WallClock {
  return new WallClock({
    clock: systemClock,
    notBeforeEpochMs: 0,
    log: createLog({ level: 'silent', write: () => undefined }),
    onSet: () => undefined,
  })
}

/** Begins an answer and goes on with it for ever, a byte at a time. */
function dribble(t: TestContext, socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nx-words: ')
  const timer = setInterval(() => socket.write('a'), 50)
  socket.on('close', () => clearInterval(timer))
  t.after(() => clearInterval(timer))
}

for (const [words, answer] of [
  ['says nothing', () => undefined],
  ['dribbles', dribble],
] as const) {
  test(
    `an exchange keeps its time limit when the peer that is asked for the date ${words}`,
    { skip, timeout: 30_000 },
    async (t) => {
      const { url, ca, asked } = await expiredServer(t, (socket) => answer(t, socket))
      const http = createHttp('amazonmusic2mqtt/test', { judge: judge(), ca: [ca] })
      t.after(() => http.close())
      const beganMs = performance.now()
      const exchange = http.exchange({ method: 'GET', url, timeoutMs: 1_500 }, new AbortController().signal)
      await assert.rejects(exchange, { code: 'net/expired' })
      assert.ok(
        performance.now() - beganMs < 2_500,
        `performance.now() - beganMs < 2_500: ${performance.now() - beganMs}`,
      )
      assert.equal(asked.length, 1)
    },
  )
}

test('a stop does not wait for the peer that is asked for the date', { skip, timeout: 30_000 }, async (t) => {
  const stop = new AbortController()
  const reason = new Error('stop')
  const { url, ca } = await expiredServer(t, () => stop.abort(reason))
  const http = createHttp('amazonmusic2mqtt/test', { judge: judge(), ca: [ca] })
  t.after(() => http.close())
  const beganMs = performance.now()
  await assert.rejects(
    http.exchange({ method: 'GET', url, timeoutMs: 20_000 }, stop.signal),
    (error) => error === reason,
  )
  assert.ok(
    performance.now() - beganMs < 4_000,
    `performance.now() - beganMs < 4_000: ${performance.now() - beganMs}`,
  )
})

test(
  'the date a peer says decides between a certificate that has run out and a clock',
  { skip },
  async (t) => {
    const { url, ca } = await expiredServer(t, (socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ndate: ${new Date(Date.UTC(2024, 0, 1)).toUTCString()}\r\n\r\n`)
    })
    const http = createHttp('amazonmusic2mqtt/test', { judge: judge(), ca: [ca] })
    t.after(() => http.close())
    await assert.rejects(http.exchange({ method: 'GET', url }, new AbortController().signal), (error) => {
      assert.equal((error as { code?: unknown }).code, 'net/clock')
      assert.match((error as Error).message, /days ahead of the server's/)
      return true
    })
  },
)

test('an authority that is named is trusted', { skip }, async (t) => {
  const authority = createAuthority(tempFolder(t))
  const url = await localTlsServer(t, authority.issue('localhost', present, future))
  const http = createHttp('amazonmusic2mqtt/test', { ca: [authority.self.cert] })
  t.after(() => http.close())
  assert.equal((await http.exchange({ method: 'GET', url }, new AbortController().signal)).status, 200)
})
