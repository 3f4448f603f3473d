import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { tempFolder } from '../temp-folder.ts'
import { requireTool } from '../tools.ts'

/** For the `skip` option of a test: why it cannot run, or false. */
export const noFaketime: string | false = requireTool('faketime')

/**
 * A wall clock that is wrong for one process and can be set while it runs. The monotonic clock stays right.
 */
export interface FakedClock {
  /** Environment variables for the process. */
  readonly env: Readonly<Record<string, string>>
  /** Seconds behind (negative) or ahead of the true time. */
  set(bySeconds: number): void
}

export function fakedClock(t: TestContext, bySeconds: number): FakedClock {
  const file = join(tempFolder(t), 'faketime')
  const set = (by: number): void => {
    // Replace the file atomically: the process may read it at any moment.
    writeFileSync(`${file}.new`, `${by < 0 ? '' : '+'}${Math.round(by)}\n`)
    renameSync(`${file}.new`, file)
  }
  set(bySeconds)
  const library = readdirSync('/usr/lib')
    .map((folder) => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path))
  if (library === undefined) throw new Error('libfaketime.so.1 is nowhere')
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Otherwise Node's timers would never fire.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  }
}
