import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'

import { leaveOut } from './leave-out.mjs'
import { licencesOf } from './licences.mjs'
import { root } from './root.mjs'
import { sbom, sbomFile } from './sbom.mjs'

const dist = join(root, 'dist')
const command = join(dist, 'main.cjs')

const common = {
  minify: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
}

/**
 * Makes dist/ from src/: main.cjs, one file for what each import() loads and one for what several of those share,
 * LICENSES.txt for what they hold of others, and the software bill of materials. docs/decisions/0001-bundle.md says why it is done in two steps.
 * Does nothing when dist/ is newer than all it is made of.
 *
 * @param {{ force?: boolean }} options
 * @returns {Promise<boolean>} whether anything was made
 */
export async function bundle({ force = false } = {}) {
  if (!force && isUpToDate()) return false

  // Loaded late: it need not be there to find out that there is nothing to do.
  const esbuild = await import('esbuild')
  // esbuild can share code between files only in the form of ES modules.
  const { outputFiles, metafile } = await esbuild.build({
    ...common,
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: dist,
    bundle: true,
    format: 'esm',
    splitting: true,
    write: false,
    metafile: true,
    plugins: [leaveOut],
  })
  const files = []
  for (const { path, text } of outputFiles) {
    const { code } = await esbuild.transform(text, {
      ...common,
      format: 'cjs',
      // import() becomes require(): Node's loader of ES modules is never set up.
      supported: { 'dynamic-import': false },
    })
    files.push({ name: commonJsName(basename(path)), code: requiringCommonJs(code) })
  }
  // Its process would keep ours from ending.
  await esbuild.stop()

  // Put in place as a whole: a build that is stopped, or two at a time, must not leave half of one.
  const made = mkdtempSync(join(root, 'node_modules', '.dist-'))
  for (const { name, code } of files) {
    const isCommand = name === basename(command)
    const text = isCommand ? `#!/usr/bin/env node\n${code}` : code
    writeFileSync(join(made, name), text, { mode: isCommand ? 0o755 : 0o644 })
  }
  writeFileSync(join(made, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)))
  writeFileSync(join(made, sbomFile), sbom())
  chmodSync(made, 0o755)
  replaceFolder(made, dist)
  return true
}

/** Two builds at a time both have the whole of it, so it does not matter whose stays. */
function replaceFolder(made, place) {
  for (let left = 10; ; left -= 1) {
    rmSync(place, { recursive: true, force: true, maxRetries: 3 })
    try {
      renameSync(made, place)
      return
    } catch (error) {
      if (left === 0 || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
    }
  }
}

function commonJsName(name) {
  return name.replace(/\.js$/, '.cjs')
}

function requiringCommonJs(code) {
  return code.replace(/\brequire\("(\.\/[\w-]+\.js)"\)/g, (_, path) => `require("${commonJsName(path)}")`)
}

function isUpToDate() {
  if (!existsSync(command)) return false
  const built = Math.min(...readdirSync(dist).map((name) => statSync(join(dist, name)).mtimeMs))
  const sources = ['src', 'scripts/lib', 'package.json', 'package-lock.json']
  return sources.every((source) => newest(join(root, source)) < built)
}

/** Folders count too: a file that was removed leaves its mark on them only. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
