import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { CannotInstall } from './cannot-install.mjs'
import { installPackages } from './tools.mjs'

/** Whether this machine may unpack a Debian at all: debootstrap wants root, and apt says where packages come from. */
export function mayUnpack() {
  return process.platform === 'linux' && process.getuid() === 0 && existsSync('/usr/bin/apt-get')
}

/**
 * Unpacks a small Debian into `folder` by debootstrap, which takes a minute or two. Does nothing when the folder is
 * there. Two at a time wait for each other, and one that is stopped leaves nothing that looks whole.
 *
 * @param {string} suite such as trixie
 * @param {string} folder absolute
 * @param {{ packages: readonly string[], then?: string, say: (what: string) => void }} options `then`: a line of shell
 *   that is run on the host in the unpacked folder before it counts as whole
 * @throws {CannotInstall} why it cannot be had
 */
export function unpackDebian(suite, folder, { packages, then = 'true', say }) {
  if (existsSync(folder)) return
  if (!mayUnpack()) throw new CannotInstall('Unpacking a Debian needs root, and a Debian to do it on.')
  say(`Unpacking Debian ${suite} in ${folder}`)
  if (!existsSync(script)) installPackages(['debootstrap'])
  mkdirSync(dirname(folder), { recursive: true })
  const { status, stdout, stderr, error } = spawnSync(
    'flock',
    [
      `${folder}.lock`,
      'sh',
      '-c',
      unpack,
      'unpack',
      folder,
      then,
      suite,
      packages.join(','),
      mirror(),
      script,
    ],
    { encoding: 'utf8', maxBuffer: 64e6 },
  )
  if (status === 0) return
  const why = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n')
  throw new CannotInstall(`Debian ${suite} cannot be unpacked here:\n${why}`)
}

const unpack = `set -e
folder=$1; then=$2; suite=$3; packages=$4; mirror=$5; script=$6
[ ! -e "$folder" ] || exit 0
rm -rf "$folder.half"
mkdir -p "$folder.half"
debootstrap --variant=minbase --include="$packages" "$suite" "$folder.half" "$mirror" "$script"
( cd "$folder.half" && eval "$then" )
mv "$folder.half" "$folder"`

// A release is unpacked by the same steps as sid, and an older debootstrap does not know the newest by its name.
const script = '/usr/share/debootstrap/scripts/sid'

/**
 * Where this machine has its Debian packages from.
 *
 * @throws {CannotInstall} it has none
 */
export function mirror() {
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
