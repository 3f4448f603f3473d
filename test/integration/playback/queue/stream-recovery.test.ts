import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import type { ErrorCode } from '../../../../src/lib/error-codes.ts'
import { AppError } from '../../../../src/lib/errors.ts'
import type { PlayerItem } from '../../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import type { SandboxOptions } from '../../../../src/sandbox/sandbox.ts'
import { startStage, type Stage } from '../engine-harness.ts'

interface Broken {
  readonly stage: Stage
  /** Everything the player was told to load, in order. */
  readonly loads: PlayerItem[]
  /** What plays now breaks off. */
  breakOff(code: ErrorCode): Promise<void>
  /** Loads from now on fail at once; undefined: they do not. */
  failing: ErrorCode | undefined
}

/** Player `none`, whose streams break off when the test says so. It cannot preload: each entity is loaded. */
async function startBreaking(t: TestContext, sandbox: SandboxOptions = {}): Promise<Broken> {
  const loads: PlayerItem[] = []
  let breakOff: Broken['breakOff'] = () => Promise.reject(new Error('no player yet'))
  const broken: Omit<Broken, 'stage'> = { loads, failing: undefined, breakOff: (code) => breakOff(code) }
  const stage = await startStage(t, sandbox, (clock) => async (onEvent, signal) => {
    const none = await createNonePlayer(clock)(onEvent, signal)
    breakOff = async (code) => {
      const id = loads.at(-1)?.id ?? ''
      await none.pause()
      await none.stop()
      onEvent({ type: 'failed', id, error: new AppError(code, 'it broke off') })
    }
    const whole = none.load.bind(none)
    return Object.assign(none, {
      preloads: false,
      preload: () => Promise.resolve(),
      async load(item: PlayerItem, paused: boolean) {
        loads.push(item)
        const { failing } = broken
        if (failing === undefined) return whole(item, paused)
        await none.stop()
        onEvent({ type: 'failed', id: item.id, error: new AppError(failing, 'it does not begin') })
      },
    })
  })
  return Object.assign(broken, { stage })
}

for (const code of ['player/expired', 'player/network'] as const) {
  test(`a stream that breaks off (${code}) goes on where it was, with a fresh address, and as the same listening`, async (t) => {
    const broken = await startBreaking(t, { audioUrlLifetime: 20 })
    const { stage, loads } = broken
    await stage.play()
    // More than half of what an address is good for: the service signs a new one.
    await stage.pass(15_000)
    const { title } = stage
    const before = stage.reported()
    stage.events()
    await broken.breakOff(code)
    await stage.pass(1_000, 100)
    assert.equal(stage.state.phase, 'playing')
    assert.equal(stage.title, title)
    const [first, again] = loads
    assert.ok(Math.abs((again?.positionMs ?? 0) - 15_000) < 1_500, String(again?.positionMs))
    assert.notEqual(again?.stream?.url.reveal(), first?.stream?.url.reveal())
    assert.deepEqual(stage.reported(), before)
    assert.deepEqual(stage.events(), [])
    await stage.engine.stop()
    await stage.quiet()
    const stop = stage.control.reports().at(-1)?.event
    assert.equal(stop?.fields['rebufferCount'], 1)
    assert.deepEqual(stage.control.violations(), [])
  })
}

test('while the service is away too it waits and asks again, buffering, and goes on when both are back', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  await stage.play()
  await stage.pass(10_000)
  const { title } = stage
  stage.breakDown()
  await broken.breakOff('player/network')
  await stage.pass(120_000)
  assert.equal(stage.state.phase, 'buffering')
  assert.equal(Math.round((stage.state.positionMs ?? 0) / 1000), 10)
  stage.repair()
  await stage.pass(70_000)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(stage.title, title)
  // What was waited for was not listened to.
  await stage.engine.stop()
  await stage.quiet()
  const played = stage.control.reports().at(-1)?.event.fields['durationSeconds'] as number
  assert.ok(played < 90, String(played))
  assert.deepEqual(stage.control.violations(), [])
})

test('a wait of more than ten minutes ends it, with the reason', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  await stage.play()
  await stage.pass(10_000)
  stage.breakDown()
  await broken.breakOff('player/network')
  await stage.pass(25 * 60_000, 10_000)
  assert.equal(stage.state.phase, 'idle')
  stage.repair()
  await stage.pass(120_000, 10_000)
  assert.match(stage.reported()[1] ?? '', /networkError$/)
  assert.deepEqual(stage.control.violations(), [])
})

test('fresh addresses that are no good either are given up after three, and the queue goes on', async (t) => {
  const broken = await startBreaking(t)
  const { stage, loads } = broken
  const tracks = stage.tracksOf('album')
  await stage.play()
  await stage.pass(5_000)
  broken.failing = 'player/expired'
  await broken.breakOff('player/expired')
  await stage.quiet()
  assert.ok(loads.length >= 4, `loads.length >= 4: ${loads.length}`)
  broken.failing = undefined
  await stage.pass(5_000)
  const events = stage.events()
  assert.ok(events.includes('error'), JSON.stringify(events))
  // Each of those that followed was tried and given up in its turn, or the one after the first plays.
  assert.ok(
    stage.state.phase === 'idle' || stage.title !== tracks[0],
    `stage.state.phase === 'idle' || stage.title !== tracks[0]`,
  )
  assert.deepEqual(stage.control.violations(), [])
})

test('addresses that expired before their turn: one is renewed, and with it those that follow', async (t) => {
  const broken = await startBreaking(t, { audioUrlLifetime: 60 })
  const { stage, loads } = broken
  const [first, second, third] = stage.items('album')[0]?.holds ?? []
  Object.defineProperty(broken, 'failing', {
    get: () => {
      const url = new URL(loads.at(-1)?.stream?.url.reveal() ?? '')
      const isGood = stage.clock.epochMs() < Number(url.searchParams.get('expires')) * 1000
      return isGood ? undefined : 'player/expired'
    },
  })
  await stage.play()
  await stage.pass(1_000)
  await stage.engine.pause()
  await stage.pass(70_000)
  stage.events()
  await stage.done(stage.engine.resume(stage.signal))
  await stage.passUntil('the second track', () => stage.state.entity?.id !== first)
  assert.equal(stage.state.entity?.id, second)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(loads.length, 3, 'the first, and the second twice')
  await stage.engine.seek({ positionMs: 1e9 })
  await stage.pass(2_000, 100)
  assert.equal(stage.engine.state.entity?.id, third)
  assert.equal(loads.length, 4)
  assert.equal(stage.events().includes('error'), false)
  assert.deepEqual(stage.control.violations(), [])
})

test('a pause while the stream is asked for ends the asking, and play takes it up again', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  await stage.play()
  await stage.pass(10_000)
  stage.breakDown()
  await broken.breakOff('player/network')
  await stage.pass(5_000)
  await stage.engine.pause()
  stage.repair()
  stage.calls()
  await stage.pass(120_000)
  assert.equal(stage.state.phase, 'paused')
  assert.equal(stage.calls().includes('GET current'), false)
  await stage.done(stage.engine.resume(stage.signal))
  await stage.pass(2_000)
  assert.equal(stage.state.phase, 'playing')
  assert.equal(Math.floor((stage.engine.state.positionMs ?? 0) / 1000), 10)
  assert.deepEqual(stage.control.violations(), [])
})

test('a next while the stream is asked for leaves the broken one', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  await stage.play()
  await stage.pass(10_000)
  stage.control.fault({ path: '/current', times: 1e9, status: 503 })
  await broken.breakOff('player/expired')
  await stage.pass(3_000)
  await stage.done(stage.engine.next(stage.signal))
  await stage.pass(3_000)
  assert.equal(stage.title, stage.tracksOf('album')[1])
  assert.equal(stage.state.phase, 'playing')
  stage.repair()
  await stage.pass(30_000)
  assert.equal(stage.title, stage.tracksOf('album')[1])
  assert.deepEqual(stage.control.violations(), [])
})

test('a protected entity is refused in words, reported as stopped by an error, and does not loop', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  await stage.play()
  await stage.pass(5_000)
  await stage.engine.stop()
  await stage.quiet()
  stage.events()
  broken.failing = 'player/protected'
  await stage.play('playlist').catch(() => undefined)
  await stage.pass(60_000)
  assert.equal(stage.state.phase, 'idle')
  assert.equal(stage.events().filter((type) => type === 'error').length, 3)
})

test('a sound card that cannot be opened ends it at once', async (t) => {
  const broken = await startBreaking(t)
  const { stage } = broken
  broken.failing = 'player/device'
  await stage.play()
  await stage.pass(5_000)
  assert.equal(stage.state.phase, 'idle')
  assert.deepEqual(stage.events(), ['error', 'playback_stopped'])
  assert.equal(stage.troubles.at(-1), 'player/device')
  broken.failing = undefined
  await stage.play()
  await stage.quiet()
  assert.equal(stage.troubles.at(-1), undefined)
})
