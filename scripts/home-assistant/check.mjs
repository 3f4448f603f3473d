import { mkdtempSync, cpSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { endAll } from '../bench/processes.mjs'
import { proofs } from '../lib/must.mjs'
import { root } from '../lib/root.mjs'
import { customPlayer } from './custom-player.mjs'
import { openHouse } from './house.mjs'
import { readIntegration } from './integration.mjs'
import { story } from './story.mjs'

const mostMs = 15 * 60_000

/**
 * Lives through a day of the agent with Home Assistant and prints a line for each thing that must be so.
 *
 * @param {import('./install.mjs').HomeAssistant} homeAssistant
 * @param {{ pictures: boolean, integration?: string }} options `integration`: folder of a custom one, which is tried
 *   instead
 * @returns {Promise<number>} the exit code
 */
export async function check(homeAssistant, options) {
  const folder = mkdtempSync(join(tmpdir(), 'a2m-home-assistant-'))
  const bound = setTimeout(() => {
    console.error(`Not done after ${mostMs / 60_000} minutes: given up.`)
    // Takes the children with it (processes.mjs).
    process.exit(1)
  }, mostMs)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const { must, counted, end } = proofs()
  try {
    console.log(`Home Assistant ${homeAssistant.version}`)
    // A copy: a build meanwhile must not change what is looked at.
    const dist = join(folder, 'dist')
    cpSync(join(root, 'dist'), dist, { recursive: true })
    const house = await openHouse(homeAssistant, join(dist, 'main.cjs'))
    if (options.integration === undefined) await story(house, must, options)
    else await customPlayer(house, must, readIntegration(options.integration))
    await house.close()
  } catch (error) {
    counted.failed += 1
    console.error(error)
  } finally {
    await endAll()
    rmSync(folder, { recursive: true, force: true })
    clearTimeout(bound)
  }
  if (counted.failed > 0)
    console.log(`Home Assistant's log is in ${join(homeAssistant.folder, 'house', 'home-assistant.log')}`)
  return end()
}
