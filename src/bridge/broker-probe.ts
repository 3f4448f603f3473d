import { openConnection } from './broker-connection.ts'
import type { ConnectionFailure } from './broker-failure.ts'
import type { ConnectionOptions, ProtocolVersion } from './broker-types.ts'

/**
 * Connects once, with MQTT 5 and if need be with 3.1.1, and leaves again without a trace.
 *
 * @throws AppError `mqtt/*`, `net/*`
 */
export async function probeBroker(options: ConnectionOptions): Promise<ProtocolVersion> {
  let failure: ConnectionFailure | undefined
  for (const version of [5, 4] as const) {
    failure = await tryOnce(options, version)
    if (failure === undefined) return version
    if (failure.versionRefused !== true && failure.wordless !== true) throw failure.error
  }
  throw failure?.error as Error
}

/** Why it failed; undefined when the broker accepted us. */
async function tryOnce(
  options: ConnectionOptions,
  version: ProtocolVersion,
): Promise<ConnectionFailure | undefined> {
  const accepted = new AbortController()
  const connection = openConnection(options, version, {
    onAccepted() {
      accepted.abort()
      void connection.end()
    },
    onMessage: () => undefined,
  })
  const failure = await connection.closed
  return accepted.signal.aborted ? undefined : failure
}
