import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { tempParent } from './temp-folder.ts'

/** For the `skip` option of a test: why no file system can be mounted here, or false. */
export const noMount: string | false =
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
    ? false
    : 'mounting needs root'

/** A file system of half a megabyte, which tests can fill and make read-only. */
export interface SmallDisk {
  readonly folder: string
  fill(): void
  makeRoom(): void
  /** Makes it read-only, as a failing SD card becomes, or writable again. */
  readOnly(on: boolean): void
}

export function smallDisk(t: TestContext): SmallDisk {
  const folder = mkdtempSync(join(tempParent, 'a2m-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=0755', 'tmpfs', folder])
  t.after(() => {
    execFileSync('umount', ['--lazy', folder])
    rmdirSync(folder)
  })
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flag: 'a' })
    },
    makeRoom: () => rmSync(ballast, { force: true }),
    readOnly: (on) => void execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, folder]),
  }
}
