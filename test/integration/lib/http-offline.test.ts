import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const namespaces = ['--map-root-user', '--net', '--mount']
const skip =
  requireTool('unshare') ||
  (spawnSync('unshare', [...namespaces, 'true']).status === 0 ? false : 'namespaces may not be made here')

test('a name server that cannot be reached is a failure of the DNS', { skip, timeout: 60_000 }, async (t) => {
  const servers = join(tempFolder(t), 'resolv.conf')
  writeFileSync(servers, 'nameserver 192.0.2.53\n')
  const script = `mount --bind '${servers}' /etc/resolv.conf && exec "$@"`
  const once = join(import.meta.dirname, 'exchange-once.ts')
  const { stdout } = await promisify(execFile)('unshare', [
    ...namespaces,
    'sh',
    '-c',
    script,
    'sh',
    process.execPath,
    '--import',
    'tsx',
    once,
    'https://amazon.test/',
  ])
  assert.equal(stdout, 'net/dns')
})
