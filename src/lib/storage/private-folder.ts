import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates `folder` and its missing parents with mode 0700, or tightens `folder` to that mode.
 *
 * @throws errors of Node
 */
export function makePrivateFolder(folder: string): void {
  make(folder)
  chmodSync(folder, 0o700)
}

/**
 * Not mkdirSync with `recursive`: in Node 20 it never returns where the system answers ENOENT below a folder
 * that exists (/proc, /sys, some automounts).
 */
function make(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (!existsSync(parent)) make(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process created it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
