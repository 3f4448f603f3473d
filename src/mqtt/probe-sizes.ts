import type { Clock } from '../lib/clock.ts'
import { inTime } from '../lib/async/time-limit.ts'
import type { Connection } from './connection/connection.ts'
import { publishPacketSize } from './connection/packet-size.ts'
import type { BrokerLimits, IncomingMessage, OutgoingMessage } from './message.ts'
import type { ProtocolVersion } from './types.ts'

/** More than a broker needs, and short enough for a user who waits. */
const limitMs = 3_000

/** Bytes that every broker accepts: a problem with these is not about size. */
const small = 1

interface SizeProbe {
  readonly connection: Connection
  readonly limits: BrokerLimits
  readonly version: ProtocolVersion
  readonly clock: Clock
  /** Nothing is retained on it. */
  readonly topic: string
  /** Payload sizes in bytes, smallest first. */
  readonly sizes: readonly number[]
  /** Receives the messages on {@link topic}. */
  readonly listen: (onMessage: (message: IncomingMessage) => void) => void
}

/**
 * Publishes messages of these sizes, one after the other, until the broker refuses one. MQTT 5 has limits and
 * reason codes for it. On 3.1.1 a broker closes the connection, or acknowledges the message and discards it
 * (mosquitto's message_size_limit), which can only be detected if the agent may read the topic.
 *
 * @returns the smallest size that is refused; undefined when none is, or it cannot be known
 */
export async function smallestRefused(probe: SizeProbe): Promise<number | undefined> {
  return inTime(probe.clock, limitMs, tryAll(probe))
}

async function tryAll(probe: SizeProbe): Promise<number | undefined> {
  const { connection, limits, sizes, version, topic, listen } = probe
  const lost = connection.closed.then((failure) =>
    failure?.withoutReason === true || failure?.error.code === 'mqtt/too-large' ? 'too-large' : 'unknown',
  )
  const publish = (bytes: number): Promise<Outcome> =>
    Promise.race([lost, publishOnce(connection, limits, message(topic, bytes))])
  if ((await publish(small)) !== 'taken') return undefined

  let returned: ((bytes: number) => void) | undefined
  listen(({ payload }) => returned?.(payload.length))
  const canRead = version === 4 && (await readable(connection, topic))
  for (const bytes of sizes) {
    const seen = new Set<number>()
    const smallIsBack = new Promise<'taken'>((resolve) => {
      returned = (length) => {
        seen.add(length)
        if (length === small) resolve('taken')
      }
    })
    const outcome = await publish(bytes)
    if (outcome === 'too-large') return bytes
    if (outcome === 'unknown') return undefined
    if (!canRead) continue
    // Messages arrive in order: one sent before the small one and still missing was discarded.
    await publish(small)
    if ((await Promise.race([lost, smallIsBack])) !== 'taken') return undefined
    if (!seen.has(bytes)) return bytes
  }
  return undefined
}

type Outcome = 'taken' | 'too-large' | 'unknown'

function message(topic: string, bytes: number): OutgoingMessage {
  return { topic, payload: Buffer.alloc(bytes, ' '), qos: 1, retain: false }
}

/** Never settles when the connection ends first. */
function publishOnce(
  connection: Connection,
  limits: BrokerLimits,
  outgoing: OutgoingMessage,
): Promise<Outcome> {
  if (publishPacketSize(outgoing) > limits.maximumPacketSize) return Promise.resolve('too-large')
  return new Promise((resolve) => {
    connection.publish({ ...outgoing, qos: limits.maximumQos }, (error) => {
      if (error === undefined) resolve('taken')
      else resolve(error.code === 'mqtt/too-large' ? 'too-large' : 'unknown')
    })
  })
}

async function readable(connection: Connection, topic: string): Promise<boolean> {
  const denied = await connection.subscribe([{ topic, retainHandling: 2 }])
  return denied?.length === 0
}
