import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isNearAddress, leadsNear } from '../../../src/lib/http/web-stream.ts'

for (const [address, isNear] of [
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['0.0.0.0', true],
  ['0.1.2.3', true],
  ['169.254.169.254', true],
  ['::1', true],
  ['::', true],
  ['fe80::1', true],
  ['fe80::1%eth0', true],
  ['febf::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['::ffff:169.254.1.1', true],
  ['::ffff:0.0.0.0', true],
  ['64:ff9b::7f00:1', true],
  ['64:ff9b::a9fe:a9fe', true],
  ['64:ff9b::1', true],
  ['::127.0.0.1', true],
  ['192.168.1.5', false],
  ['10.0.0.1', false],
  ['172.16.0.1', false],
  ['fd00::1', false],
  ['::ffff:192.168.1.5', false],
  ['64:ff9b::c0a8:105', false],
  ['2001:db8::1', false],
  ['128.0.0.1', false],
  ['169.253.1.1', false],
  ['fec0::1', false],
  ['', false],
  ['localhost', false],
] as const) {
  test(`${address === '' ? 'nothing' : address} is ${isNear ? '' : 'not '}of this machine or its link`, () => {
    assert.equal(isNearAddress(address), isNear)
  })
}

for (const [url, isNear] of [
  ['http://localhost/a', true],
  ['http://LOCALHOST./a', true],
  ['http://door.localhost/a', true],
  ['http://2130706433/', true],
  ['http://0x7f.1/', true],
  ['http://127.1:8123/', true],
  ['http://[::1]/', true],
  ['https://[::ffff:127.0.0.1]/', true],
  ['http://[fe80::1]/', true],
  ['http://169.254.169.254/latest/meta-data', true],
  ['http://192.168.1.5:8123/a', false],
  ['http://homeassistant.local:8123/a', false],
  ['http://localhost.example/a', false],
] as const) {
  test(`${url} ${isNear ? 'shows' : 'does not show'} that it leads to this machine`, () => {
    assert.equal(leadsNear(new URL(url), []), isNear)
  })
}

for (const [allowed, url, isNear] of [
  ['localhost', 'http://localhost:8123/a', false],
  ['localhost:8123', 'http://localhost:8123/a', false],
  ['localhost:8123', 'http://localhost:8124/a', true],
  ['localhost:80', 'http://localhost/a', false],
  ['localhost:443', 'https://localhost/a', false],
  ['localhost:443', 'http://localhost/a', true],
  ['[::1]:8123', 'http://[::1]:8123/a', false],
  ['127.0.0.1', 'http://localhost/a', true],
] as const) {
  test(`with ${allowed} allowed, ${url} is ${isNear ? 'refused' : 'let through'}`, () => {
    assert.equal(leadsNear(new URL(url), [allowed]), isNear)
  })
}
