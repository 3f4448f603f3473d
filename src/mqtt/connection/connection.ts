import { Socket } from 'node:net'

import debug from 'debug'
import { connect, type MqttClient } from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import constants from 'mqtt-packet/constants.js'

import { AppError } from '../../lib/errors.ts'
import { inTime } from '../../lib/async/time-limit.ts'
import { clientOptions, type Attempt } from './client-options.ts'
import {
  closedEarly,
  connackFailure,
  denial,
  disconnectFailure,
  errorFailure,
  silentFailure,
  failureWithoutReason,
  type ConnectionFailure,
} from './failure.ts'
import { cutIncoming } from './incoming.ts'
import type { BrokerLimits, IncomingMessage, OutgoingMessage } from '../message.ts'
import type { Link } from '../outbox.ts'
import { limitsOf, readProperties, writeProperties } from './properties.ts'
import type { DeniedFilter, SubscribingConnection } from '../subscriptions.ts'
import { corkEachTurn, oncePerTurn } from './turn.ts'
import type { ConnectionOptions, Subscription } from '../types.ts'
import { strangeAnswer } from './wrong-port.ts'

export interface ConnectionEvents {
  onAccepted(limits: BrokerLimits): void
  onMessage(message: IncomingMessage): void
  /** A packet arrived. Within `nextMs` the next one arrives, or the connection is closed. */
  onPacket?(nextMs: number): void
}

export interface Connection extends Omit<Link, 'limits'> {
  /** Resolves when the connection has ended, with the failure; undefined: the agent ended it. */
  readonly closed: Promise<ConnectionFailure | undefined>
  readonly isClosed: boolean
  /** Closes the connection when the broker does not answer. */
  subscribe: SubscribingConnection['subscribe']
  /** Sends DISCONNECT (no last will) and waits at most a second; then as {@link abandon}. */
  end(): Promise<void>
  /** Destroys the socket: the broker publishes the last will. */
  abandon(failure?: ConnectionFailure): void
}

// With DEBUG=* in the environment, mqtt-packet prints the CONNECT packet with the password.
debug.disable()

// The parser of mqtt-packet ends the connection on a reason code that the specification does not list for the
// packet. Brokers send such codes: mosquitto refuses a message with 149. The agent interprets the codes
// itself.
const { MQTT5_PUBACK_PUBREC_CODES, MQTT5_SUBACK_CODES, MQTT5_DISCONNECT_CODES } = constants
for (const codes of [MQTT5_PUBACK_PUBREC_CODES, MQTT5_SUBACK_CODES, MQTT5_DISCONNECT_CODES]) {
  for (let code = 128; code < 256; code++) codes[code] ??= 'Refused'
}

// MQTT.js would create a Buffer for each of the 65,536 packet ids at its first packet: 9 MB and 35 ms,
// unused.
writeToStream.cacheNumbers = false

const subscribeTimeoutMs = 10_000
const endTimeoutMs = 1_000
/**
 * Opens one MQTT connection. Each has its own MQTT.js client: the store of unacknowledged messages of an
 * earlier client would send stale messages first.
 *
 * @throws Node's error when the TLS files cannot be used
 */
export function openConnection(
  options: ConnectionOptions,
  attempt: Attempt,
  events: ConnectionEvents,
): Connection {
  const { clock } = options
  const broker = `${options.url.protocol}//${options.url.host}`
  let accepted = false
  let ending = false
  let closed = false
  let failure: ConnectionFailure | undefined
  let resolveClosed: (failure?: ConnectionFailure) => void
  const whenClosed = new Promise<ConnectionFailure | undefined>((resolve) => (resolveClosed = resolve))

  const turnMs = oncePerTurn(() => clock.monotonicMs())
  const client = connect(clientOptions(options, attempt))

  // MQTT.js leaves Nagle's algorithm on: an answer then waits for the broker's delayed ACK, 44 ms as
  // measured. A WebSocket has it off already.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true)

  let droppedAtMs = -Infinity
  let pingedAtMs = -Infinity
  cutIncoming(
    client.stream,
    () => {
      droppedAtMs = clock.monotonicMs()
      // A PINGRESP cannot arrive during a long packet; the ping keeps the broker from timing out the agent.
      if (!accepted || droppedAtMs - pingedAtMs < client.keepalive * 500) return
      pingedAtMs = droppedAtMs
      client.sendPing()
      client.reschedulePing(true)
      events.onPacket?.(client.keepalive * 1_500)
    },
    (first) => {
      const strange = strangeAnswer(first, broker)
      if (strange !== undefined) failure = { error: strange }
    },
  )

  const collectWrites = corkEachTurn(client.stream)
  client.on('packetreceive', collectWrites)
  // MQTT.js pings after a keepalive without packets and closes after half as long again. Brokers may set
  // another keepalive.
  client.on('packetreceive', () => events.onPacket?.(client.keepalive * 1_500))

  const close = (): void => {
    if (closed) return
    closed = true
    const why = failure ?? failureWithoutReason(broker)
    const isEarly = why.withoutReason === true && !accepted
    resolveClosed(ending ? undefined : isEarly ? closedEarly(broker) : why)
  }
  const abandon = (reason?: ConnectionFailure): void => {
    failure ??= reason
    client.end(true)
    // end(true) does nothing while an earlier end() still waits for acknowledgements.
    client.stream.destroy()
    close()
  }

  client.on('connect', ({ properties }) => {
    accepted = true
    events.onAccepted(limitsOf(properties))
  })
  client.on('message', (topic, payload, { retain, dup, messageId, properties }) => {
    if (closed) return
    const receivedAtMs = turnMs()
    const message = {
      topic,
      payload,
      retained: retain,
      receivedAtMs,
      duplicate: dup,
      ...(messageId === undefined ? {} : { messageId }),
    }
    events.onMessage(
      properties === undefined ? message : { ...message, ...readProperties(properties, receivedAtMs) },
    )
  })
  client.on('disconnect', ({ reasonCode }) => abandon(disconnectFailure(reasonCode ?? 0, broker)))
  // Never removed: MQTT.js emits errors even after the end. It also continues after a packet it could not
  // parse.
  client.on('error', (error) => {
    const code = 'code' in error ? error.code : undefined
    if (!accepted && typeof code === 'number') abandon(connackFailure(code, broker))
    // Bytes stay unwritten while TCP, TLS or the WebSocket is not open.
    else if (error.message === 'connack timeout' && client.stream.writableLength === 0)
      abandon(silentFailure(broker))
    else abandon(errorFailure(error, broker, options.dates))
  })
  // MQTT.js swallows stream errors without a code, such as a 404 in a WebSocket handshake.
  client.stream.on('error', (error) => (failure ??= errorFailure(error, broker, options.dates)))
  client.on('close', close)
  watchAcknowledgements(client, () =>
    abandon({ error: new AppError('net/timeout', `${broker} no longer acknowledges messages`) }),
  )

  return {
    closed: whenClosed,
    get isClosed() {
      return closed
    },
    publish(message, done) {
      collectWrites()
      publish(client, message, done)
    },
    async subscribe(subscriptions) {
      // MQTT.js leaves promises and callbacks pending for ever when a connection ends at the wrong moment
      // (measured with 5.16): every wait on it needs a time limit.
      const answering = subscribe(client, subscriptions)
      let answer = await inTime(clock, subscribeTimeoutMs, answering)
      while (answer === undefined && !closed && clock.monotonicMs() - droppedAtMs < subscribeTimeoutMs) {
        answer = await inTime(clock, subscribeTimeoutMs, answering)
      }
      if (answer === undefined) {
        abandon({ error: new AppError('net/timeout', `${broker} did not answer a subscription`) })
      }
      return answer
    },
    async end() {
      if (closed) return
      ending = true
      await inTime(
        clock,
        endTimeoutMs,
        new Promise<void>((resolve) => client.end(false, {}, () => resolve())),
      )
      abandon()
    },
    abandon,
  }
}

function publish(client: MqttClient, message: OutgoingMessage, done: (error?: AppError) => void): void {
  const { topic, payload, qos, retain } = message
  const properties = writeProperties(message)
  client.publish(
    topic,
    payload,
    properties === undefined ? { qos, retain } : { qos, retain, properties },
    (error) => {
      const code = error && 'code' in error ? error.code : undefined
      if (!error) done()
      else if (typeof code === 'number') done(denial(`a message to ${topic}`, code))
      // Any other error means that the connection is ending, and says nothing about the message.
    },
  )
}

/** Resolves with the refused filters; never when the connection ends first. */
function subscribe(
  client: MqttClient,
  subscriptions: readonly Subscription[],
): Promise<readonly DeniedFilter[]> {
  const map = Object.fromEntries(
    // rap (Retain As Published): a live message keeps its retain flag, so the agent can refuse retained
    // commands.
    subscriptions.map(({ topic, retainHandling, retainAsPublished = true }) => [
      topic,
      { qos: 1 as const, rap: retainAsPublished, rh: retainHandling },
    ]),
  )
  return new Promise((resolve) => {
    client.subscribe(map, (_error, _granted, answer) => {
      // Without a SUBACK the connection is ending.
      if (answer === undefined) return
      // The codes are in the order of the filters (section 3.9.3).
      const denied = subscriptions.flatMap(({ topic }, at) => {
        const code = answer.granted[at]
        return typeof code === 'number' && code >= 128
          ? [{ topic, error: denial(`the subscription to ${topic}`, code) }]
          : []
      })
      resolve(denied)
    })
  })
}

/** Calls `onStuck` when the oldest message is still unacknowledged one PINGRESP later. */
function watchAcknowledgements(client: MqttClient, onStuck: () => void): void {
  let oldest: string | undefined
  client.on('packetreceive', ({ cmd }) => {
    if (cmd !== 'pingresp') return
    const [first] = Object.keys(client.outgoing)
    if (first !== undefined && first === oldest) onStuck()
    oldest = first
  })
}
