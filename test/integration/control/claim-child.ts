/**
 * Run as a child process by the owner tests: claims the folder of the argument when a line arrives on standard input,
 * prints `owner` or the code of the refusal, and as owner stays until its standard input ends.
 */
import { once } from 'node:events'

import { systemClock } from '../../../src/lib/clock.ts'
import { toAppError } from '../../../src/lib/errors.ts'
import { createLog } from '../../../src/lib/log.ts'
import { claimFolder } from '../../../src/control/owner.ts'

const options = {
  folder: process.argv[2] ?? '',
  onRequest: (request: string) => Promise.resolve({ request, pid: process.pid }),
  clock: systemClock,
  random: Math.random,
  log: createLog({ level: 'silent', write: () => undefined }),
}
process.stdout.write('ready\n')
// eslint-disable-next-line no-restricted-syntax -- the test that started it ends it
await once(process.stdin, 'data')
try {
  const owner = await claimFolder(options, new AbortController().signal)
  process.stdout.write('owner\n')
  process.stdin.resume()
  // eslint-disable-next-line no-restricted-syntax -- likewise
  await once(process.stdin, 'end')
  await owner[Symbol.asyncDispose]()
} catch (error) {
  process.stdout.write(`${toAppError(error).code}\n`)
}
