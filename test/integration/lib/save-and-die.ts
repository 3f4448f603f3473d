/**
 * Run as a child process by stored-file-kill.test.ts: does one job on the stored file of a folder and is killed
 * before a given call. Arguments: folder, job (save | clear | recover), number of the call (0: none), whole | torn.
 * Prints the calls that were made as JSON if it lives to the end. With `wait` as a fifth argument it says
 * `ready` and begins when a line arrives on standard input.
 */
import { arm, disarm } from './kill-before-call.ts'
// Below the line above on purpose: its functions must be in place first.
import { readSync, writeSync } from 'node:fs'

import { createLog } from '../../../src/lib/log.ts'
import { openTokens, tokens } from './token-file.ts'

const [folder = '', job = '', killBefore = '', torn = '', wait] = process.argv.slice(2)
process.umask(0)
const open = (): ReturnType<typeof openTokens> =>
  openTokens(folder, createLog({ level: 'silent', write: () => undefined }))

const before = job === 'recover' ? undefined : open()
if (wait === 'wait') {
  writeSync(1, 'ready')
  readSync(0, Buffer.alloc(1))
}
arm(Number(killBefore), torn === 'torn')
const file = before ?? open()
if (job === 'clear') file.clear()
else file.save(tokens((file.value?.n ?? 0) + 1))
process.stdout.write(JSON.stringify(disarm()))
