import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { CannotInstall } from '../lib/cannot-install.mjs'
import { root } from '../lib/root.mjs'

const pinned = JSON.parse(readFileSync(join(root, 'scripts/package/node-runtime.json'), 'utf8'))

/** The architectures, in Debian's words, that there is a Node for. */
export const architectures = Object.keys(pinned)

/**
 * The Node that goes into the bundled package: Node's own build, as npm has it, in the version and with the checksum
 * that node-runtime.json names. Its tarball is kept in ~/.cache/amazonmusic2mqtt/node.
 *
 * @param {string} architecture one of {@link architectures}
 * @returns {{ version: string, node: string, licence: string, remove: () => void }} two absolute paths, of files that
 *   are there until `remove` is called
 * @throws {CannotInstall} when npm cannot fetch it
 * @throws Error when it is not what was pinned
 */
export function unpackNode(architecture) {
  const { package: name, version, integrity } = pinned[architecture]
  const cache = join(homedir(), '.cache', 'amazonmusic2mqtt', 'node')
  const tarball = join(cache, `${name}-${version}.tgz`)
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'unpacked-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    if (!existsSync(tarball)) fetchInto(folder, `${name}@${version}`, tarball)
    // Each time: what goes into a package is what was pinned, whatever lies in a cache.
    const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
    if (found !== integrity) throw new Error(`${tarball} is not what is pinned (${found}): remove it`)
    execFileSync('tar', ['-xzf', tarball, '-C', folder, 'package/bin/node', 'package/LICENSE'])
  } catch (error) {
    remove()
    throw error
  }
  const unpacked = join(folder, 'package')
  return { version, node: join(unpacked, 'bin', 'node'), licence: join(unpacked, 'LICENSE'), remove }
}

function fetchInto(folder, what, tarball) {
  console.error(`Fetching ${what}`)
  // Run by npm, this is npm's own script, which may be another than the one on the PATH.
  const npm = process.env['npm_execpath']
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  const args = ['pack', what, '--pack-destination', folder, '--silent']
  const { status, stderr, error } = spawnSync(command[0], [...command.slice(1), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new CannotInstall(`${what} cannot be fetched:\n${error?.message ?? stderr.trim()}`)
  const name = what.replace('@', '-')
  renameSync(join(folder, `${name}.tgz`), tarball)
}
