import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { buildPackage, copyRepository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

test(
  'two builds of the Debian package, in folders, at times and by people that differ, are the same byte for byte',
  { skip: requireTool('dpkg-deb') },
  (t) => {
    const here = tempFolder(t)
    const there = join(tempFolder(t), 'a folder of another name')
    // Neither is the repository, which others may be writing to. Links instead of copies where nothing is written.
    for (const folder of [here, there]) copyRepository(folder)
    // A file's own time is that of a checkout.
    for (const name of ['README.md', 'systemd/amazonmusic2mqtt.service', 'docs/mqtt.md']) {
      utimesSync(join(there, name), 1e9, 1e9)
    }
    const SOURCE_DATE_EPOCH = '1700000000'
    const one = buildPackage(t, { root: here, env: { SOURCE_DATE_EPOCH } })
    const other = buildPackage(t, {
      root: there,
      umask: '077',
      env: {
        SOURCE_DATE_EPOCH,
        TZ: 'Pacific/Chatham',
        LANG: 'C',
        LC_ALL: 'C',
        DPKG_DEB_THREADS_MAX: '1',
        GZIP: '',
      },
    })
    assert.equal(sum(other), sum(one))
    const listing = execFileSync('dpkg-deb', ['--contents', one], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
    const dates = new Set(
      listing
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)[3]),
    )
    assert.deepEqual([...dates], ['2023-11-14'])
  },
)

test('another time of the last change makes another package', { skip: requireTool('dpkg-deb') }, (t) => {
  const [one, other] = ['1700000000', '1700000001'].map((SOURCE_DATE_EPOCH) =>
    sum(buildPackage(t, { env: { SOURCE_DATE_EPOCH } })),
  )
  assert.notEqual(one, other)
})

function sum(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
