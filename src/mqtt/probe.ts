import { AppError } from '../lib/errors.ts'
import type { Attempt } from './connection/client-options.ts'
import { openConnection } from './connection/connection.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import { without } from './reconnect.ts'
import type { BrokerOptions, ConnectionOptions, LastWill, ProtocolVersion } from './types.ts'

/** How long a broker may take to answer MQTT 5 before it is asked by 3.1.1. */
const silenceMs = 4_000

/**
 * Connects once, with MQTT 5 and if need be with 3.1.1, and leaves again without a trace.
 *
 * @param signal ends it at once
 * @throws AppError `mqtt/*`, `net/*`; `net/timeout` when `signal` aborts
 */
export async function probeBroker(
  { version: only, ...options }: ConnectionOptions & Pick<BrokerOptions, 'version'>,
  signal: AbortSignal,
): Promise<ProtocolVersion> {
  let failure: ConnectionFailure | undefined
  let will: LastWill = { qos: 1, retain: true }
  for (const version of only === undefined ? ([5, 4] as const) : [only]) {
    // Nobody waits here for as long as the agent does.
    const place = version === 5 && only === undefined ? { connectTimeoutMs: silenceMs, ...options } : options
    failure = await tryOnce(place, { version, will }, signal)
    // Retain and QoS: twice at most.
    for (let times = 0; failure?.unsupported !== undefined && times < 2; times++) {
      will = without(will, failure)
      failure = await tryOnce(place, { version, will }, signal)
    }
    if (failure === undefined) return version
    const isAboutVersion = failure.versionRefused ?? failure.withoutReason ?? failure.silent
    if (isAboutVersion !== true) throw failure.error
  }
  throw failure?.error as Error
}

/** Why it failed; undefined when the broker accepted us. */
async function tryOnce(
  options: ConnectionOptions,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<ConnectionFailure | undefined> {
  const accepted = new AbortController()
  const connection = openConnection(options, attempt, {
    onAccepted() {
      accepted.abort()
      void connection.end()
    },
    onMessage: () => undefined,
  })
  const late = new AppError('net/timeout', `${options.url.host} did not answer in time`)
  const stop = (): void => connection.abandon({ error: late })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const failure = await connection.closed
  signal.removeEventListener('abort', stop)
  return accepted.signal.aborted ? undefined : failure
}
