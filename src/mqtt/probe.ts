import { AppError } from '../lib/errors.ts'
import type { Attempt } from './connection/client-options.ts'
import { openConnection } from './connection/connection.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import type { IncomingMessage } from './message.ts'
import { smallestRefused } from './probe-sizes.ts'
import { without } from './reconnect.ts'
import type { BrokerOptions, ConnectionOptions, LastWill, ProtocolVersion } from './types.ts'

export interface ProbeOptions
  extends Omit<ConnectionOptions, 'availabilityTopic'>, Pick<BrokerOptions, 'version'> {
  /** Topic of the probe's messages and of its last will; none is retained. */
  readonly topic: string
  /** Payload sizes in bytes to publish, smallest first. */
  readonly sizes?: readonly number[]
}

export interface ProbeResult {
  readonly version: ProtocolVersion
  /** The smallest of `sizes` that the broker refuses; undefined when none is, or it cannot be known. */
  readonly refusedBytes: number | undefined
}

/**
 * Time for a broker to connect and to answer MQTT 5 before the probe tries 3.1.1. Its name may have two addresses, the
 * first one dead for the 4 s that `main.ts` allows each; `doctor` gives the whole probe 14 s.
 */
const silenceMs = 9_000

/**
 * Connects once, with MQTT 5 and if necessary with 3.1.1, publishes messages of `sizes` and leaves nothing
 * behind.
 *
 * @param signal ends the probe at once
 * @throws AppError `mqtt/*`, `net/*`; `net/timeout` when `signal` aborts
 */
export async function probeBroker(
  { version: only, ...options }: ProbeOptions,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let tried: Tried = {}
  // The broker sends it if the probe is killed, so it must not be retained.
  let will: LastWill = { qos: 1, retain: false }
  for (const version of only === undefined ? ([5, 4] as const) : [only]) {
    // A user waits here, so the time-out is shorter than the agent's.
    const place = version === 5 && only === undefined ? { connectTimeoutMs: silenceMs, ...options } : options
    tried = await tryOnce(place, { version, will }, signal)
    if (tried.failure?.unsupported !== undefined) {
      will = without(will, tried.failure)
      tried = await tryOnce(place, { version, will }, signal)
    }
    const { failure, refusedBytes } = tried
    if (failure === undefined) return { version, refusedBytes }
    const isAboutVersion = failure.versionRefused ?? failure.withoutReason ?? failure.silent
    if (isAboutVersion !== true) throw failure.error
  }
  throw tried.failure?.error as Error
}

interface Tried {
  /** Undefined when the broker accepted the connection. */
  readonly failure?: ConnectionFailure | undefined
  readonly refusedBytes?: number | undefined
}

async function tryOnce(
  { topic, sizes = [], ...options }: ProbeOptions,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Tried> {
  let probing: Promise<number | undefined> | undefined
  let onMessage: ((message: IncomingMessage) => void) | undefined
  const connection = openConnection({ ...options, availabilityTopic: topic }, attempt, {
    onAccepted(limits) {
      const { clock } = options
      const { version } = attempt
      const listen = (hear: typeof onMessage): void => {
        onMessage = hear
      }
      probing =
        sizes.length === 0
          ? Promise.resolve(undefined)
          : smallestRefused({ connection, limits, version, clock, topic, sizes, listen })
      void probing.then(() => connection.end())
    },
    onMessage: (message) => onMessage?.(message),
  })
  const late = new AppError('net/timeout', `${options.url.host} did not answer in time`)
  const stop = (): void => connection.abandon({ error: late })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const failure = await connection.closed
  signal.removeEventListener('abort', stop)
  return probing === undefined ? { failure } : { refusedBytes: await probing }
}
