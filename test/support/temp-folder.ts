import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { readMount } from '../../src/base/mount.ts'

/** Not in memory, where it can be had: the agent would complain of its state folder. */
const parent = readMount(tmpdir())?.isLostAtReboot === true ? '/var/tmp' : tmpdir()

const folders: string[] = []

/**
 * A test's hooks run in the order they were given, and one that throws keeps the others from being run: what still
 * writes to the folder would go on for ever. It ends later, and may make the folder again.
 */
const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Tried again at the exit.
  }
}
process.once('exit', () => folders.forEach(remove))

/** A folder of the test's own, removed with all in it when the test ends. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(parent, 'a2m-test-'))
  folders.push(folder)
  t.after(() => remove(folder))
  return folder
}
