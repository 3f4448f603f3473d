import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { CannotInstall } from '../lib/cannot-install.mjs'
import { installPackages } from '../lib/tools.mjs'
import { buildPackages } from '../package/build.mjs'
import { unpackNode } from '../package/node-runtime.mjs'
import { sysroot } from './sysroot.mjs'

const product = 'amazonmusic2mqtt'

/**
 * A Node of another architecture with the bundle as a Debian package installs it.
 *
 * @typedef {object} Machine
 * @property {string} name for people
 * @property {'arm64' | 'arm'} arch as Node calls it
 * @property {readonly string[]} node the command that runs it: qemu by its name, for the kernel may not know it
 * @property {string} lib what is /usr/lib/amazonmusic2mqtt there
 */

/**
 * The three that people have. 32 bit is Debian 13's own Node or none: nobody else builds one of 20.19 or newer that
 * can be had from an archive.
 *
 * @param {string} folder of ours; packages are unpacked there
 * @param {string} [packages] where there are .deb already
 * @returns {Machine[]}
 * @throws {CannotInstall}
 */
export function armMachines(folder, packages) {
  const [on64, on32] = [qemu('aarch64'), qemu('arm')]
  const smallest = sysroot('bookworm', 'arm64', ['libc6', 'libgcc-s1', 'libstdc++6'])
  const [debian64, debian32] = ['arm64', 'armhf'].map((architecture) =>
    sysroot('trixie', architecture, ['nodejs']),
  )
  const all = unpacked(folder, debOf(`${product}_`, packages) ?? madeHere(folder))
  const bundled = debOf(`${product}-bundled_`, packages)
  // The same files but for its Node: 120 MB, which take a minute to pack.
  const own = bundled === undefined ? undefined : unpacked(folder, bundled)
  const node = own === undefined ? kept(unpackNode('arm64')) : join(own, 'node')
  const debians = (root) => ['-L', root, join(root, 'usr/bin/node')]
  return [
    {
      name: 'arm64, own Node on Debian 12',
      arch: 'arm64',
      node: [on64, '-L', smallest, node],
      lib: own ?? all,
    },
    { name: "arm64, Debian 13's Node", arch: 'arm64', node: [on64, ...debians(debian64)], lib: all },
    { name: "armhf, Debian 13's Node", arch: 'arm', node: [on32, ...debians(debian32)], lib: all },
  ]
}

/** The static one, which needs nothing of the other architecture; Debian 13 has it by the shorter name. */
function qemu(architecture) {
  const names = [`qemu-${architecture}-static`, `qemu-${architecture}`]
  const found = () =>
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .concat('/usr/bin')
      .flatMap((place) => names.map((name) => join(place, name)))
      .find((path) => existsSync(path))
  if (found() === undefined) installPackages(['qemu-user-static'])
  const path = found()
  if (path === undefined) throw new CannotInstall('qemu is missing (Debian: qemu-user-static).')
  return path
}

function madeHere(folder) {
  return buildPackages({ kinds: ['all'], out: join(folder, 'packages'), architecture: 'arm64' })[0]
}

function debOf(start, packages) {
  if (packages === undefined) return undefined
  const name = readdirSync(packages).find((one) => one.startsWith(start) && one.endsWith('.deb'))
  if (name === undefined) throw new CannotInstall(`There is no ${start}*.deb in ${packages}.`)
  return join(packages, name)
}

/** @returns {string} its /usr/lib/amazonmusic2mqtt */
function unpacked(folder, deb) {
  const target = join(folder, `unpacked-${readdirSync(folder).length}`)
  mkdirSync(target)
  execFileSync('dpkg-deb', ['-x', deb, target])
  return join(target, 'usr/lib', product)
}

function kept({ node, remove }) {
  process.once('exit', remove)
  return node
}
