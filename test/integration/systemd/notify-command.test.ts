import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { NotifyCommand } from '../../../src/systemd/notify-command.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { RunningClock } from '../../support/clocks/running-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test('children run one after another, and of what comes meanwhile the newest of each goes out as one message', async (t) => {
  const folder = tempFolder(t)
  const seen = join(folder, 'seen')
  const program = `#!/bin/sh\necho "begin $*" >> ${seen}\nsleep 0.2\necho end >> ${seen}\n`
  writeFileSync(join(folder, 'systemd-notify'), program, { mode: 0o755 })
  const sink = logSink()
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/nowhere' }
  const command = new NotifyCommand({ env, clock: systemClock, log: sink.log })

  command.notify({ READY: '1', STATUS: 'one' })
  await eventually('the first child', () => existsSync(seen))
  command.notify({ STATUS: 'two' })
  command.notify({ WATCHDOG: '1' })
  command.notify({ STATUS: 'three' })
  await command.settled()

  assert.deepEqual(readFileSync(seen, 'utf8').trimEnd().split('\n'), [
    'begin READY=1 STATUS=one',
    'end',
    'begin STATUS=three WATCHDOG=1',
    'end',
  ])
  assert.equal(sink.text(), '')
})

/** Fails as often as it is told to, and then does not. */
async function tellThreeTimes(
  t: TestContext,
  failures: number,
): Promise<{ readonly seen: readonly string[]; readonly sink: LogSink }> {
  const folder = tempFolder(t)
  const seen = join(folder, 'seen')
  const program = `#!/bin/sh\necho "$*" >> ${seen}\n[ "$(wc -l < ${seen})" -gt ${failures} ]\n`
  writeFileSync(join(folder, 'systemd-notify'), program, { mode: 0o755 })
  const sink = logSink()
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/nowhere' }
  const clock = new RunningClock()
  const command = new NotifyCommand({ env, clock, log: sink.log })
  for (const status of ['one', 'two', 'three']) {
    command.notify({ STATUS: status })
    await command.settled()
  }
  return { seen: readFileSync(seen, 'utf8').trimEnd().split('\n'), sink }
}

test('what did not arrive is said again, and then nobody need know', async (t) => {
  const { seen, sink } = await tellThreeTimes(t, 2)
  assert.deepEqual(seen, ['STATUS=one', 'STATUS=one', 'STATUS=one', 'STATUS=two', 'STATUS=three'])
  assert.equal(sink.text(), '')
})

test('a way to systemd that is closed is told once, and each message is given up in its time', async (t) => {
  const { seen, sink } = await tellThreeTimes(t, 1_000)
  assert.equal(seen.length, 9)
  assert.deepEqual(
    sink.lines().map((line) => line['code']),
    ['service/notify'],
  )
})
