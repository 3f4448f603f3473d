/**
 * Run as a child process by http-tls.test.ts, because trust in an authority is given to a whole process
 * (NODE_EXTRA_CA_CERTS): one exchange with the URL in the argument, then the status or the error's code. With a second
 * argument the clock is judged too.
 */
import { systemClock } from '../../../src/lib/clock.ts'
import { toAppError } from '../../../src/lib/errors.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { createLog } from '../../../src/lib/log.ts'
import { WallClock } from '../../../src/lib/wall-clock.ts'

const judge = new WallClock({
  clock: systemClock,
  notBeforeEpochMs: 0,
  log: createLog({ level: 'silent', write: () => undefined }),
  onSet: () => undefined,
})
const http = createHttp('amazonmusic2mqtt/test', process.argv[3] === undefined ? {} : { judge })
const url = new URL(process.argv[2] ?? '')
const outcome = await http.exchange({ method: 'GET', url }, new AbortController().signal).then(
  ({ status }) => String(status),
  (error: unknown) => toAppError(error).code,
)
http.close()
process.stdout.write(outcome)
