import { join } from 'node:path'

import { CannotInstall } from '../lib/cannot-install.mjs'
import { mayUnpack, unpackDebian } from '../lib/debian-archive.mjs'

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
  if (!mayUnpack()) {
    const needs = 'Home Assistant needs Python 3.14.2 or newer (with venv) on the PATH'
    throw new CannotInstall(`${needs}; or run this as root on Debian, where it unpacks one for itself.`)
  }
  const root = join(folder, 'debian')
  unpackDebian(debianSuite, root, { packages, say })
  const entering = ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'enter', root, folder]
  return { command: 'python3', wrap: (args) => ['unshare', [...entering, ...args]] }
}
