import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

import { parseJson } from '../base/decode.ts'
import type { Log } from '../base/log.ts'
import { makePrivateFolder } from '../base/private-folder.ts'
import { decodeLogin, encodeLogin } from './login-json.ts'
import type { LoginState } from '../account/account-state.ts'
import type { LoginDisplay } from './display.ts'

const fileName = 'login.json'

/** The sign-in in a file that `status`, `login` and scripts read. */
export interface LoginFile extends LoginDisplay {
  /** For the end of the agent: nobody keeps the file true any more. Never throws. */
  remove(): void
}

/**
 * Keeps `<folder>/login.json` (0600, whole or not at all): the JSON of topic `login`. A write that fails is logged
 * once, until one succeeds again; the sign-in goes on, its other displays still show it.
 */
export function createLoginFile(folder: string, log: Log): LoginFile {
  const path = join(folder, fileName)
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
    show: (login) => attempt(() => replaceFile(folder, path, `${JSON.stringify(encodeLogin(login))}\n`)),
    remove: () => attempt(() => rmSync(path, { force: true })),
  }
}

/**
 * What the file says, or undefined when there is none or it cannot be understood. An agent that was killed leaves the
 * file behind: believe it only while somebody owns the folder (src/control/).
 */
export function readLoginFile(folder: string): LoginState | undefined {
  try {
    return decodeLogin(parseJson(readFileSync(join(folder, fileName), 'utf8'), fileName), fileName)
  } catch {
    return undefined
  }
}

function replaceFile(folder: string, path: string, text: string): void {
  makePrivateFolder(folder)
  const next = `${path}.new`
  const file = openSync(next, 'w', 0o600)
  try {
    // A leftover of a killed agent keeps the mode it had.
    fchmodSync(file, 0o600)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(next, path)
}
