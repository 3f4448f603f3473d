import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { askOwner } from '../../../src/control/control-client.ts'
import { claimFolder, type ClaimOptions, type Owner } from '../../../src/control/owner.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { startClaimer } from './claimer.ts'
import { within } from '../../support/eventually.ts'

const never = new AbortController().signal

function optionsFor(folder: string, more: Partial<ClaimOptions> = {}): ClaimOptions {
  return {
    folder,
    onRequest: (request) => Promise.resolve({ request }),
    clock: systemClock,
    random: Math.random,
    log: logSink().log,
    ...more,
  }
}

async function claimed(t: TestContext, options: ClaimOptions): Promise<Owner> {
  const owner = await claimFolder(options, never)
  let disposed = false
  const once = async (): Promise<void> => {
    if (!disposed) await owner[Symbol.asyncDispose]()
    disposed = true
  }
  t.after(once)
  return { [Symbol.asyncDispose]: once }
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, expected)
    return true
  }
}

const ask = (folder: string): Promise<unknown> => askOwner(folder, 'status', systemClock, never)

test('the first claims the folder, a second is refused in words, and after the first has gone a third gets it', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const first = await claimed(t, optionsFor(folder))
  await assert.rejects(claimFolder(optionsFor(folder), never), (error: AppError) => {
    assert.match(error.message, /already has an agent/)
    assert.match(error.remedy, /A2M_STATE_DIR/)
    return code('state/owned')(error)
  })
  assert.deepEqual(await ask(folder), { request: 'status' })
  await first[Symbol.asyncDispose]()
  assert.deepEqual(readdirSync(folder), [])
  await claimed(t, optionsFor(folder))
  assert.deepEqual(await ask(folder), { request: 'status' })
})

test('folder and socket are closed to others even under an open umask', async (t) => {
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder, { mode: 0o755 })
  await claimed(t, optionsFor(folder))
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, 'agent.sock')).mode & 0o777, 0o600)
})

test('a folder whose owner was killed is taken over, and only its socket is left in it', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const killed = await startClaimer(t, folder)
  assert.equal(await killed.claim(), 'owner')
  await assert.rejects(claimFolder(optionsFor(folder), never), code('state/owned'))
  await killed.kill('SIGKILL')
  assert.deepEqual(readdirSync(folder), ['agent.sock'])
  assert.equal(await ask(folder), undefined)
  await claimed(t, optionsFor(folder))
  assert.deepEqual(await ask(folder), { request: 'status' })
  assert.deepEqual(readdirSync(folder), ['agent.sock'])
})

test('a frozen owner is still the owner', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const frozen = await startClaimer(t, folder)
  assert.equal(await frozen.claim(), 'owner')
  frozen.process.kill('SIGSTOP')
  await assert.rejects(claimFolder(optionsFor(folder), never), code('state/owned'))
  frozen.process.kill('SIGCONT')
  assert.deepEqual(await ask(folder), { request: 'status', pid: frozen.process.pid })
  await frozen.end()
  assert.deepEqual(readdirSync(folder), [])
})

test('of many processes that start at once over a dead socket exactly one becomes the owner, each time', async (t) => {
  const folder = join(tempFolder(t), 'state')
  for (let round = 0; round < 4; round++) {
    const claimers = await Promise.all(Array.from({ length: 6 }, () => startClaimer(t, folder)))
    const outcomes = await Promise.all(claimers.map((claimer) => claimer.claim()))
    assert.deepEqual(outcomes.toSorted(), ['owner', ...Array<string>(5).fill('state/owned')])
    const winner = claimers[outcomes.indexOf('owner')]
    assert.ok(winner, 'winner')
    assert.deepEqual(await ask(folder), { request: 'status', pid: winner.process.pid })
    assert.deepEqual(readdirSync(folder), ['agent.sock'])
    // Leaves its socket file behind for the next round.
    await winner.kill('SIGKILL')
  }
})

test('of many starters in one process exactly one becomes the owner, over a live, a dead and no socket', async (t) => {
  const folder = join(tempFolder(t), 'state')
  for (let round = 0; round < 10; round++) {
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, () => claimFolder(optionsFor(folder), never)),
    )
    const owners = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    assert.equal(owners.length, 1)
    for (const end of ends) if (end.status === 'rejected') code('state/owned')(end.reason)
    await owners[0]?.[Symbol.asyncDispose]()
    assert.deepEqual(readdirSync(folder), [])
  }
})

test('two starters that see each other withdraw and draw lots for who comes back first', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const clock = new ManualClock()
  // Somebody else's candidate, which listens and never comes to an end.
  mkdirSync(folder)
  const { createServer } = await import('node:net')
  const rival = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => rival.listen(join(folder, 'agent.sock.0123456789abcdef'), resolve))
  const claiming = claimFolder(optionsFor(folder, { clock, random: () => 0.5 }), never)
  await clock.untilSleeping()
  assert.deepEqual(clock.sleeps, [120])
  assert.deepEqual(readdirSync(folder), ['agent.sock.0123456789abcdef'])
  await new Promise((resolve) => rival.close(resolve))
  await clock.advance(120)
  const owner = await claiming
  assert.deepEqual(readdirSync(folder), ['agent.sock'])
  await owner[Symbol.asyncDispose]()
  assert.equal(clock.sleeping, 0)
})

test('waiting for another starter ends with the signal', async (t) => {
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder)
  const { createServer } = await import('node:net')
  const rival = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => rival.listen(join(folder, 'agent.sock.0123456789abcdef'), resolve))
  t.after(() => rival.close())
  const clock = new ManualClock()
  const stop = new AbortController()
  const claiming = claimFolder(optionsFor(folder, { clock }), stop.signal)
  await clock.untilSleeping()
  stop.abort(new Error('stop'))
  await assert.rejects(claiming, { message: 'stop' })
  assert.deepEqual(readdirSync(folder), ['agent.sock.0123456789abcdef'])
})

test('a path too long for a socket address works all the same, for owner, second starter and client', async (t) => {
  for (const length of [20, 62, 63, 64, 107, 108, 200]) {
    const folder = join(tempFolder(t), 'x'.repeat(length))
    assert.equal(await ask(folder), undefined)
    const owner = await claimed(t, optionsFor(folder))
    assert.deepEqual(readdirSync(folder), ['agent.sock'], String(length))
    assert.deepEqual(await ask(folder), { request: 'status' })
    await assert.rejects(claimFolder(optionsFor(folder), never), code('state/owned'))
    await owner[Symbol.asyncDispose]()
    assert.deepEqual(readdirSync(folder), [])
  }
})

test('claims that come and go leave no open files behind', async (t) => {
  const folder = join(tempFolder(t), 'x'.repeat(150))
  const open = (): number => readdirSync('/proc/self/fd').length
  await (await claimFolder(optionsFor(folder), never))[Symbol.asyncDispose]()
  const before = open()
  for (let n = 0; n < 10; n++) {
    const owner = await claimFolder(optionsFor(folder), never)
    await assert.rejects(claimFolder(optionsFor(folder), never), { code: 'state/owned' })
    await ask(folder)
    await owner[Symbol.asyncDispose]()
  }
  assert.ok(open() <= before + 1, `${before} before, ${open()} after`)
})

test('a file that is no socket is replaced, a folder in its place is told as unwritable', async (t) => {
  const folder = join(tempFolder(t), 'a')
  mkdirSync(folder)
  writeFileSync(join(folder, 'agent.sock'), 'not a socket')
  await claimed(t, optionsFor(folder))
  assert.deepEqual(await ask(folder), { request: 'status' })

  const other = join(tempFolder(t), 'b')
  mkdirSync(join(other, 'agent.sock'), { recursive: true })
  await assert.rejects(claimFolder(optionsFor(other), never), code('state/unwritable'))
  assert.deepEqual(readdirSync(other), ['agent.sock'])
})

test('a folder that cannot be made is told as unwritable', async (t) => {
  const blocked = join(tempFolder(t), 'file')
  writeFileSync(blocked, '')
  await assert.rejects(claimFolder(optionsFor(join(blocked, 'state')), never), code('state/unwritable'))
})

test('dead candidates of killed starters are cleared away', async (t) => {
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder)
  writeFileSync(join(folder, 'agent.sock.00112233445566aa'), '')
  await claimed(t, optionsFor(folder))
  assert.deepEqual(readdirSync(folder), ['agent.sock'])
})

test('release ends connections that are under way, and waits for none', async (t) => {
  const folder = join(tempFolder(t), 'state')
  const hanging = new Promise<never>(() => undefined)
  const owner = await claimed(t, optionsFor(folder, { onRequest: () => hanging }))
  const silent = connect(join(folder, 'agent.sock'))
  await within('the silent peer to connect', once(silent, 'connect'))
  const asking = ask(folder)
  const refused = assert.rejects(asking, code('net/failed'))
  await new Promise((resolve) => setImmediate(resolve))
  await owner[Symbol.asyncDispose]()
  await refused
  silent.resume()
  await within('the silent peer to close', once(silent, 'close'))
})
