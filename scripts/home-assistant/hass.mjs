import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { end, start } from '../bench/processes.mjs'
import { until } from '../lib/until.mjs'

/**
 * Starts Home Assistant on a folder with a configuration and waits until all its parts are loaded.
 *
 * @param {import('./install.mjs').HomeAssistant} homeAssistant
 * @param {string} folder below `homeAssistant.folder`
 * @param {{ mayFetch?: boolean, withinMs?: number }} [options]
 */
export async function startHass(homeAssistant, folder, { mayFetch = false, withinMs = 180_000 } = {}) {
  const [command, args] = homeAssistant.hass(['--config', folder, ...(mayFetch ? [] : ['--skip-pip'])])
  const logFile = join(folder, 'home-assistant.log')
  rmSync(logFile, { force: true })
  const child = start(command, args, { env: mayFetch ? process.env : { HOME: folder, LANG: 'C.UTF-8' } })
  const log = () => readText(logFile)
  await until(
    'Home Assistant',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended\n${child.said()}`)
      return /Home Assistant initialized in/.test(log())
    },
    withinMs,
    () => log().slice(-2_000),
  )
  return {
    /** The whole log of this life. */
    log,
    stop: () => end(child),
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
