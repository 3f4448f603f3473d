import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'

import { startCli } from '../../support/cli-process.ts'
import { referencePlayer, referencePlayerFile } from '../../support/command-player.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const reference = readFileSync(referencePlayerFile, 'utf8')

test('the reference player keeps every rule', async () => {
  await using check = startCli({ args: ['check-player', '--', ...referencePlayer] })
  const { code, stdout } = await check.ended(120_000)
  const lines = stdout.trim().split('\n')
  assert.equal(lines.at(-1), 'Every rule is kept.', stdout)
  assert.equal(
    lines.slice(0, -1).every((line, index) => line.startsWith(`ok    ${String(index + 1).padStart(2)} `)),
    true,
  )
  assert.ok(lines.length > 30, `lines.length > 30: ${lines.length}`)
  assert.equal(code, 0)
})

/** The reference player with one fault: what is replaced in it, and the rule that has to tell. */
const faults: readonly (readonly [
  fault: string,
  part: string,
  instead: string,
  rule: string,
  says: RegExp,
])[] = [
  [
    'does not answer pause',
    'say({ reply: id, ok: true })',
    "if (command !== 'pause') say({ reply: id, ok: true })",
    'does nothing with nothing loaded',
    /an answer to pause with ok; seen: none within 5 s/,
  ],
  [
    'answers twice',
    'say({ reply: id, ok: true })',
    'say({ reply: id, ok: true }); say({ reply: id, ok: true })',
    'kept to the protocol all the time',
    /a second reply to/,
  ],
  [
    'answers another command',
    'say({ reply: id, ok: true })',
    'say({ reply: id + 1000, ok: true })',
    'ignores keys it does not know',
    /none within 5 s/,
  ],
  [
    'takes what it does not know',
    'return refuse(`there is no command ${JSON.stringify(command)}`)',
    'return say({ reply: id, ok: true })',
    'refuses a command it does not know',
    /an answer with an error; seen: ok/,
  ],
  [
    'names another item',
    'item: track.id',
    "item: 'another'",
    'plays what it is given',
    /started within 10 s; seen: nothing of it/,
  ],
  [
    'starts after each pause',
    'if (!on.hasStarted) tell',
    'if (!on.isBuffering) tell',
    'goes on at play, and is not started again',
    /started once; seen: \d+ times/,
  ],
  [
    'tells where it was before the seek',
    'positionMs = Math.min(Math.max(toMs, 0), on.durationMs ?? Infinity)',
    'void toMs',
    'seeks while it plays',
    /position 30000 ms within 1 s/,
  ],
  [
    'runs on at pause',
    '    standStill()\n    isPaused = true',
    '    isPaused = true',
    'stands still at pause',
    /position \d+ ms within 1 s/,
  ],
  [
    'tells the position too seldom',
    'const tellEveryMs = 500',
    'const tellEveryMs = 2_500',
    'tells the position once a second, in real time',
    /at least once a second; seen: \d+ ms without/,
  ],
  [
    'plays too fast',
    'positionMs + nowMs() - runningSinceMs',
    'positionMs + (nowMs() - runningSinceMs) * 1.5',
    'tells the position once a second, in real time',
    /ms of sound in \d+ ms; seen/,
  ],
  [
    'drops the headers',
    '...headers, ',
    '',
    'sends the headers with the stream',
    /header x-a2m-check: stream; seen: none/,
  ],
  [
    'takes a broken connection for the end',
    "if (code === 'network' && pauseMs < 500) continue",
    "if (code === 'network') { this.fetchedToMs = this.durationMs; this.isWhole = true; return }",
    'does not take a broken connection for the end',
    /failed \(network\), or ended at 2000 ms of 8000; seen/,
  ],
  [
    'does not know an expired address',
    'if ([401, 403, 410].includes(status))',
    'if (status === 0)',
    'says failed (expired): an expired address: HTTP 403',
    /failed with code expired; seen: failed \(unplayable/,
  ],
  [
    'says nothing when data is late',
    "    tell('buffering', on)\n",
    '',
    'says buffering and rebuffered when data is late',
    /buffering within 7 s/,
  ],
  [
    'plays on to what is preloaded after a failure',
    "  tell('failed', on, on.failure)\n  takeOff()",
    "  tell('failed', on, on.failure)\n  on = next\n  next = undefined",
    'plays nothing after failed, preloaded or not',
    /no event of what was preloaded; seen: started/,
  ],
  [
    'keeps what was preloaded before',
    'next?.close()\n    next = item === null',
    'next ??= item === null',
    'goes on to what is preloaded last',
    /started within|no event of what was replaced/,
  ],
  [
    'makes sound before play',
    'isPaused = paused',
    'isPaused = false',
    'load with paused waits for play',
    /no sound before play; seen: started/,
  ],
  [
    'begins at the beginning',
    'positionMs = item.position_ms',
    'positionMs = 0',
    'load replaces what plays, and begins where it is told to',
    /position 20000 ms/,
  ],
  [
    'outlives its stdin',
    ".on('close', () => process.exit(0))",
    ".on('close', () => {})",
    'ends when its stdin closes, while it plays',
    /it still ran, and was killed/,
  ],
  [
    'writes its log to stdout',
    'console.error(muted ?',
    'console.log(muted ?',
    'kept to the protocol all the time',
    /expected JSON, found string: muted/,
  ],
  [
    'dies soon after it has answered',
    'stop: takeOff,',
    'stop: () => void setTimeout(() => process.exit(4), 100),',
    'kept to the protocol all the time',
    /it ended by itself \(exit code 4\)/,
  ],
  [
    'says no hello',
    "event: 'hello'",
    "event: 'good day'",
    'says hello',
    /hello of protocol 1 within 10 s of the start; seen: unknown/,
  ],
]

function playerWith(t: TestContext, part: string, instead: string): string {
  assert.equal(reference.split(part).length, 2, `${part} stands in the reference player once`)
  const file = join(tempFolder(t), 'player.mjs')
  writeFileSync(
    file,
    reference.replace(part, () => instead),
  )
  return file
}

// Most of the time is waiting.
describe('a player with one fault', { concurrency: 11 }, () => {
  for (const [fault, part, instead, rule, says] of faults) {
    test(`that ${fault} is told so`, async (t) => {
      const file = playerWith(t, part, instead)
      await using check = startCli({ args: ['check-player', '--', process.execPath, file] })
      const { code, stdout } = await check.ended(150_000)
      assert.equal(code, 1, stdout)
      const line = stdout.split('\n').find((told) => told.slice(9).startsWith(`${rule}: `)) ?? stdout
      assert.match(line, /^FAIL/)
      assert.match(line, says)
      assert.match(stdout, /\nBroken: [\d, ]+\.( The rules after that were not tried\.)?\n$/)
    })
  }
})

test('a program that is not there is told so, at once', async () => {
  await using check = startCli({ args: ['check-player', '--', '/nowhere/player'] })
  const { code, stdout } = await check.ended(30_000)
  const [line, ...rest] = stdout.split('\n')
  assert.match(line ?? '', /^FAIL {3}1 says hello: expected a program that can be started; seen: .*ENOENT/)
  assert.deepEqual(rest, ['Broken: 1. The rules after that were not tried.', ''])
  assert.equal(code, 1)
})
