import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import type { Tier } from '../../../src/sandbox/conditions.ts'
import { RandomLife } from './random-life.ts'
import { startStage } from './engine-harness.ts'
import { StutteringPlayer } from './stalling-player.ts'

interface Life {
  readonly named: string
  readonly seed: number
  readonly tiers: readonly Tier[]
  readonly options: SandboxOptions
}

const all: readonly Tier[] = ['UNLIMITED', 'PRIME', 'FREE']

const lives: readonly Life[] = [
  // Skips used up on one tier are news on the other only with the next answer: here they are many.
  { named: 'all tiers, peek', seed: 11, tiers: all, options: { nextPolicy: 'peek', skipLimit: 1e6 } },
  { named: 'all tiers, advance', seed: 12, tiers: all, options: { nextPolicy: 'advance', skipLimit: 1e6, endOfQueue: '404', createShape: 'playback', lapsedRead: 'restored' } }, // prettier-ignore
  { named: 'counted skips, peek', seed: 13, tiers: ['PRIME'], options: { nextPolicy: 'peek', tier: 'PRIME', restoreId: 'new', lapsedRead: 'restored' } }, // prettier-ignore
  { named: 'counted skips, advance', seed: 14, tiers: ['FREE'], options: { nextPolicy: 'advance', tier: 'FREE', restoreId: 'new' } }, // prettier-ignore
]

for (const { named, seed, tiers, options } of lives) {
  test(`2000 random commands and faults leave every start and stop reported in order (${named})`, async (t) => {
    const player = new StutteringPlayer()
    const stage = await startStage(t, options, player.make)
    const life = new RandomLife(stage, player, seed + Number(process.env['A2M_TEST_SEED'] ?? 0), tiers)
    await life.live(Number(process.env['A2M_TEST_STEPS'] ?? 2_000)).catch((error: unknown) => {
      t.diagnostic(life.trail.slice(-40).join(' '))
      throw error
    })
    await stage.pass(120_000)
    await stage.done(stage.life.close())
    life.checkEvents()
    assert.deepEqual(stage.control.violations(), [])
    const reports = stage.control.reports()
    assert.equal(reports.length % 2, 0)
    for (const [index, { event, entityId }] of reports.entries()) {
      assert.equal(event.type, index % 2 === 0 ? 'start' : 'stop')
      if (event.type === 'stop') assert.equal(entityId, reports[index - 1]?.entityId)
    }
    assert.ok(reports.length > 200, String(reports.length))
    t.diagnostic(`${String(reports.length)} reports; refused: ${JSON.stringify([...life.refused])}`)
  })
}
