import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { licencesOf } from './licences.mjs'
import { root } from './root.mjs'

/** Source -> bundle. The first is the command; the others are loaded by it when their command is given. */
const entries = {
  'src/main.ts': 'main.cjs',
  'src/demo.ts': 'demo.cjs',
  'src/sandbox-command.ts': 'sandbox-command.cjs',
}

const dist = join(root, 'dist')

/**
 * Makes dist/ from src/: one minified CommonJS file per entry, without source maps, and LICENSES.txt for what they
 * hold of others (docs/decisions/0001-bundle.md says why). Does nothing when dist/ is newer than all it is made of.
 *
 * @param {{ force?: boolean }} options
 * @returns {Promise<boolean>} whether anything was made
 */
export async function bundle({ force = false } = {}) {
  const present = Object.keys(entries).filter((entry) => existsSync(join(root, entry)))
  if (present.length === 0) throw new Error('there is nothing to build: no entry in src/')
  const outputs = [...present.map((entry) => join(dist, entries[entry])), join(dist, 'LICENSES.txt')]
  if (!force && isNewer(outputs)) return false

  // Loaded late: it need not be there to find out that there is nothing to do.
  const esbuild = await import('esbuild')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  const inputs = new Set()
  for (const entry of present) {
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: join(dist, entries[entry]),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      legalComments: 'none',
      metafile: true,
      // import() of a sibling becomes require(): nothing of Node's ESM loader is set up.
      supported: { 'dynamic-import': false },
      banner: { js: entry === 'src/main.ts' ? '#!/usr/bin/env node' : '' },
      plugins: [siblings(entry)],
    })
    for (const input of Object.keys(metafile.inputs)) inputs.add(input)
  }
  chmodSync(join(dist, entries['src/main.ts']), 0o755)
  writeFileSync(join(dist, 'LICENSES.txt'), licencesOf([...inputs]))
  return true
}

/** Keeps what another entry holds out of this one: `import('./demo.ts')` becomes `require('./demo.cjs')`. */
function siblings(own) {
  return {
    name: 'siblings',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const target = Object.keys(entries).find((entry) => join(root, entry) === resolve(resolveDir, path))
        if (target === undefined || target === own || kind === 'entry-point') return undefined
        if (kind === 'dynamic-import') return { path: `./${entries[target]}`, external: true }
        return { errors: [{ text: `${target} is loaded by import() only: it is a bundle of its own` }] }
      })
    },
  }
}

function isNewer(outputs) {
  if (!outputs.every((file) => existsSync(file))) return false
  const built = Math.min(...outputs.map((file) => statSync(file).mtimeMs))
  const sources = [
    'src',
    'scripts/lib/bundle.mjs',
    'scripts/lib/licences.mjs',
    'package.json',
    'package-lock.json',
  ]
  return sources.every((source) => newest(join(root, source)) < built)
}

/** Folders count too: a file that was removed leaves its mark on them only. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
