import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { systemClock } from '../../../src/base/clock.ts'
import { NotifyCommand } from '../../../src/service/notify-command.ts'
import { logSink } from '../../support/log-sink.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('children run one after another, and of what comes meanwhile the newest of each goes out as one message', async (t) => {
  const folder = tempFolder(t)
  const seen = join(folder, 'seen')
  const program = `#!/bin/sh\necho "begin $*" >> ${seen}\nsleep 0.2\necho end >> ${seen}\n`
  writeFileSync(join(folder, 'systemd-notify'), program, { mode: 0o755 })
  const sink = logSink()
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/nowhere' }
  const command = new NotifyCommand({ env, clock: systemClock, log: sink.log })

  command.tell({ READY: '1', STATUS: 'one' })
  while (!existsSync(seen)) await new Promise((resolve) => setTimeout(resolve, 5))
  command.tell({ STATUS: 'two' })
  command.tell({ WATCHDOG: '1' })
  command.tell({ STATUS: 'three' })
  await command.settled()

  assert.deepEqual(readFileSync(seen, 'utf8').trimEnd().split('\n'), [
    'begin READY=1 STATUS=one',
    'end',
    'begin STATUS=three WATCHDOG=1',
    'end',
  ])
  assert.equal(sink.text(), '')
})
