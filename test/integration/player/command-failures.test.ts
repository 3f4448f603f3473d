import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import {
  commandStage,
  itemOf,
  openCommand,
  plainHello,
  program,
  referencePlayer,
  untilGone,
} from '../../support/command-player.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'

const silent = new AbortController().signal
const item = itemOf('1', 'http://127.0.0.1:1/tone.wav')

function isPlayerError(says: RegExp, code = 'player/failed') {
  return (error: unknown): boolean => {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, says)
    return true
  }
}

/** What a program does instead of saying hello, and how that is told. */
for (const [what, hello, says] of [
  ['ends at once', 'process.exit(3)', /ended with exit code 3/],
  ['is killed', "process.kill(process.pid, 'SIGKILL')", /ended by SIGKILL/],
  ['speaks another version', plainHello.replace('protocol: 1', 'protocol: 2'), /version 2 of the protocol/],
  ['forgets a key', plainHello.replace('preloads: true,', ''), /preloads: expected true or false/],
  ['greets with words', "console.log('Welcome!')", /the line: expected JSON/],
  ['greets with an event', "say({ event: 'started', item: '1' })", /started before its hello/],
  [
    'ends its hello with nonsense',
    `${plainHello.replace('say(', 'const hello = (')}; process.stdout.write(JSON.stringify(hello) + '\\n{]\\n')`,
    /the line: expected JSON/,
  ],
  ['sends a line of 10 MB', "process.stdout.write('x'.repeat(1e7))", /the line: expected JSON/],
  ['floods', 'for (;;) process.stdout.write(\'{"event":"x"}\\n\'.repeat(1000))', /before its hello/],
] as const) {
  test(`a program that ${what} is not opened, and is ended`, async () => {
    const { open, events, sink, pid } = commandStage(program('', hello))
    await assert.rejects(
      open(() => undefined, silent),
      isPlayerError(says),
    )
    assert.deepEqual(events.left, [])
    if (/pid/.test(sink.text())) await untilGone(pid())
  })
}

/** What a program does when it hears a command, and how that is told. */
for (const [what, code, says] of [
  ['speaks nonsense', "hear = () => console.log('{]')", /the line: expected JSON/],
  ['answers with a list', 'hear = () => say([1])', /the line: expected an object/],
  ['answers another command', 'hear = ({ id }) => say({ reply: id + 7, ok: true })', /a reply to 8/],
  ['answers twice', 'hear = (c) => { ok(c); ok(c) }', /a reply to 1, which waits for none/],
  ['answers neither yes nor no', 'hear = ({ id }) => say({ reply: id })', /ok: expected true or false/],
  ['refuses without words', 'hear = ({ id }) => say({ reply: id, ok: false })', /code: expected a text/],
  ['tells no item', "hear = () => say({ event: 'started' })", /item: expected a text/],
  [
    'tells a position before the beginning',
    "hear = () => say({ event: 'position', item: '1', position_ms: -1 })",
    /position_ms: expected a number/,
  ],
  ['greets again', `hear = () => { ${plainHello} }`, /a second hello/],
  ['sends a line of 10 MB', "hear = () => process.stdout.write('x'.repeat(1e7))", /the line: expected JSON/],
  [
    'floods',
    'hear = () => { for (;;) process.stdout.write(\'{"event":"x"}\\n\'.repeat(1000)) }',
    /more than 2000 lines in a second/,
  ],
  ['ends', 'hear = () => process.exit(0)', /ended with exit code 0/],
  ['closes its stdout', 'hear = () => process.stdout.end(() => process.exit(1))', /ended with exit code 1/],
  [
    'speaks on after a breach',
    `hear = () => process.stdout.write('{]\\n{"event":"started","item":"1"}\\n{"reply":1,"ok":true}\\n')`,
    /the line: expected JSON/,
  ],
  [
    'will not end',
    "process.on('SIGTERM', () => {}); process.exit = () => {}; hear = () => { console.log('{]'); setInterval(() => {}, 9) }",
    /the line: expected JSON/,
  ],
] as const) {
  test(`a program that ${what} is ended, and its player is gone`, async (t) => {
    const { player, events, pid } = await openCommand(t, program(code))
    let rejected: unknown
    const load = player.load(item, false).catch((error: unknown) => (rejected = error))
    const gone = await events.next('gone', ({ type }) => type === 'gone')
    assert.ok(gone.type === 'gone', `gone.type === 'gone'`)
    isPlayerError(says)(gone.error)
    await load
    // It is answered before the breach where the program answers first.
    if (rejected !== undefined) isPlayerError(says)(rejected)
    await assert.rejects(player.play(), isPlayerError(says))
    await untilGone(pid())
    await player.close()
    assert.deepEqual(events.left, [])
  })
}

test('a program that never says hello is given ten seconds', async () => {
  const clock = new ManualClock()
  const { open, sink, pid } = commandStage(program('', ''), { clock })
  const opening = assert.rejects(
    open(() => undefined, silent),
    isPlayerError(/no hello within 10 s/),
  )
  await clock.untilSleeping()
  await clock.advance(9_999)
  // It still waits: what it waits for is the last millisecond.
  assert.deepEqual(clock.sleeps, [10_000])
  await eventually('the id of the process', () => sink.text().includes('pid '), { seen: sink.text })
  await clock.advance(1)
  await opening
  await untilGone(pid())
})

test('a program that never answers is given five seconds', async (t) => {
  const clock = new ManualClock()
  const { player, events, pid } = await openCommand(t, program('hear = () => {}'), { clock })
  const asked = assert.rejects(player.load(item, false), isPlayerError(/no reply to load within 5 s/))
  await clock.advance(4_999)
  assert.deepEqual(events.left, [])
  await clock.advance(1)
  await asked
  await events.next('gone', ({ type }) => type === 'gone')
  await untilGone(pid())
})

test('a start that is called off leaves nothing behind', async () => {
  const calling = new AbortController()
  const { open, sink, pid } = commandStage(program('', ''))
  const opening = assert.rejects(
    open(() => undefined, calling.signal),
    /called off/,
  )
  await eventually('the id of the process', () => sink.text().includes('pid '), { seen: sink.text })
  calling.abort(new Error('called off'))
  await opening
  await untilGone(pid())
})

for (const commandLine of [
  ['/nowhere/player'],
  ['a2m-no-such-program', '--card', '0'],
  [import.meta.dirname],
]) {
  test(`${commandLine.join(' ').replace(import.meta.dirname, 'a folder')} is no program`, async () => {
    const { open } = commandStage(commandLine)
    await assert.rejects(
      open(() => undefined, silent),
      isPlayerError(/cannot be started/, 'player/missing'),
    )
  })
}

test('what a program started ends with it', async (t) => {
  const code = `
    const { spawn } = require('node:child_process')
    const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    console.error('pid ' + pid)`
  const { player, pid } = await openCommand(t, program('', code + ';' + plainHello))
  await player.play()
  assert.equal(process.kill(pid(), 0), true, 'it runs')
  await player.close()
  await untilGone(pid())
})

test('a player that is closed says nothing more, and takes no command', async (t) => {
  const { player, events } = await openCommand(t, referencePlayer)
  await player.close()
  await player.close()
  await assert.rejects(player.play(), isPlayerError(/was closed/))
  assert.deepEqual(events.left, [])
})
