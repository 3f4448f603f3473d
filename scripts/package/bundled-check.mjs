import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'
import { installPackages } from '../lib/tools.mjs'
import { nodesLibraries } from './control.mjs'
import { unpackNode } from './node-runtime.mjs'
import { sourceDate } from './source-date.mjs'

/** The Debian package of each library, on bookworm and trixie. */
const packageOf = [
  [/^(ld-linux-aarch64|libc|libdl|libm|libpthread)\.so\./, 'libc6'],
  [/^libgcc_s\.so\.1$/, 'libgcc-s1'],
  [/^libstdc\+\+\.so\.6$/, 'libstdc++6'],
]

/**
 * What can be told of the bundled package for arm64 on a machine of another kind.
 *
 * @param {string} folder for what is built
 * @param {(what: string, prove: () => unknown) => Promise<void>} must
 */
export async function bundledCheck(folder, must) {
  installPackages(['binutils', 'lintian'].filter((name) => spawnSync('dpkg', ['-s', name]).status !== 0))
  const SOURCE_DATE_EPOCH = String(sourceDate())
  // Both before the first is built, which takes a while.
  const [here, there] = ['one', 'another one'].map((name) => copyOf(join(folder, name)))
  const one = build(here, '022', { SOURCE_DATE_EPOCH })
  await must('two builds of the bundled package are the same byte for byte', () => {
    // By one core, where the other was made by all there are.
    const env = { SOURCE_DATE_EPOCH, DPKG_DEB_THREADS_MAX: '1', TZ: 'Asia/Tokyo' }
    const other = build(there, '077', env)
    assert.equal(sum(other), sum(one))
    return sum(one)
  })
  await must('it breaks no rule of Debian without saying why', () => {
    const { status, stdout } = spawnSync('lintian', ['--fail-on', 'error,warning', one], { encoding: 'utf8' })
    assert.equal(stdout, '')
    assert.equal(status, 0)
  })
  await must('it depends on the packages of all libraries that its Node is linked to', () => {
    const { node, remove } = unpackNode('arm64')
    try {
      const told = execFileSync('readelf', ['--wide', '--dynamic', '--version-info', node], {
        encoding: 'utf8',
      })
      const libraries = [...told.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name)
      assert.ok(libraries.length > 3)
      for (const library of libraries) {
        const [, name] = packageOf.find(([form]) => form.test(library)) ?? []
        assert.ok(
          nodesLibraries.some((one) => one.split(' ')[0] === name),
          library,
        )
      }
      const newest = Math.max(
        ...[...told.matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)),
      )
      assert.ok(nodesLibraries.includes(`libc6 (>= 2.${newest})`), `GLIBC_2.${newest}`)
      return `${libraries.join(' ')}, GLIBC_2.${newest}`
    } finally {
      remove()
    }
  })
}

/** The repository as it is now, in a folder of its own: somebody may be working in this one. */
function copyOf(folder) {
  const kept = ['src', 'scripts', 'systemd', 'docs', 'dist', 'package.json', 'package-lock.json']
  for (const name of [...kept, 'CHANGELOG.md', 'README.md', 'LICENSE']) {
    cpSync(join(root, name), join(folder, name), { recursive: true, preserveTimestamps: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function build(folder, umask, env) {
  const script = `umask ${umask}; exec "$0" scripts/package.mjs --only bundled --out out`
  execFileSync('sh', ['-c', script, process.execPath], { cwd: folder, env: { ...process.env, ...env } })
  return join(folder, 'out', readdirSync(join(folder, 'out'))[0])
}

function sum(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
