import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hosts } from '../../../src/settings/kinds.ts'

for (const [found, value] of [
  ['localhost', ['localhost']],
  ['LocalHost, nas.lan:8123', ['localhost', 'nas.lan:8123']],
  ['127.1', ['127.0.0.1']],
  ['[::1]:8123,[0:0::1]', ['[::1]:8123', '[::1]']],
  ['nas.lan:80', ['nas.lan:80']],
  ['nas.lan:080', ['nas.lan:80']],
  ['a,a,,a', ['a']],
] as const) {
  test(`hosts "${found}" are read`, () => {
    assert.deepEqual(hosts(found), { ok: true, value })
  })
}

for (const found of [
  'http://nas.lan',
  'nas.lan/x',
  'user@nas.lan',
  '::1',
  'nas.lan:99999',
  'a b',
  '*',
  '[::1',
]) {
  test(`"${found}" is no host`, () => {
    assert.equal(hosts(found).ok, false)
  })
}
