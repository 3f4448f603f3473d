import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import { createHttp } from '../../../src/base/http.ts'
import { fakedClock, noFaketime } from '../../support/faked-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'
import { createAuthority } from './certificates.ts'
import { localTlsServer } from './local-server.ts'

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
