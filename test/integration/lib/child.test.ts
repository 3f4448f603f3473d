import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startChild, type Child } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { eventually } from '../../support/eventually.ts'

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
      sent.push(`${signal} ${groupId}`)
      try {
        process.kill(-groupId, signal)
      } catch {
        // It has ended.
      }
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
  await eventually('the end of its own child', () => {
    try {
      process.kill(grandchild, 0)
      return false
    } catch {
      return true
    }
  })
})
