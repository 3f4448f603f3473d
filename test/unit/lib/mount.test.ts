import assert from 'node:assert/strict'
import { test } from 'node:test'

import { mountOf, readMount } from '../../../src/lib/storage/mount.ts'

const state = '/var/lib/amazonmusic2mqtt'

/** What is told of the state folder's mount: `point kind`, and whether it is lost at a reboot. */
function told(...lines: readonly string[]): readonly [string, boolean] {
  const mount = mountOf(`${lines.join('\n')}\n`, state)
  return [`${mount?.point} ${mount?.kind}`, mount?.isLostAtReboot === true]
}

const card = '26 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw'
const run = '24 26 0:22 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=378M'

test('a card keeps what is written', () => {
  assert.deepEqual(told(card, run), ['/ ext4', false])
})

test('a tmpfs over the folder or above it does not, a partition over it does', () => {
  assert.deepEqual(told(card, '90 26 0:50 / /var/lib rw - tmpfs tmpfs rw'), ['/var/lib tmpfs', true])
  assert.deepEqual(told(card, '90 26 0:50 / /var/lib/amazon rw - tmpfs tmpfs rw'), ['/ ext4', false])
  const data = `91 26 179:3 / ${state} rw - ext4 /dev/mmcblk0p3 rw`
  assert.deepEqual(told('26 1 0:30 / / rw - overlay overlayroot rw,lowerdir=/l,upperdir=/u', data), [
    `${state} ext4`,
    false,
  ])
})

test('a file system on compressed memory does not, whatever its kind', () => {
  assert.deepEqual(told(card, '92 26 252:0 / /var rw - ext4 /dev/zram0 rw'), ['/var ext4', true])
})

test('an overlay keeps what its upper folder keeps', () => {
  const overlay = (upper: string): string =>
    `26 1 0:30 / / rw,relatime - overlay overlayroot rw,lowerdir=/media/root-ro,upperdir=${upper},workdir=/media/root-rw/w`
  // As Debian's overlayroot leaves it, with a tmpfs and with a partition of one's own.
  const tmpfs = '28 26 0:28 / /media/root-rw rw,relatime - tmpfs tmpfs-root rw'
  const disk = '28 26 8:1 / /media/root-rw rw,relatime - ext4 /dev/sda1 rw'
  assert.deepEqual(told(overlay('/media/root-rw/overlay'), tmpfs), ['/ overlay', true])
  assert.deepEqual(told(overlay('/media/root-rw/overlay'), disk), ['/ overlay', false])
  // As raspi-config made it before Debian 12: what is below is in no table any more.
  assert.deepEqual(told(overlay('/upper/data'), run), ['/ overlay', true])
  // A container's root outlives a reboot of its host.
  assert.deepEqual(told(overlay('/var/lib/docker/overlay2/0abc/diff'), run), ['/ overlay', false])
})

test('names with spaces are read, and a table that is none tells nothing', () => {
  const mount = mountOf(`${card}\n93 26 0:60 / /mnt/a\\040b rw - tmpfs tmpfs rw\n`, '/mnt/a b/state')
  assert.equal(mount?.point, '/mnt/a b')
  assert.equal(mountOf('nonsense\n', state), undefined)
})

test('a folder that is not there yet lies where it would be made', () => {
  assert.deepEqual(readMount('/proc/none/such'), readMount('/proc'))
  assert.equal(readMount('/proc')?.kind, 'proc')
})
