import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { installPackages } from '../lib/tools.mjs'
import { CannotInstall } from './cannot-install.mjs'

/** The first Debian with a Python that is new enough. */
export const debianSuite = 'forky'

// A compiler: some of what Home Assistant wants comes as source only.
const packages = ['python3-venv', 'python3-dev', 'gcc', 'g++', 'ca-certificates']

/** Beside its own files the Debian sees the folder, under the name that it has here, and who may be trusted. */
const enter = `set -e
root=$1; folder=$2; shift 2
mkdir -p "$root$folder"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount --bind /etc/ssl "$root/etc/ssl"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
mount --bind "$folder" "$root$folder"
exec chroot "$root" "$@"`

/**
 * The Python of a small Debian that is unpacked in `folder`/debian and shares the network of this machine. The mounts
 * are seen by the programme alone and go with it.
 *
 * @throws {CannotInstall} not root, not Debian, or its packages cannot be had
 */
export async function debianPython(folder, say) {
  const needs = 'Home Assistant needs Python 3.14.2 or newer (with venv) on the PATH'
  if (process.platform !== 'linux' || process.getuid() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new CannotInstall(`${needs}; or run this as root on Debian, where it unpacks one for itself.`)
  }
  const root = join(folder, 'debian')
  if (!existsSync(root)) {
    say(`No Python 3.14: unpacking Debian ${debianSuite} in ${root}`)
    if (!existsSync(script)) installPackages(['debootstrap'])
    const half = `${root}.half`
    rmSync(half, { recursive: true, force: true })
    mkdirSync(half, { recursive: true })
    const { status, stdout, stderr, error } = spawnSync(
      'debootstrap',
      ['--variant=minbase', `--include=${packages.join(',')}`, debianSuite, half, mirror(), script],
      { encoding: 'utf8', maxBuffer: 64e6 },
    )
    if (status !== 0) {
      const why = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n')
      throw new CannotInstall(`${needs}, and Debian ${debianSuite} cannot be unpacked here:\n${why}`)
    }
    renameSync(half, root)
  }
  const entering = ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'enter', root, folder]
  return { command: 'python3', wrap: (args) => ['unshare', [...entering, ...args]] }
}

// A release is unpacked by the same steps as sid, and an older debootstrap does not know the newest by its name.
const script = '/usr/share/debootstrap/scripts/sid'

/** Where this machine has its Debian packages from. */
function mirror() {
  const { stdout } = spawnSync(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian'],
    { encoding: 'utf8' },
  )
  const address = stdout?.split('\n').find((line) => line !== '')
  if (address === undefined)
    throw new CannotInstall('apt-get knows no Debian archive: run apt-get update first.')
  return address
}
