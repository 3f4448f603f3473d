import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes `folder` and what is missing above it with mode 0700, or tightens it to that.
 *
 * @throws errors of Node
 */
export function makePrivateFolder(folder: string): void {
  make(folder)
  chmodSync(folder, 0o700)
}

/**
 * Not mkdirSync's own `recursive`: where the system answers ENOENT below a folder that exists (/proc, /sys, some
 * automounts) Node 20's never returns.
 */
function make(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (!existsSync(parent)) make(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Somebody else made it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
