import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { root } from './root.mjs'

/** What the tests run beside Node: programme, its Debian package, and what is not tested without it. */
const tools = Object.entries(JSON.parse(readFileSync(join(root, 'test/support/tools.json'), 'utf8'))).map(
  ([name, tool]) => ({ name, ...tool }),
)

/**
 * Installs what is missing where it may (Debian, as root or with a sudo that asks nothing), else says what will be
 * skipped. With `required` set a missing tool ends the process instead. `names`: only these.
 */
export function ensureTools({ required, names = tools.map(({ name }) => name) }) {
  const missing = () => tools.filter(({ name }) => names.includes(name) && !isInstalled(name))
  installPackages([...new Set(missing().map((tool) => tool.package))])
  for (const { name, package: from, tests } of missing()) {
    console.error(`${name} is not installed (Debian package ${from}). Skipped without it: ${tests}.`)
  }
  if (required && missing().length > 0) process.exit(1)
}

function isInstalled(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => existsSync(join(folder, name)))
}

/** Installs Debian packages where it may; what it cannot install is left to the caller to miss. */
export function installPackages(packages) {
  if (packages.length === 0 || !isInstalled('apt-get')) return
  const asRoot = process.getuid?.() === 0 ? [] : isInstalled('sudo') ? ['sudo', '-n'] : undefined
  if (asRoot === undefined || (asRoot.length > 0 && !run([...asRoot, 'true']))) return
  console.error(`Installing ${packages.join(' ')}`)
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive']
  const get = [...asRoot, ...env, 'apt-get', '-q', '-y']
  const installed = (name) => run([...get, 'install', '--no-install-recommends', name])
  // One by one: a release that lacks one of them must not keep us from the others.
  const failed = packages.filter((name) => !installed(name))
  // The lists of a fresh machine are empty or old; updating them costs more than a try.
  if (failed.length > 0 && run([...get, 'update'])) failed.forEach(installed)
}

function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] }).status === 0
}
