import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { debianRoot } from '../lib/debian-root.mjs'
import { buildPackages } from './build.mjs'
import { bundledCheck } from './bundled-check.mjs'
import { packageLife } from './package-life.mjs'

/** A bundled package of this machine's kind: one for arm64 cannot run on another. */
const architectureHere = process.arch === 'arm64' ? 'arm64' : 'amd64'

/**
 * Installs, upgrades, changes, removes and purges the packages on Debian 12 and 13 under a real systemd, and prints a
 * line for each thing that must be so.
 *
 * @returns {Promise<number>} the exit code
 * @throws {import('../lib/cannot-install.mjs').CannotInstall}
 */
export async function tryPackages() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const folder = mkdtempSync(join(tmpdir(), 'a2m-packages-'))
  let failed = 0
  const must = (suite) => async (what, prove) => {
    try {
      const said = await prove()
      console.log(`ok    ${suite.padEnd(8)}  ${what}${typeof said === 'string' ? `: ${said}` : ''}`)
    } catch (error) {
      failed += 1
      console.log(
        `FAIL  ${suite.padEnd(8)}  ${what}\n      ${String(error.stack ?? error).replaceAll('\n', '\n      ')}`,
      )
    }
  }
  try {
    const architecture = architectureHere
    const present = buildPackages({ kinds: ['all', 'bundled'], out: folder, architecture })
    const next = buildPackages({
      kinds: ['all', 'bundled'],
      out: folder,
      architecture,
      version: '99.0.0',
      quick: true,
    })
    await bundledCheck(folder, must('arm64'))
    console.log(`To be run, the bundled package is built for ${architecture}, with Node's build for it.`)
    const lives = ['bookworm', 'trixie'].map(async (suite) => {
      const debian = await debianRoot(suite)
      try {
        for (const path of [...present, ...next]) cpSync(path, join(debian.path, 'root', basename(path)))
        const [all, bundled, nextAll, nextBundled] = [...present, ...next].map(
          (path) => `/root/${basename(path)}`,
        )
        await packageLife(debian, { all, bundled, nextAll, nextBundled }, must(suite))
      } finally {
        await debian.remove()
      }
    })
    const ends = await Promise.allSettled(lives)
    for (const { reason } of ends) if (reason !== undefined) throw reason
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(failed === 0 ? 'All of it is so.' : `${failed} of it are not so.`)
  return failed === 0 ? 0 : 1
}
