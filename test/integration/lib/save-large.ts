/**
 * Run as a child process by stored-file.test.ts under a limit on file sizes: tries twice to save a value of more than 1 kB in
 * the folder of the argument and tells how each try ended, and which value it has then.
 */
import { toAppError } from '../../../src/lib/errors.ts'
import { createLog } from '../../../src/lib/log.ts'
import { openTokens, tokens } from './token-file.ts'

// As main.ts does: the failed write tells it too, and conf's exit hook would end the process by it.
process.on('SIGXFSZ', () => undefined)

const log = createLog({ level: 'silent', write: () => undefined })
const file = openTokens(process.argv[2] ?? '', log)
const attempt = (): string => {
  try {
    // 15 digits, 60 times: well over 1 kB.
    file.save(tokens(123_456_789_012_345))
    return 'saved'
  } catch (error) {
    return toAppError(error).code
  }
}
process.stdout.write(`${attempt()} ${attempt()} ${file.value?.n ?? 'nothing'}`)
