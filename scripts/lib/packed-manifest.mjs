import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './root.mjs'

const manifest = join(root, 'package.json')
const original = join(root, 'node_modules', '.package.json.original')

/**
 * Takes from package.json what the packed one must not have. The bundle in dist/ holds the dependencies: a user would
 * install them for nothing. `restoreManifest` puts the original back.
 */
export function writePackedManifest() {
  // A pack that was stopped halfway has left it.
  restoreManifest()
  const text = readFileSync(manifest, 'utf8')
  const { atime, mtime } = statSync(manifest)
  const { dependencies, devDependencies, scripts, ...packed } = JSON.parse(text)
  writeFileSync(original, text)
  utimesSync(original, atime, mtime)
  replace(manifest, `${JSON.stringify(packed, undefined, 2)}\n`)
}

/**
 * Packs what lies there, dist/ and dist-system/ included.
 *
 * @param {string} out folder
 */
export function packNpmPackage(out) {
  writePackedManifest()
  try {
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', out], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } finally {
    restoreManifest()
  }
}

/** Does nothing when there is nothing to restore. The time stays too: nothing that is made from it is out of date. */
export function restoreManifest() {
  if (!existsSync(original)) return
  const { atime, mtime } = statSync(original)
  replace(manifest, readFileSync(original, 'utf8'))
  utimesSync(manifest, atime, mtime)
  rmSync(original)
}

function replace(path, text) {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
