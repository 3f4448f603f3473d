import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { test, type TestContext } from 'node:test'

import { notifyDescriptor } from '../../../src/systemd/notify-descriptor.ts'
import { within } from '../../support/eventually.ts'

/** As systemd passes `descriptor` on to process 7, under the name `notify`, with others before it. */
function passed(descriptor: number): Record<string, string> {
  const names = [...Array<string>(descriptor - 3).fill('other'), 'notify']
  return { LISTEN_PID: '7', LISTEN_FDS: String(names.length), LISTEN_FDNAMES: names.join(':') }
}

async function socket(t: TestContext): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => server.close())
  // Node tells nobody the number, but for this.
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd
}

test('a socket of that name is taken', async (t) => {
  const descriptor = await socket(t)
  assert.equal(notifyDescriptor(passed(descriptor), 7), descriptor)
})

test('one that is meant for another process, has another name, or is not among those passed on is not', async (t) => {
  const given = passed(await socket(t))
  assert.equal(notifyDescriptor(given, 8), undefined)
  assert.equal(notifyDescriptor({ ...given, LISTEN_PID: undefined }, 7), undefined)
  assert.equal(
    notifyDescriptor({ ...given, LISTEN_FDNAMES: given['LISTEN_FDNAMES']?.replace('notify', 'web') }, 7),
    undefined,
  )
  assert.equal(notifyDescriptor({ ...given, LISTEN_FDS: '0' }, 7), undefined)
  assert.equal(notifyDescriptor({}, 7), undefined)
})

test('a descriptor that is no socket is not written to', (t) => {
  const descriptor = openSync('/dev/null', 'w')
  t.after(() => closeSync(descriptor))
  assert.equal(notifyDescriptor(passed(descriptor), 7), undefined)
})

test('a descriptor that is closed is not written to', () => {
  assert.equal(notifyDescriptor(passed(999), 7), undefined)
})
