import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

import { CannotInstall } from '../lib/cannot-install.mjs'
import { debianPython, debianSuite } from './debian-python.mjs'
import { startHass } from './hass.mjs'
import { writeConfiguration } from './configuration.mjs'

/** The newest at the time of writing; what it needs beside it, it names itself. */
const version = '2026.11.0'
const leastPython = [3, 14, 2]
/** What the integration `mqtt` asks for. Told here, because the first start is made without that integration. */
const mqttClient = 'paho-mqtt==2.1.0'

/**
 * Home Assistant from PyPI in a folder of its own: `A2M_HA_DIR`, else ~/.cache/amazonmusic2mqtt/home-assistant. The
 * Python that it needs is one on the PATH, or else that of an unpacked Debian (as root, on Debian). The first time
 * takes some five minutes and 1.5 GB.
 *
 * @typedef {object} HomeAssistant
 * @property {string} version
 * @property {string} folder absolute; all that it is to see must lie below it
 * @property {(args: readonly string[]) => [command: string, args: string[]]} hass how to start it
 * @returns {Promise<HomeAssistant>}
 * @throws {CannotInstall}
 */
export async function installHomeAssistant() {
  const folder = process.env['A2M_HA_DIR'] ?? join(homedir(), '.cache', 'amazonmusic2mqtt', 'home-assistant')
  mkdirSync(folder, { recursive: true })
  const own = pythonOnPath()
  const python = own === undefined ? await debianPython(folder, say) : { wrap: plain, command: own }
  const venv = join(folder, 'venv')
  const homeAssistant = {
    version,
    folder,
    hass: (args) => python.wrap([join(venv, 'bin', 'hass'), ...args]),
  }

  const stamp = join(venv, 'installed.json')
  const wanted = JSON.stringify({ version, python: own ?? debianSuite })
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return homeAssistant
  say(`Installing Home Assistant ${version} in ${folder}`)
  rmSync(venv, { recursive: true, force: true })
  run(python.wrap([python.command, '-m', 'venv', venv]), 'making a Python environment')
  const pip = [join(venv, 'bin', 'pip'), '--disable-pip-version-check', 'install', '--no-input', '--quiet']
  run(python.wrap([...pip, `homeassistant==${version}`, mqttClient]), 'pip')
  await firstStart(homeAssistant)
  writeFileSync(stamp, wanted)
  return homeAssistant
}

/** Home Assistant fetches what its parts need when it first loads them; later starts need no network. */
async function firstStart(homeAssistant) {
  say('Its first start, which fetches the rest')
  const folder = join(homeAssistant.folder, 'first-start')
  rmSync(folder, { recursive: true, force: true })
  await writeConfiguration(folder)
  const hass = await startHass(homeAssistant, folder, { mayFetch: true, withinMs: 600_000 }).catch(
    (error) => {
      throw new CannotInstall(`The first start of Home Assistant failed: ${error.message}`)
    },
  )
  await hass.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** @returns {string | undefined} */
function pythonOnPath() {
  const names = ['python3.14', 'python3.15', 'python3']
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((place) => names.map((name) => join(place, name)))
    .find((path) => existsSync(path) && isNewEnough(path))
}

function isNewEnough(python) {
  const told = spawnSync(python, ['-c', 'import sys, venv; print(*sys.version_info[:3])'], {
    encoding: 'utf8',
  })
  if (told.status !== 0) return false
  const [major, minor, patch] = told.stdout.trim().split(' ').map(Number)
  const [leastMajor, leastMinor, leastPatch] = leastPython
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch))
}

function plain([command, ...args]) {
  return [command, args]
}

function run([command, args], what) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  const why = error?.message ?? stderr.trim().split('\n').slice(-12).join('\n')
  throw new CannotInstall(`Home Assistant cannot be installed here, ${what} failed:\n${why}`)
}

function say(what) {
  console.error(what)
}
