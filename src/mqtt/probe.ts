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
  /** Gets the messages of the probe and its last will, none of them retained. */
  readonly topic: string
  /** Bytes of payloads to publish, the smallest first. */
  readonly sizes?: readonly number[]
}

export interface ProbeResult {
  readonly version: ProtocolVersion
  /** The smallest of the sizes that the broker refuses; undefined when none is, or it cannot be known. */
  readonly refusedBytes: number | undefined
}

/**
 * How long a broker may take to connect and to answer MQTT 5 before it is asked by 3.1.1. Its name may have two addresses,
 * the first of them dead for the 4 s that main.ts gives each; `doctor` waits 14 s for it all.
 */
const silenceMs = 9_000

/**
 * Connects once, with MQTT 5 and if need be with 3.1.1, publishes messages of `sizes` and leaves again without a trace.
 *
 * @param signal ends it at once
 * @throws AppError `mqtt/*`, `net/*`; `net/timeout` when `signal` aborts
 */
export async function probeBroker(
  { version: only, ...options }: ProbeOptions,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let tried: Tried = {}
  // Sent when the probe is killed: nothing of it may stay at the broker.
  let will: LastWill = { qos: 1, retain: false }
  for (const version of only === undefined ? ([5, 4] as const) : [only]) {
    // Nobody waits here for as long as the agent does.
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
  /** Undefined when the broker accepted us. */
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
