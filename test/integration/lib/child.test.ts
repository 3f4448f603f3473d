import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { startChild, type Child } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { eventually } from '../../support/eventually.ts'
import { signalGroup } from '../../support/signal-group.ts'

interface Started {
  readonly child: Child
  /** What was sent to its group. */
  readonly sent: string[]
}

async function start(script: string): Promise<Started> {
  const sent: string[] = []
  const child = await startChild({
    program: 'sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] },
    clock: systemClock,
    signalGroup(groupId, signal) {
      if (signal !== 0) sent.push(`${signal} ${groupId}`)
      return signalGroup(groupId, signal)
    },
    onStderr: () => undefined,
  })
  child.stdout.resume()
  return { child, sent }
}

test('who has ended is sent nothing more: its group may be another one by now', async () => {
  const { child, sent } = await start('exit 3')
  assert.deepEqual(await child.ended, { code: 3, signal: null })
  await child.end(10_000)
  assert.deepEqual(sent, [])
})

test('who ends when asked is sent nothing after it, and its grace is not waited out', async () => {
  const { child, sent } = await start('exec cat')
  await child.end(60_000)
  assert.deepEqual(sent, [`SIGTERM ${child.pid}`])
})

test('who does not end when asked is killed with all that it has started', async () => {
  const { child, sent } = await start(`trap '' TERM; sleep 1000 & echo $!; while :; do wait; done`)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await eventually('its own child', () => printed.endsWith('\n'))
  await child.end(50)
  assert.deepEqual(sent, [`SIGTERM ${child.pid}`, `SIGKILL ${child.pid}`])
  assert.deepEqual(await child.ended, { code: null, signal: 'SIGKILL' })
  const grandchild = Number(printed)
  await eventually('the end of its own child', () => !isRunning(grandchild))
})

/** Its own child leaves the group and holds stdout open: the group is empty, and its id free for others. */
const leavesStdoutOpen = "setsid sh -c 'echo $$; exec sleep 1000' &"

async function startLeaving(t: TestContext, script: string): Promise<Started> {
  const started = await start(script)
  let printed = ''
  started.child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await eventually('its own child', () => printed.endsWith('\n'))
  t.after(() => process.kill(Number(printed), 'SIGKILL'))
  return started
}

test('a group that is empty is sent nothing, though the streams are still open', async (t) => {
  const { child, sent } = await startLeaving(t, `${leavesStdoutOpen} read -r line`)
  child.stdin.write('\n')
  await eventually('an empty group', () => !signalGroup(child.pid, 0))
  await child.end(50)
  assert.deepEqual(sent, [])
  assert.deepEqual(await child.ended, { code: 0, signal: null })
})

test('a group that is empty after SIGTERM is not sent SIGKILL', async (t) => {
  const { child, sent } = await startLeaving(t, `${leavesStdoutOpen} exec cat`)
  await child.end(500)
  assert.deepEqual(sent, [`SIGTERM ${child.pid}`])
})

test('what is left in the group of one that has ended is ended', async () => {
  const { child, sent } = await start('sleep 1000 & exit 0')
  await eventually('the end of the first', () => !isRunning(child.pid))
  await child.end(10_000)
  assert.deepEqual(sent, [`SIGTERM ${child.pid}`])
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
