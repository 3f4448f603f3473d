import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './root.mjs'

/**
 * Installs the packages of package-lock.json if what is installed is not that. Plain Node: it runs before there are
 * any packages. Ends the process when npm fails, whose own words say why.
 */
export function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node 20.19 or newer is needed; this is ${process.versions.node}.`)
    process.exit(1)
  }
  const why = missing()
  if (why === undefined) return
  console.error(`${why}: running npm ci`)
  // Run by npm, this is npm's own script, which may be another than the one on the PATH.
  const npm = process.env['npm_execpath']
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm, 'ci'] : ['npm', 'ci']
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  console.error(`npm ci failed${error === undefined ? '' : ` (${error.message})`}.`)
  process.exit(1)
}

/**
 * Versions are compared, not times: a git checkout touches files without changing them.
 *
 * @returns {string | undefined} what is wrong, undefined when all is there
 */
function missing() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  let installed
  try {
    installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  } catch {
    return 'The packages are not installed'
  }
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    // '' is this project. Optional ones are mostly builds for other machines.
    if (path === '' || optional === true) continue
    if (installed[path]?.version !== version)
      return `${path.replace(/^.*node_modules\//, '')} ${version} is not installed`
  }
  return undefined
}

/** @returns {Record<string, { version: string, optional?: boolean }>} by path, such as node_modules/got */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages
}
