import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { installPackages } from '../lib/tools.mjs'
import { buildPackages } from './build.mjs'
import { nodesLibraries } from './control.mjs'
import { unpackNode } from './node-runtime.mjs'

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
  const build = (out) =>
    buildPackages({ kinds: ['bundled'], out: join(folder, out), architecture: 'arm64' })[0]
  const before = process.umask(0o022)
  const one = build('one')
  await must('two builds of the bundled package are the same byte for byte', () => {
    process.umask(0o077)
    const other = build('another')
    assert.equal(sum(other), sum(one))
    return sum(one)
  })
  process.umask(before)
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

function sum(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
