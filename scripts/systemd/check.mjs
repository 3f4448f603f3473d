import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { debianRoot } from '../lib/debian-root.mjs'
import { proofs } from '../lib/must.mjs'
import { buildPackages } from '../package/build.mjs'
import { openBox } from './box.mjs'
import { promptPackages, provePrompts } from './prompt.mjs'
import { story } from './story.mjs'
import { hasVirtualConsoles } from './virtual-console.mjs'

const mostMs = 10 * 60_000

/**
 * Lives through a life of the service on each release, side by side, and prints a line for each thing that must be so.
 *
 * @param {readonly ('bookworm' | 'trixie')[]} suites
 * @param {{ mpv: boolean }} options `mpv`: plays with the release's mpv, too
 * @returns {Promise<number>} the exit code
 */
export async function check(suites, { mpv }) {
  const folder = mkdtempSync(join(tmpdir(), 'a2m-systemd-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  let bound
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const { mustOf, end } = proofs()
  try {
    const [deb] = buildPackages({ kinds: ['all'], out: folder, architecture: 'all' })
    // The first time Debian is fetched and unpacked, which may take as long as the proof: it is not what is bounded.
    for (const suite of suites) {
      for (const also of [mpv ? ['mpv'] : [], ...(hasVirtualConsoles ? [promptPackages] : [])]) {
        await (await debianRoot(suite, { also })).remove()
      }
    }
    bound = setTimeout(() => {
      console.error(`Not done after ${mostMs / 60_000} minutes: given up.`)
      // Takes the roots with it (debian-root.mjs).
      process.exit(1)
    }, mostMs)
    const mustFor = (box) => mustOf(String(box.release))
    const lives = suites.flatMap((suite) => [
      live(suite, deb, { mpv }, mustFor),
      provePrompts(suite, deb, mustFor),
    ])
    const ends = await Promise.allSettled(lives)
    for (const { reason } of ends) if (reason !== undefined) throw reason
  } finally {
    clearTimeout(bound)
  }
  return end()
}

async function live(suite, deb, { mpv }, mustFor) {
  const box = await openBox(suite, deb, { also: mpv ? ['mpv'] : [] })
  try {
    await box.boot()
    await story(box, mustFor(box), { mpv })
  } finally {
    await box.close()
  }
}
