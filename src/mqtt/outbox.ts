import { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { BrokerLimits, OutgoingMessage } from './message.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import { byteLength, publishPacketSize } from './connection/packet-size.ts'
import { SizeLimit } from './size-limit.ts'
import type { RetainedMessages } from './retained-messages.ts'

/** The open connection to the broker. */
export interface Link {
  readonly limits: BrokerLimits
  /**
   * Calls `done` when the message is acknowledged (QoS 1) or written (QoS 0), maybe before this returns;
   * never when the connection ends first.
   */
  publish(message: OutgoingMessage, done: (error?: AppError) => void): void
}

/**
 * Maximum number of unacknowledged messages, or fewer if the broker says so. MQTT.js ignores the broker's
 * Receive Maximum (20 with mosquitto), and exceeding it ends the connection (section 3.3.4).
 */
const maxInFlight = 100

const maxWaiting = 1_000
const maxWaitingBytes = 4 * 1024 * 1024

interface Waiting {
  readonly message: OutgoingMessage
  /** Sent once this many retained topics were taken: those that were dirty when it was queued. */
  readonly after: number
}

/**
 * Sends messages no faster than the broker takes them. Retained topics wait in {@link RetainedMessages},
 * which has only their latest value; other messages wait in a bounded queue. Without a connection the latter
 * are dropped, because an answer or event is useless minutes later.
 */
export class Outbox {
  readonly #retained: RetainedMessages
  readonly #log: Log
  readonly #onRefused: (topic: string, error: AppError) => void
  readonly #sizeLimit = new SizeLimit()
  #link: Link | undefined
  #window = 0
  #inFlight = 0
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Retained topics still to be sent for the first time on this connection; undefined: not started. */
  #retainedLeft: number | undefined
  #onRetainedSent: (() => void) | undefined
  /** Retained topics taken for sending, since the start. */
  #taken = 0
  #retainedTurn = false
  #pumping = false
  #idle: (() => void)[] = []
  #dropped = 0
  #tooLarge = 0

  /** @param onRefused the broker does not accept this message; it is not sent again now */
  constructor(retained: RetainedMessages, log: Log, onRefused: (topic: string, error: AppError) => void) {
    this.#retained = retained
    this.#log = log
    this.#onRefused = onRefused
  }

  /** Messages, not retained, that were dropped without a connection or without room. */
  get dropped(): number {
    return this.#dropped
  }

  get tooLarge(): number {
    return this.#tooLarge
  }

  attach(link: Link): void {
    this.#link = link
    this.#window = Math.min(maxInFlight, link.limits.receiveMaximum)
    this.#inFlight = 0
    this.#sizeLimit.begin(link.limits.maximumPacketSize)
  }

  /**
   * Call when the connection has ended.
   *
   * @returns `failure`, or the message that was too large if that is now known to be the reason
   */
  detach(failure: ConnectionFailure | undefined): ConnectionFailure | undefined {
    if (this.#link === undefined) return failure
    this.#link = undefined
    this.#inFlight = 0
    this.#retainedLeft = undefined
    this.#onRetainedSent = undefined
    if (this.#waiting.length > 0) this.#drop(this.#waiting.length)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#notifyIdle()
    return this.#learn(failure)
  }

  /** Sends all retained messages; `onSent` is called when each has been handed to the connection. */
  sendRetained(onSent?: () => void): void {
    this.#retained.markAllDirty()
    this.#onRetainedSent ??= onSent
    if (this.#onRetainedSent !== undefined) this.#retainedLeft = this.#retained.dirty
    this.pump()
  }

  send(message: OutgoingMessage): void {
    const bytes = byteLength(message.payload)
    const full = this.#waiting.length >= maxWaiting || this.#waitingBytes + bytes > maxWaitingBytes
    if (this.#link === undefined || full) {
      this.#drop(1)
      return
    }
    this.#waiting.push({ message, after: this.#taken + this.#retained.dirty })
    this.#waitingBytes += bytes
    this.pump()
  }

  /** Sends `message` before anything that waits, regardless of the queue's limits. */
  sendFirst(message: OutgoingMessage): void {
    this.#waiting.unshift({ message, after: 0 })
    this.#waitingBytes += byteLength(message.payload)
    this.pump()
  }

  /** Resolves when nothing waits and nothing is in flight, or there is no connection. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.#notifyIdle()
    })
  }

  /** Call whenever there may be something to send. */
  pump(): void {
    const link = this.#link
    // A QoS 0 publish is done before it returns: without the flag each one would recurse.
    if (link === undefined || this.#pumping) return
    this.#pumping = true
    try {
      while (this.#link === link && this.#inFlight < this.#window) {
        this.#notifyRetainedSent()
        const message = this.#next()
        if (message === undefined) break
        this.#publish(link, message)
      }
    } finally {
      this.#pumping = false
    }
    this.#notifyIdle()
  }

  /**
   * Alternates, so that many answers do not delay the state and the state does not delay answers. An answer
   * never overtakes the state that was set before it.
   */
  #next(): OutgoingMessage | undefined {
    this.#retainedTurn = !this.#retainedTurn
    return this.#retainedTurn
      ? (this.#nextRetained() ?? this.#nextWaiting())
      : (this.#nextWaiting() ?? this.#nextRetained())
  }

  #nextRetained(): OutgoingMessage | undefined {
    if (this.#retainedLeft === undefined) return undefined
    const message = this.#retained.takeDirty()
    if (message !== undefined) this.#taken++
    if (message !== undefined && this.#retainedLeft > 0) this.#retainedLeft--
    return message
  }

  #nextWaiting(): OutgoingMessage | undefined {
    const [first] = this.#waiting
    if (first === undefined) return undefined
    const isEarly = first.after > this.#taken && this.#retained.dirty > 0
    if (isEarly && this.#retainedLeft !== undefined) return undefined
    this.#waiting.shift()
    this.#waitingBytes -= byteLength(first.message.payload)
    return first.message
  }

  #publish(link: Link, message: OutgoingMessage): void {
    const bytes = publishPacketSize(message)
    if (bytes > this.#sizeLimit.bytes) {
      this.#refuse(
        message.topic,
        new AppError('mqtt/too-large', `A message to ${message.topic} is too large for the broker`, {
          facts: { bytes, limit: this.#sizeLimit.bytes },
        }),
      )
      return
    }
    const number = this.#sizeLimit.sent(message.topic, bytes)
    this.#inFlight++
    link.publish(message, (error) => {
      // Acknowledgements of an earlier connection say nothing about this one.
      if (this.#link !== link) return
      this.#inFlight--
      if (message.qos === 1) this.#sizeLimit.accepted(number)
      if (error !== undefined) {
        if (message.retain) this.#retained.refused(message)
        this.#refuse(message.topic, error)
      }
      this.pump()
    })
  }

  #refuse(topic: string, error: AppError): void {
    if (error.code === 'mqtt/too-large') this.#tooLarge++
    this.#onRefused(topic, error)
  }

  #learn(failure: ConnectionFailure | undefined): ConnectionFailure | undefined {
    const tooLarge = failure?.error.code === 'mqtt/too-large'
    const how = tooLarge ? 'too-large' : failure?.withoutReason === true ? 'wordless' : 'otherwise'
    const culprit = this.#sizeLimit.ended(how)
    if (culprit === undefined) return failure
    const { topic, bytes } = culprit
    const message = `The broker closes the connection over a message of ${bytes} bytes to ${topic}`
    return { error: new AppError('mqtt/too-large', message, { facts: { topic, bytes } }) }
  }

  #drop(count: number): void {
    const before = this.#dropped
    this.#dropped += count
    if (Math.floor(Math.log2(before)) === Math.floor(Math.log2(this.#dropped))) return
    this.#log.debug('Messages were dropped: no connection to the broker, or too many at a time', {
      dropped: this.#dropped,
    })
  }

  #notifyRetainedSent(): void {
    // Forgotten topics make the count too high.
    const isSent = this.#retainedLeft === 0 || this.#retained.dirty === 0
    if (!isSent || this.#onRetainedSent === undefined) return
    const told = this.#onRetainedSent
    this.#onRetainedSent = undefined
    told()
  }

  #notifyIdle(): void {
    if (this.#idle.length === 0) return
    const retainedWaits = this.#retainedLeft !== undefined && this.#retained.dirty > 0
    const busy = this.#inFlight > 0 || this.#waiting.length > 0 || retainedWaits
    if (this.#link !== undefined && busy) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
