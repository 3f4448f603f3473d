import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

import type { Log } from '../lib/log.ts'

/** A file that others read while the agent runs. */
export interface ShownFile {
  /** Replaces the content atomically: readers see the whole old text or the whole new one. Never throws. */
  write(text: string): void
  /** Never throws; a missing file is fine. */
  remove(): void
}

export interface ShownFileOptions {
  readonly path: string
  /** Permission bits, set whatever the umask. */
  readonly mode: number
  readonly log: Log
  /** Prepares the folder before each write. May throw. */
  readonly prepare?: () => void
}

/**
 * Writes one file about the sign-in. Logs the first failure in a row. The sign-in continues, and its other
 * displays still show it.
 */
export function createShownFile({ path, mode, log, prepare }: ShownFileOptions): ShownFile {
  let failing = false

  const attempt = (step: () => void): void => {
    try {
      step()
      failing = false
    } catch (error) {
      if (!failing) {
        log.warn('The sign-in could not be written to its file', {
          file: path,
          reason: (error as NodeJS.ErrnoException).code ?? 'failed',
        })
      }
      failing = true
    }
  }

  return {
    write: (text) =>
      attempt(() => {
        prepare?.()
        replaceFile(path, text, mode)
      }),
    remove: () => attempt(() => rmSync(path, { force: true })),
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  const next = `${path}.new`
  const file = openSync(next, 'w', mode)
  try {
    // The umask removes bits, and a file left by a killed agent keeps its old mode.
    fchmodSync(file, mode)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(next, path)
}
