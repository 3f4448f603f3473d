import type { Clock } from '../../lib/clock.ts'
import { inTime } from '../../lib/async/time-limit.ts'
import type { JsonObject } from '../../lib/decode.ts'
import { openConnection, type Connection } from '../../mqtt/connection/connection.ts'
import type { IncomingMessage, OutgoingMessage } from '../../mqtt/message.ts'
import type { ConnectionOptions, ProtocolVersion } from '../../mqtt/types.ts'
import { decodeInfo } from '../state/info-codec.ts'
import type { Topics } from '../topics.ts'

/** The retained `info` under a name at the broker. */
export interface Standing {
  readonly info: JsonObject
  /** Its device is online and answered. */
  readonly isAlive: boolean
}

/** Time for a device whose availability is `online` to answer. */
const answerMs = 3_000

/**
 * Reads the retained `info` under a name over a connection of its own, before the agent connects.
 *
 * @param signal ends it at once
 * @returns undefined: there is none, it cannot be read, or the connection failed
 */
export async function lookForInfo(
  options: ConnectionOptions,
  topics: Topics,
  signal: AbortSignal,
): Promise<Standing | undefined> {
  for (const version of [5, 4] as const) {
    const found = await lookOnce(options, version, topics, signal)
    if (found !== 'other version') return found
  }
  return undefined
}

async function lookOnce(
  options: ConnectionOptions,
  version: ProtocolVersion,
  topics: Topics,
  signal: AbortSignal,
): Promise<Standing | undefined | 'other version'> {
  const stored = new Map<string, Buffer>()
  let answered: () => void = () => undefined
  const answer = new Promise<true>((resolve) => (answered = () => resolve(true)))
  let accepted: () => void = () => undefined
  const acceptance = new Promise<true>((resolve) => (accepted = () => resolve(true)))
  const onMessage = ({ topic, payload, retained }: IncomingMessage): void => {
    if (retained) stored.set(topic, payload)
    else if (topic === topics.of('info')) answered()
  }
  const connection = openConnection(
    options,
    { version, will: { qos: 1, retain: true } },
    { onAccepted: () => accepted(), onMessage },
  )
  const stop = (): void => void connection.end()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const failure = await Promise.race([acceptance, connection.closed])
    if (failure !== true) return isOfVersion(failure) ? 'other version' : undefined
    await subscribe(connection, topics)
    const info = decodeInfo(stored.get(topics.of('info')) ?? Buffer.alloc(0))
    if (connection.isClosed || info === undefined) return undefined
    if (stored.get(topics.of('availability'))?.toString('utf8') !== 'online') return { info, isAlive: false }
    connection.publish(query(topics), () => undefined)
    return { info, isAlive: (await inTimeOf(options.clock, answer)) && !signal.aborted }
  } finally {
    signal.removeEventListener('abort', stop)
    // A clean disconnect: the last will would publish `offline` for the device that has the name.
    await connection.end()
  }
}

async function subscribe(connection: Connection, topics: Topics): Promise<void> {
  const wanted = { retainHandling: 0, retainAsPublished: false } as const
  const [info, availability] = [topics.of('info'), topics.of('availability')]
  await connection.subscribe([
    { topic: info, ...wanted },
    { topic: availability, ...wanted },
  ])
  // The SUBACK comes after the stored messages.
  await connection.subscribe([{ topic: availability, ...wanted, retainHandling: 2 }])
}

function isOfVersion(failure: Awaited<Connection['closed']>): boolean {
  return failure?.versionRefused === true || failure?.withoutReason === true
}

function query(topics: Topics): OutgoingMessage {
  return { topic: topics.of('get'), payload: '', qos: 1, retain: false }
}

async function inTimeOf(clock: Clock, answer: Promise<true>): Promise<boolean> {
  return (await inTime(clock, answerMs, answer)) === true
}
