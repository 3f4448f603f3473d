import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const world = join(import.meta.dirname, 'dual-stack-child.ts')
/** A network, and the file of its names, that nobody else sees. */
const namespaces = ['--map-root-user', '--net', '--mount']

/**
 * Two ends of a wire. What goes to an address here is lost without a word, as behind a router that drops it. The address
 * of its own is one that C libraries do not prefer for going far, so that IPv4 comes first.
 */
const wire = [
  'ip link add dead0 type veth peer name dead1',
  'ip link set dead1 up',
  'ip link set dead0 up',
  'ip -6 addr add fd00:1::1/64 dev dead0 nodad',
]
const lost4 = [
  'ip addr add 198.51.100.1/24 dev dead0',
  'ip neigh add 198.51.100.9 lladdr 02:00:00:00:00:09 dev dead0 nud permanent',
]
const lost6 = [
  'ip -6 route add 2001:db8:1::/64 dev dead0',
  'ip -6 neigh add 2001:db8:1::9 lladdr 02:00:00:00:00:09 dev dead0 nud permanent',
]
const alive4 = 'ip addr add 192.0.2.1/32 dev lo'
const alive6 = 'ip -6 addr add 2001:db8::1/128 dev lo nodad'

const skip =
  noMosquitto ||
  requireTool('ip') ||
  requireTool('unshare') ||
  (spawnSync('unshare', [...namespaces, 'ip', 'link', 'set', 'lo', 'up']).status === 0
    ? false
    : 'namespaces may not be made here')

for (const { words, scheme, setUp, names, door } of [
  {
    words: 'IPv6 has no route, and IPv4 is slow',
    scheme: 'mqtt',
    setUp: [...wire, alive4],
    names: ['192.0.2.1', '2001:db8:2::1'],
    door: '192.0.2.1',
  },
  {
    words: 'IPv6 has no route, and IPv4 is slow',
    scheme: 'mqtts',
    setUp: [...wire, alive4],
    names: ['192.0.2.1', '2001:db8:2::1'],
    door: '192.0.2.1',
  },
  {
    words: 'IPv6 is lost on its way, and IPv4 is slow',
    scheme: 'ws',
    setUp: [...wire, ...lost6, alive4],
    names: ['2001:db8:1::9', '192.0.2.1'],
    door: '192.0.2.1',
  },
  {
    words: 'IPv6 comes first and is lost on its way, and IPv4 is slow',
    scheme: 'mqtt',
    setUp: [...wire, ...lost6, 'ip -6 addr add 2001:db8:1::1/64 dev dead0 nodad', alive4],
    names: ['2001:db8:1::9', '192.0.2.1'],
    door: '192.0.2.1',
  },
  {
    words: 'IPv4 is lost on its way, and IPv6 is slow',
    scheme: 'wss',
    setUp: [...wire, ...lost4, alive6],
    names: ['198.51.100.9', '2001:db8::1'],
    door: '2001:db8::1',
  },
]) {
  test(
    `a name with an address of each family is reached over ${scheme} and HTTP when ${words}`,
    { skip },
    async (t) => {
      const folder = tempFolder(t)
      const hosts = join(folder, 'hosts')
      writeFileSync(
        hosts,
        ['127.0.0.1 localhost', ...names.map((address) => `${address} dual.localhost`), ''].join('\n'),
      )
      const script = [
        'set -e',
        'ip link set lo up',
        ...setUp,
        `mount --bind '${hosts}' /etc/hosts`,
        'exec "$@"',
      ].join('\n')
      const { stdout } = await promisify(execFile)(
        'unshare',
        [
          ...namespaces,
          'sh',
          '-c',
          script,
          'sh',
          process.execPath,
          '--import',
          'tsx',
          world,
          scheme,
          door,
          join(folder, 'state'),
        ],
        { timeout: 90_000 },
      )
      for (const part of ['broker', 'Login with Amazon', 'Amazon Music']) {
        assert.match(stdout, new RegExp(`^ok +${part} `, 'm'), stdout)
      }
    },
  )
}
