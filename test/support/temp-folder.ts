import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { readMount } from '../../src/lib/storage/mount.ts'

/**
 * On a disk if possible: the agent would warn about a state folder in memory. scripts/lib/run-stage.mjs
 * passes a folder of its own, to detect files left behind.
 */
export const tempParent =
  readMount(tmpdir())?.isLostAtReboot === true ? '/var/tmp' : (process.env['A2M_TEST_FOLDER'] ?? tmpdir())

const folders: string[] = []

/**
 * Must not throw: hooks run in order, and a hook that throws prevents the later ones, so that a program that
 * writes to this folder would never be stopped. That program is stopped later and may create the folder
 * again.
 */
const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // The exit hook tries again.
  }
}
process.once('exit', () => folders.forEach(remove))

/** A temporary folder, removed with its content when the test ends. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tempParent, 'a2m-test-'))
  folders.push(folder)
  t.after(() => remove(folder))
  return folder
}
