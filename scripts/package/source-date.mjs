import { spawnSync } from 'node:child_process'

import { root } from '../lib/root.mjs'

/**
 * The time that a package says it was made, in seconds: SOURCE_DATE_EPOCH, else that of the last commit.
 *
 * @throws Error where neither is known
 */
export function sourceDate() {
  const given = process.env['SOURCE_DATE_EPOCH'] ?? ''
  const told = given === '' ? lastCommit() : given
  if (!/^\d+$/.test(told))
    throw new Error('Set SOURCE_DATE_EPOCH: without git nobody knows when this was made.')
  return Number(told)
}

function lastCommit() {
  const { stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' })
  return stdout?.trim() ?? ''
}
