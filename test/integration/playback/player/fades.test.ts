import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createNonePlayer } from '../../../../src/playback/player/backends/none.ts'
import { startStage, type Stage } from '../engine-harness.ts'

interface Fading {
  readonly stage: Stage
  /** Every volume the player was told. */
  readonly told: number[]
  /** The volume it had when it was given something to play. */
  readonly atLoad: (number | undefined)[]
}

async function startFading(t: Parameters<typeof startStage>[0]): Promise<Fading> {
  const told: number[] = []
  const atLoad: (number | undefined)[] = []
  const open: Parameters<typeof startStage>[2] = (clock) => async (onEvent, signal) => {
    const none = await createNonePlayer(clock)(onEvent, signal)
    const load = none.load.bind(none)
    return Object.assign(none, {
      load(...given: Parameters<typeof load>) {
        atLoad.push(told.at(-1))
        return load(...given)
      },
      setVolume(percent: number) {
        told.push(percent)
        return Promise.resolve()
      },
    })
  }
  const volumeControl = { volumeLimit: 100, night: undefined, fadeInMs: 1_000, fadeOutMs: 1_000 }
  return { stage: await startStage(t, {}, open, { volumeControl }), told, atLoad }
}

const isRising = (levels: readonly number[]): boolean =>
  levels.every((level, i) => i === 0 || level >= (levels[i - 1] ?? 0))

test('sound rises from silence to its volume, and state never says otherwise', async (t) => {
  const { stage, told, atLoad } = await startFading(t)
  // The volume that every player is told at its start.
  await stage.quiet()
  told.length = 0
  await stage.play()
  await stage.pass(2_000, 50)
  assert.deepEqual(atLoad, [0], 'not heard before it rises')
  assert.ok(told.length > 10 && isRising(told), told.join())
  assert.equal(told.at(-1), 50)
  assert.equal(stage.state.volume, 50)
})

test('a pause and a stop come after the fall, and what follows has its volume again', async (t) => {
  const { stage, told } = await startFading(t)
  await stage.play()
  await stage.pass(5_000, 50)
  for (const end of ['pause', 'stop'] as const) {
    told.length = 0
    const startedAtMs = stage.clock.monotonicMs()
    await stage.done(stage.engine[end](), 50)
    assert.ok(stage.clock.monotonicMs() - startedAtMs >= 1_000, end)
    const lowest = told.indexOf(0)
    assert.ok(lowest > 10 && isRising(told.slice(0, lowest + 1).reverse()), told.join())
    await stage.done(end === 'pause' ? stage.engine.resume(stage.signal) : stage.play(), 50)
    await stage.pass(2_000, 50)
    assert.equal(told.at(-1), 50, end)
  }
  assert.deepEqual(stage.control.violations(), [])
})
