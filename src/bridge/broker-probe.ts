import { AppError } from '../base/errors.ts'
import { openConnection } from './broker-connection.ts'
import type { ConnectionFailure } from './broker-failure.ts'
import type { ConnectionOptions, ProtocolVersion } from './broker-types.ts'

/**
 * Connects once, with MQTT 5 and if need be with 3.1.1, and leaves again without a trace.
 *
 * @param signal ends it at once
 * @throws AppError `mqtt/*`, `net/*`; `net/timeout` when `signal` aborts
 */
export async function probeBroker(options: ConnectionOptions, signal: AbortSignal): Promise<ProtocolVersion> {
  let failure: ConnectionFailure | undefined
  for (const version of [5, 4] as const) {
    failure = await tryOnce(options, version, signal)
    if (failure === undefined) return version
    if (failure.versionRefused !== true && failure.wordless !== true) throw failure.error
  }
  throw failure?.error as Error
}

/** Why it failed; undefined when the broker accepted us. */
async function tryOnce(
  options: ConnectionOptions,
  version: ProtocolVersion,
  signal: AbortSignal,
): Promise<ConnectionFailure | undefined> {
  const accepted = new AbortController()
  const connection = openConnection(
    options,
    { version, will: { qos: 1, retain: true } },
    {
      onAccepted() {
        accepted.abort()
        void connection.end()
      },
      onMessage: () => undefined,
    },
  )
  const late = new AppError('net/timeout', `${options.url.host} did not answer in time`)
  const stop = (): void => connection.abandon({ error: late })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const failure = await connection.closed
  signal.removeEventListener('abort', stop)
  return accepted.signal.aborted ? undefined : failure
}
