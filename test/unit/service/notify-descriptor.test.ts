import assert from 'node:assert/strict'
import { openSync, closeSync } from 'node:fs'
import { test } from 'node:test'

import { notifyDescriptor } from '../../../src/service/notify-descriptor.ts'

const given = { LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify' }

test('a descriptor that is no socket is not written to', (t) => {
  const descriptor = openSync('/dev/null', 'w')
  t.after(() => closeSync(descriptor))
  // Descriptors are counted from 3 on; names stand for those before ours.
  const names = [...Array<string>(descriptor - 3).fill('other'), 'notify']
  const env = { LISTEN_PID: '7', LISTEN_FDS: String(names.length), LISTEN_FDNAMES: names.join(':') }
  assert.equal(notifyDescriptor(env, 7), undefined)
})

test('one that is meant for another process, has another name, or is not among those passed on is not taken', () => {
  assert.equal(notifyDescriptor({ ...given, LISTEN_PID: '8' }, 7), undefined)
  assert.equal(notifyDescriptor({ ...given, LISTEN_FDNAMES: 'web' }, 7), undefined)
  assert.equal(notifyDescriptor({ ...given, LISTEN_FDS: '0' }, 7), undefined)
  assert.equal(notifyDescriptor({}, 7), undefined)
})
