import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { readMount } from '../../src/lib/storage/mount.ts'

/**
 * Not in memory, where it can be had: the agent would complain of its state folder. scripts/test.mjs gives a folder of
 * its own, to see what is left in it.
 */
export const tempParent =
  readMount(tmpdir())?.isLostAtReboot === true ? '/var/tmp' : (process.env['A2M_TEST_FOLDER'] ?? tmpdir())

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
  const folder = mkdtempSync(join(tempParent, 'a2m-test-'))
  folders.push(folder)
  t.after(() => remove(folder))
  return folder
}
