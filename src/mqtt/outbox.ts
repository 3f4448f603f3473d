import { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { BrokerLimits, OutgoingMessage } from './message.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import { byteLength, publishPacketSize } from './connection/packet-size.ts'
import { SizeLimit } from './size-limit.ts'
import type { RetainedMessages } from './retained-messages.ts'

/** The way to the broker while a connection stands. */
export interface Link {
  readonly limits: BrokerLimits
  /**
   * `done` comes when acknowledged (QoS 1) or written (QoS 0), maybe before this returns; not at all when the
   * connection ends first.
   */
  publish(message: OutgoingMessage, done: (error?: AppError) => void): void
}

/**
 * Unacknowledged publishes at a time, if the broker allows as many: MQTT.js does not heed its receiveMaximum (20 with
 * mosquitto), and breaking it ends the connection (section 3.3.4).
 */
const maxInFlight = 100

const maxWaiting = 1_000
const maxWaitingBytes = 4 * 1024 * 1024

interface Waiting {
  readonly message: OutgoingMessage
  /** Goes when as many topics of the picture have been taken: those that were dirty when it was queued. */
  readonly after: number
}

/**
 * Lets out what is to be published, as fast as the broker takes it and no faster. Retained topics wait in the picture
 * (only their latest value counts), other messages in a bounded queue; while there is no connection the latter are
 * dropped, because an answer or event of minutes ago helps nobody.
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
  /** Topics of the picture that the connection has not been sent for the first time; undefined: not begun. */
  #retainedLeft: number | undefined
  #onRetainedSent: (() => void) | undefined
  /** Topics of the picture that have been taken to be sent, ever. */
  #taken = 0
  #retainedTurn = false
  #pumping = false
  #idle: (() => void)[] = []
  #dropped = 0
  #tooLarge = 0

  /** @param onRefused the broker does not take this message: it is left out */
  constructor(retained: RetainedMessages, log: Log, onRefused: (topic: string, error: AppError) => void) {
    this.#retained = retained
    this.#log = log
    this.#onRefused = onRefused
  }

  /** Messages that were not retained and found no connection or no room. */
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
   * The connection is gone.
   *
   * @returns what `failure` amounts to: a message that was too large, if it is known by now to be the reason
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

  /** Sends the whole picture; `onSent` comes when each of its topics has been handed to the connection. */
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

  /** Sends `message` before anything else that waits, however much that is. */
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

  /** To be called whenever there may be something to send. */
  pump(): void {
    const link = this.#link
    // A QoS 0 publish is done before it returns; without the flag each one would go one call deeper.
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
   * In turn, so that neither a flood of answers holds up the state nor the other way round; but no answer goes before
   * the state it tells of, which was set before it.
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
      // Answers to an earlier connection's publishes say nothing about this one's.
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
    // Fewer than were counted are left when some have been forgotten.
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
