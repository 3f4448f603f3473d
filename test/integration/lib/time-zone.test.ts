import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

import { noMount } from '../../support/small-disk.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test(
  'a zone that is set while the agent runs is followed, whether /etc/localtime is a link or a copy, and told once',
  { skip: noMount },
  (t) => {
    const etc = join(tempFolder(t), 'etc')
    const script = `cp -a /etc/. ${etc} && ln -sfn /usr/share/zoneinfo/Etc/UTC ${etc}/localtime && mount --bind ${etc} /etc && exec "$@"`
    const child = join(import.meta.dirname, 'follow-zone.ts')
    const said = execFileSync(
      'unshare',
      ['--mount', 'sh', '-c', `mkdir ${etc} && ${script}`, 'sh', process.execPath, '--import', 'tsx', child],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] }, timeout: 60_000 },
    )
    // Kolkata is five and a half hours ahead.
    assert.deepEqual(JSON.parse(said), { hours: [0, 0, 9, 5], told: 2 })
  },
)
