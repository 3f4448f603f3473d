import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parseJson } from '../lib/decode.ts'
import type { Log } from '../lib/log.ts'
import { makePrivateFolder } from '../lib/storage/private-folder.ts'
import { decodeLogin, encodeLogin } from './login-json.ts'
import type { LoginState } from '../account/account-state.ts'
import type { FiledDisplay } from './display.ts'
import { createShownFile } from './shown-file.ts'

const fileName = 'login.json'

/**
 * The sign-in in a file that `status`, `login` and scripts read: `<folder>/login.json` (0600, replaced
 * atomically), with the JSON of topic `login`. A failed write is logged once, until one succeeds again.
 */
export function createLoginFile(folder: string, log: Log): FiledDisplay {
  const file = createShownFile({
    path: join(folder, fileName),
    mode: 0o600,
    log,
    prepare: () => makePrivateFolder(folder),
  })
  return {
    show: (login) => file.write(`${JSON.stringify(encodeLogin(login))}\n`),
    remove: () => file.remove(),
  }
}

/**
 * Reads the file; undefined when there is none, or it cannot be decoded. An agent that was killed leaves the
 * file behind: trust it only while an agent owns the folder (src/control/).
 */
export function readLoginFile(folder: string): LoginState | undefined {
  try {
    return decodeLogin(parseJson(readFileSync(join(folder, fileName), 'utf8'), fileName), fileName)
  } catch {
    return undefined
  }
}
