import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { version } from '../../src/version.ts'
import { endAll } from '../bench/processes.mjs'
import { startBroker } from '../bench/stage.mjs'
import { proofs } from '../lib/must.mjs'
import { root } from '../lib/root.mjs'
import { armMachines } from './machines.mjs'
import { openPlace } from './place.mjs'
import { story } from './story.mjs'

const mostMs = 10 * 60_000

/**
 * Lives through a day of the agent on each ARM there is, side by side, and prints a line for each thing that must be so.
 *
 * @param {{ packages?: string }} options
 * @returns {Promise<number>} the exit code
 * @throws {import('../lib/cannot-install.mjs').CannotInstall}
 */
export async function check({ packages }) {
  const folder = mkdtempSync(join(tmpdir(), 'a2m-arm-'))
  const bound = setTimeout(() => {
    console.error(`Not done after ${mostMs / 60_000} minutes: given up.`)
    // Takes the children with it (processes.mjs).
    process.exit(1)
  }, mostMs)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { mustOf, end } = proofs()
  try {
    // A copy: a build meanwhile must not change what is looked at.
    const dist = join(folder, 'dist')
    cpSync(join(root, 'dist'), dist, { recursive: true })
    const machines = armMachines(folder, packages)
    const broker = await startBroker(folder)
    const lives = machines.map(async (machine, n) => {
      const own = join(folder, `machine-${n}`)
      mkdirSync(own)
      const place = await openPlace(machine, { folder: own, broker, main: join(dist, 'main.cjs') })
      await story(place, mustOf(machine.name), version)
      await place.close()
    })
    for (const { reason } of await Promise.allSettled(lives)) if (reason !== undefined) throw reason
  } finally {
    await endAll()
    clearTimeout(bound)
  }
  return end()
}
