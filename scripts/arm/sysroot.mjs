import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { CannotInstall } from '../lib/cannot-install.mjs'
import { mirror } from '../lib/debian-archive.mjs'

/**
 * The files of some packages of another architecture and of all that they depend on, kept in
 * ~/.cache/amazonmusic2mqtt/arm. apt is given folders of its own for everything: this machine's dpkg hears of no other
 * architecture. Needs no root.
 *
 * @param {'bookworm' | 'trixie'} suite
 * @param {'arm64' | 'armhf'} architecture
 * @param {readonly string[]} packages
 * @returns {string} absolute
 * @throws {CannotInstall} they cannot be had
 */
export function sysroot(suite, architecture, packages) {
  const cache = join(homedir(), '.cache', 'amazonmusic2mqtt', 'arm')
  const folder = join(cache, [suite, architecture, ...packages].join('+'))
  if (existsSync(folder)) return folder
  console.error(`Fetching ${packages.join(', ')} of Debian ${suite} for ${architecture}`)
  mkdirSync(cache, { recursive: true })
  const half = mkdtempSync(join(cache, 'half-'))
  try {
    const root = join(half, 'root')
    for (const name of ['lists/partial', 'archives/partial', 'root/usr/lib']) {
      mkdirSync(join(half, name), { recursive: true })
    }
    // As base-files has it, and where the loader is looked for.
    symlinkSync('usr/lib', join(root, 'lib'))
    writeFileSync(join(half, 'status'), '')
    writeFileSync(join(half, 'sources.list'), `deb ${mirror()} ${suite} main\n`)
    const own = {
      'Dir::State': half,
      'Dir::State::lists': join(half, 'lists'),
      'Dir::State::status': join(half, 'status'),
      'Dir::Cache': half,
      'Dir::Cache::archives': join(half, 'archives'),
      'Dir::Etc::sourcelist': join(half, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'APT::Architecture': architecture,
      'APT::Architectures': architecture,
      'Acquire::Languages': 'none',
      // Otherwise a list that cannot be had is only a warning.
      'APT::Update::Error-Mode': 'any',
      // Its own user could not enter a home.
      'APT::Sandbox::User': 'root',
    }
    const get = [
      'apt-get',
      '-q',
      '-y',
      ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ]
    run([...get, 'update'])
    run([...get, 'install', '--download-only', '--no-install-recommends', ...packages])
    const archives = readdirSync(join(half, 'archives')).filter((name) => name.endsWith('.deb'))
    for (const name of archives) run(['dpkg-deb', '-x', join(half, 'archives', name), root])
    renameSync(root, folder)
  } catch (error) {
    // Somebody else's is as good.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
  return folder
}

function run([command, ...args]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64e6 })
  if (status === 0) return
  const lines = `${stdout}${stderr}`.trim().split('\n')
  const errors = lines.filter((line) => line.startsWith('E:'))
  const why = error?.message ?? (errors.length > 0 ? errors : lines.slice(-8)).join('\n')
  throw new CannotInstall(`${command} cannot fetch packages of another architecture here:\n${why}`)
}
