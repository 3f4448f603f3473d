import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { PlayerEvent } from '../../../src/playback/player/player.ts'
import { createMpv, findMpv } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { toolPath } from '../../support/tools.ts'
import { itemOf, mpvProgram, mpvStage, noMpv, until } from './mpv-harness.ts'
import { file, soundServer, wav } from './sound-server.ts'
import { within } from '../../support/eventually.ts'

const options = { skip: noMpv }
const never = new AbortController().signal

const usual = {
  env: plainEnvironment(process.env),
  clock: systemClock,
  log: logSink().log,
  audioDevice: 'null',
  mixer: undefined,
} as const

/** The processes that `parent` has started and that still run. */
function childrenOf(parent: number): readonly number[] {
  try {
    return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** The mpv that was started by this process since `before`. */
function mpvSince(before: readonly number[]): number {
  const [pid, ...more] = childrenOf(process.pid).filter((found) => !before.includes(found))
  assert.ok(pid !== undefined && more.length === 0, 'pid !== undefined && more.length === 0')
  return pid
}

test('an mpv that is killed is gone, said once and last, and takes no more commands', options, async (t) => {
  const server = await soundServer(t, { '/a': file(wav(30, 440)) })
  const before = childrenOf(process.pid)
  const { player, heard, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a`)
  await player.load(item, false)
  await event('started', item.id)
  process.kill(mpvSince(before), 'SIGKILL')
  const { error } = await event('gone')
  assert.deepEqual([error.code, error.message], ['player/failed', 'mpv ended by itself (SIGKILL)'])
  for (const command of [
    player.load(item, false),
    player.preload(item),
    player.preload(undefined),
    player.play(),
    player.pause(),
    player.stop(),
    player.seek(0),
    player.setVolume(100),
    player.setMuted(false),
  ]) {
    await assert.rejects(command, { code: 'player/failed' })
  }
  await player.close()
  assert.deepEqual(heard.at(-1)?.type, 'gone')
  assert.equal(heard.filter(({ type }) => type === 'gone').length, 1)
})

test('commands that wait when mpv dies are answered', options, async (t) => {
  const before = childrenOf(process.pid)
  const { player, event } = await mpvStage(t)
  const pid = mpvSince(before)
  process.kill(pid, 'SIGSTOP')
  const waiting = Promise.allSettled([player.pause(), player.play(), player.setVolume(20)])
  process.kill(pid, 'SIGKILL')
  assert.deepEqual(
    (await waiting).map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  await event('gone')
})

test('an mpv that answers no more is ended after five seconds', options, async (t) => {
  const clock = new ManualClock()
  const before = childrenOf(process.pid)
  const { player, event, heard } = await mpvStage(t, { clock })
  const pid = mpvSince(before)
  process.kill(pid, 'SIGSTOP')
  const paused = assert.rejects(player.pause(), { code: 'player/failed', message: 'mpv did not answer' })
  await clock.untilSleeping()
  await clock.advance(4_900)
  assert.equal(heard.length, 0)
  await clock.advance(200)
  await paused
  // It does not even hear SIGTERM.
  await clock.untilSleeping()
  await clock.advance(2_000)
  await event('gone')
  assert.equal(runs(pid), false)
  assert.equal(clock.sleeping, 0)
})

test('closed, it has ended, and says nothing of it', options, async (t) => {
  const server = await soundServer(t, { '/a': file(wav(30, 440)) })
  const before = childrenOf(process.pid)
  const { player, heard, event } = await mpvStage(t)
  const item = itemOf(`${server.url}/a`)
  await player.load(item, false)
  await event('started', item.id)
  const pid = mpvSince(before)
  const told = heard.length
  await player.close()
  assert.equal(runs(pid), false)
  assert.equal(heard.length, told)
  await assert.rejects(player.play(), { code: 'player/failed' })
  await player.close()
})

test('no mpv outlives an agent that is killed', options, async (t) => {
  const server = await soundServer(t, { '/a': file(wav(60, 440)) })
  const script = join(import.meta.dirname, 'mpv-agent.ts')
  const agent = spawn(process.execPath, ['--import=tsx', script, `${server.url}/a`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => agent.kill('SIGKILL'))
  await within('output of the agent', once(agent.stdout, 'data'))
  const players = childrenOf(agent.pid ?? 0).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--input-ipc-client'),
  )
  assert.equal(players.length, 1)
  agent.kill('SIGKILL')
  await within('the end of the agent', once(agent, 'exit'))
  await until(() => !players.some(runs), 'the end of mpv', 5_000)
})

test('a program that is not there or is no mpv is missing', async () => {
  const nobody = (event: PlayerEvent): void => assert.fail(event.type)
  for (const program of ['/nowhere/mpv', import.meta.dirname, toolPath('true') ?? 'true']) {
    await assert.rejects(createMpv({ ...usual, program })(nobody, never), { code: 'player/missing' }, program)
  }
})

test('a program that never answers is missing after ten seconds', async () => {
  const clock = new ManualClock()
  const before = childrenOf(process.pid)
  const opened = createMpv({ ...usual, clock, program: join(import.meta.dirname, 'deaf-player.sh') })(
    () => undefined,
    never,
  )
  const missing = assert.rejects(opened, { code: 'player/missing' })
  await clock.untilSleeping()
  await clock.advance(10_000)
  await clock.untilSleeping()
  await clock.advance(2_000)
  await missing
  assert.deepEqual(childrenOf(process.pid), before)
})

test('a start that is aborted leaves nothing behind', options, async () => {
  const before = childrenOf(process.pid)
  const abort = new AbortController()
  const opened = createMpv({ ...usual, program: mpvProgram })(() => undefined, abort.signal)
  await until(() => childrenOf(process.pid).length > before.length, 'its start')
  abort.abort(new Error('no longer wanted'))
  await assert.rejects(opened, /no longer wanted/)
  assert.deepEqual(childrenOf(process.pid), before)
})

test('mpv is found in PATH when it can be run', (t) => {
  const folder = tempFolder(t)
  const [plain, unfit, fit] = ['plain', 'unfit', 'fit'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [plain, unfit, fit]) mkdirSync(path)
  mkdirSync(join(plain, 'mpv'))
  writeFileSync(join(unfit, 'mpv'), '')
  chmodSync(join(unfit, 'mpv'), 0o644)
  symlinkSync('/bin/sh', join(fit, 'mpv'))
  assert.equal(findMpv({ PATH: `${plain}:${unfit}::${folder}/nowhere` }), undefined)
  assert.equal(findMpv({ PATH: `${plain}:${unfit}:${fit}` }), join(fit, 'mpv'))
  assert.equal(findMpv({}), undefined)
})
