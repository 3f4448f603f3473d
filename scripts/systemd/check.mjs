import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bundle } from '../lib/bundle.mjs'
import { root } from '../lib/root.mjs'
import { openBox } from './box.mjs'
import { story } from './story.mjs'

const mostMs = 10 * 60_000

/**
 * Lives through a life of the service on each release, side by side, and prints a line for each thing that must be so.
 *
 * @param {readonly ('bookworm' | 'trixie')[]} suites
 * @param {{ mpv: boolean }} options `mpv`: plays with the release's mpv, too
 * @returns {Promise<number>} the exit code
 */
export async function check(suites, { mpv }) {
  await bundle()
  const folder = mkdtempSync(join(tmpdir(), 'a2m-systemd-'))
  const bound = setTimeout(() => {
    console.error(`Not done after ${mostMs / 60_000} minutes: given up.`)
    // Takes the roots with it (debian-root.mjs).
    process.exit(1)
  }, mostMs)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const counted = { passed: 0, failed: 0 }
  try {
    // A copy: a build meanwhile must not change what is looked at.
    const dist = join(folder, 'dist')
    cpSync(join(root, 'dist'), dist, { recursive: true })
    const lives = suites.map((suite) => live(suite, dist, { mpv }, counted))
    const ends = await Promise.allSettled(lives)
    for (const { reason } of ends) if (reason !== undefined) throw reason
  } finally {
    rmSync(folder, { recursive: true, force: true })
    clearTimeout(bound)
  }
  console.log(`${counted.passed} passed, ${counted.failed} failed`)
  return counted.failed === 0 ? 0 : 1
}

async function live(suite, dist, { mpv }, counted) {
  const box = await openBox(suite, dist, { also: mpv ? ['mpv'] : [] })
  try {
    await box.boot()
    const must = async (what, prove) => {
      const beganMs = performance.now()
      try {
        const figure = await prove()
        counted.passed += 1
        const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
        console.log(
          `ok    ${box.release}  ${what}${figure === undefined ? '' : `: ${figure}`} (${seconds} s)`,
        )
      } catch (error) {
        counted.failed += 1
        const why = String(error.stack ?? error).slice(0, 3_000)
        console.log(`FAIL  ${box.release}  ${what}\n      ${why.replaceAll('\n', '\n      ')}`)
      }
    }
    await story(box, must, { mpv })
  } finally {
    await box.close()
  }
}
