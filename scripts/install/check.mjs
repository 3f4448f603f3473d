import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bundle } from '../lib/bundle.mjs'
import { debianRoot } from '../lib/debian-root.mjs'
import { proofs } from '../lib/must.mjs'
import { npmNode } from '../lib/npm-node.mjs'
import { packNpmPackage } from '../lib/packed-manifest.mjs'
import { root } from '../lib/root.mjs'
import { ensureTools } from '../lib/tools.mjs'
import { buildPackages } from '../package/build.mjs'
import { bootPartition } from './boot-partition.mjs'
import { openBox } from './box.mjs'
import { cloudInit } from './cloud-init.mjs'
import { debianPackage } from './debian-package.mjs'
import { interrupted } from './interrupted.mjs'
import { inTerminal } from './in-terminal.mjs'
import { writeNpmContent } from './npm-content.mjs'
import { npmPackage } from './npm-package.mjs'
import { refusals } from './refusals.mjs'
import { withMpv } from './with-mpv.mjs'

const stories = {
  refusals,
  debianPackage,
  inTerminal,
  bootPartition,
  npmPackage,
  interrupted,
  withMpv,
  cloudInit,
}
/** What is the same on both, or takes longer than it tells, is tried on the newer. */
const onlyTrixie = ['withMpv', 'cloudInit']
/** What the boxes of these have from the beginning. scripts/systemd/ has the same list: it is unpacked once. */
const also = ['mpv']
const none = []
const mostMs = 25 * 60_000

/**
 * Installs and removes in every way there is, a fresh box for each story, and prints a line for each thing that must be
 * so.
 *
 * @param {readonly ('bookworm' | 'trixie')[]} suites side by side
 * @param {readonly string[]} [names] of the stories, all unless told
 * @returns {Promise<number>} the exit code
 * @throws {import('../lib/cannot-install.mjs').CannotInstall}
 */
export async function check(suites, names = Object.keys(stories)) {
  const unknown = names.find((name) => !(name in stories))
  if (unknown !== undefined)
    throw new Error(`There is no story ${unknown}: expected ${Object.keys(stories).join(', ')}`)
  ensureTools({ required: true, names: ['zbarimg'] })
  await bundle()
  const folder = mkdtempSync(join(tmpdir(), 'a2m-installing-'))
  let bound
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const { mustOf, end } = proofs()
  try {
    // The first time Debian is fetched and unpacked, which may take as long as the proof: it is not what is bounded.
    for (const suite of suites) {
      for (const more of new Set(storiesOf(suite, names).map(alsoFor))) {
        await (await debianRoot(suite, { also: more })).remove()
      }
    }
    bound = setTimeout(() => {
      console.error(`Not done after ${mostMs / 60_000} minutes: given up.`)
      // Takes the roots with it (debian-root.mjs).
      process.exit(1)
    }, mostMs)
    const made = makePackages(folder)
    const ends = await Promise.allSettled(
      suites.map((suite) => live(suite, names, made, mustOf(suite.padEnd(8)))),
    )
    for (const { reason } of ends) if (reason !== undefined) throw reason
  } finally {
    rmSync(folder, { recursive: true, force: true })
    clearTimeout(bound)
  }
  return end()
}

/** Whatever a person may have beside install.sh, and a Node for the stand-in for Amazon. All paths here. */
function makePackages(folder) {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const out = join(folder, 'packages')
  const [all, bundled] = buildPackages({ kinds: ['all', 'bundled'], out, architecture, quick: true })
  const [next] = buildPackages({ kinds: ['all'], out, architecture, version: '99.0.0', quick: true })
  writeNpmContent()
  packNpmPackage(out)
  const npm = join(
    out,
    readdirSync(out).find((name) => name.endsWith('.tgz')),
  )
  const dist = join(folder, 'dist')
  cpSync(join(root, 'dist'), dist, { recursive: true })
  return { all, bundled, next, npm, dist, node: join(npmNode('24', process.arch), 'bin/node') }
}

const storiesOf = (suite, names) => names.filter((name) => suite === 'trixie' || !onlyTrixie.includes(name))
const alsoFor = (name) => (onlyTrixie.includes(name) ? also : none)

async function live(suite, names, made, must) {
  for (const name of storiesOf(suite, names)) {
    const box = await openBox(suite, made, alsoFor(name))
    try {
      await stories[name](box, must)
    } finally {
      await box.close()
    }
  }
}
