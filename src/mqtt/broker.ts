import { Condition } from '../lib/async/condition.ts'
import type { AppError } from '../lib/errors.ts'
import { inTime } from '../lib/async/time-limit.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { Heartbeat } from '../lib/liveness.ts'
import { connectTimeoutMs } from './connection/client-options.ts'
import { openConnection, type Connection } from './connection/connection.ts'
import { errorFailure, type ConnectionFailure } from './connection/failure.ts'
import { protocolLimits, type BrokerLimits, type OutgoingMessage } from './message.ts'
import { Outbox } from './outbox.ts'
import { asWill, clamp } from './connection/properties.ts'
import { Reconnect } from './reconnect.ts'
import { Refusals } from './refusals.ts'
import { Subscriptions } from './subscriptions.ts'
import { topicProblem } from './topic.ts'
import type { Broker, BrokerOptions, ProtocolVersion, SendOptions, Subscription } from './types.ts'
import { RetainedMessages, type RetainOptions } from './retained-messages.ts'

export type { IncomingMessage } from './message.ts'
export type { Broker, BrokerOptions } from './types.ts'

/** Stop: time for unsent messages, then time for the broker to acknowledge `offline`. */
const flushTimeoutMs = 1_500
const offlineTimeoutMs = 1_000

export function createBroker(options: BrokerOptions): Broker {
  return new MqttBroker(options)
}

class MqttBroker implements Broker {
  readonly #options: BrokerOptions
  readonly #log: Log
  readonly #presence: Heartbeat
  readonly #picture = new RetainedMessages()
  readonly #outbox: Outbox
  readonly #reconnect: Reconnect
  readonly #subscriptions = new Subscriptions()
  readonly #refusals: Refusals
  readonly #asked = new Condition()
  #limits: BrokerLimits = protocolLimits
  #connected = false
  #leaving = false
  /** Consecutive connections lost on the subscription to the topics of {@link NameClaim}. */
  #claimsLost = 0
  #connection: Connection | undefined
  #connections = 0
  #lastError: AppError | undefined

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#log = options.log.child('broker')
    this.#refusals = new Refusals(this.#log)
    this.#presence = options.heartbeat ?? new Heartbeat()
    this.#outbox = new Outbox(this.#picture, this.#log, (topic, error) => this.#refusedByBroker(topic, error))
    this.#reconnect = new Reconnect(options.random, options.version)
  }

  get connected(): boolean {
    return this.#connected
  }

  get protocolVersion(): ProtocolVersion | undefined {
    return this.#connected ? this.#reconnect.version : undefined
  }

  get reconnects(): number {
    return Math.max(0, this.#connections - 1)
  }

  get maximumPacketSize(): number {
    return this.#limits.maximumPacketSize
  }

  get dropped(): number {
    return this.#outbox.dropped
  }

  get tooLarge(): number {
    return this.#outbox.tooLarge
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#liveAndWait(signal)
  }

  retain(topic: string, payload: string | Buffer, options?: RetainOptions): void {
    if (this.#refused(topic)) return
    const outcome = this.#picture.set(topic, payload, options)
    if (outcome === 'changed') this.#outbox.pump()
    if (outcome === 'full') this.#log.error('Too many retained topics', { topic, topics: this.#picture.size })
  }

  forget(topic: string): void {
    this.#picture.forget(topic)
    // The outbox may have been waiting for this topic only.
    this.#outbox.pump()
  }

  retainedTopics(): readonly string[] {
    return this.#picture.all().map(({ topic }) => topic)
  }

  send(topic: string, payload: string | Buffer, options: SendOptions = {}): void {
    if (!this.#refused(topic)) this.#outbox.send({ qos: 1, ...options, topic, payload, retain: false })
  }

  republish(): void {
    this.#outbox.sendRetained()
  }

  retryNow(): void {
    this.#asked.notifyAll()
  }

  sayOnline(): void {
    if (!this.#connected || this.#leaving) return
    this.#outbox.sendFirst(availability(this.#options.availabilityTopic, 'online'))
  }

  rename(from: string, to: string): void {
    this.#picture.rename(from, to)
  }

  reconnect(): void {
    if (!this.#leaving) void this.#connection?.end()
  }

  #refused(topic: string): boolean {
    const problem = topicProblem(topic)
    if (problem !== undefined) this.#log.warn(`Not published: ${problem}`, { topic: topic.slice(0, 200) })
    return problem !== undefined
  }

  async #liveAndWait(signal: AbortSignal): Promise<void> {
    const { dates } = this.#options
    const timesSet = dates?.timesSet()
    const { servedMs, failure } = await this.#live(signal)
    if (failure === undefined || signal.aborted) {
      this.#safely('onDisconnected', () => this.#options.onDisconnected?.())
      return
    }
    // The clock was set since: the refusal of the certificate no longer counts.
    if (failure.aboutDates === true && dates?.timesSet() !== timesSet) return
    const next = this.#reconnect.after({ servedMs, failure })
    const other =
      failure.unsupported === undefined ? 'MQTT 3.1.1' : 'without what the broker does not support'
    if (next.error === undefined) this.#log.info(`Trying ${other}`, errorFields(failure.error))
    else this.#report(next.error, next.waitMs)
    this.#presence.beat(next.waitMs)
    await this.#asked.waitFor(this.#options.clock, next.waitMs, signal).catch(() => undefined)
  }

  /** Runs one connection, from CONNECT to close. */
  async #live(signal: AbortSignal): Promise<{ servedMs: number | undefined; failure?: ConnectionFailure }> {
    const { clock, url } = this.#options
    let acceptedAtMs: number | undefined
    this.#presence.beat(connectTimeoutMs)
    let connection: Connection
    try {
      connection = openConnection(this.#options, this.#reconnect, {
        onAccepted: (limits) => {
          acceptedAtMs = clock.monotonicMs()
          void this.#serve(connection, asWill(limits, this.#reconnect.will), signal)
        },
        onMessage: (message) => this.#safely(message.topic, () => this.#options.onMessage(message)),
        onPacket: (nextMs) => this.#presence.beat(nextMs),
      })
    } catch (error) {
      return { servedMs: undefined, failure: errorFailure(error, url.host) }
    }
    const stop = (): void => {
      if (acceptedAtMs === undefined) connection.abandon()
      else void this.#leave(connection)
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#connection = connection
    const failure = this.#outbox.detach(this.#subscriptions.ended(await connection.closed))
    this.#connection = undefined
    signal.removeEventListener('abort', stop)
    this.#connected = false
    this.#limits = protocolLimits
    return {
      servedMs: acceptedAtMs === undefined ? undefined : clock.monotonicMs() - acceptedAtMs,
      ...(failure === undefined ? {} : { failure }),
    }
  }

  /**
   * Subscribes, sends the retained messages, then `online`: who sees `online` finds the commands and the
   * state ready.
   */
  async #serve(connection: Connection, limits: BrokerLimits, signal: AbortSignal): Promise<void> {
    const { subscriptions, extraSubscriptions = [], availabilityTopic } = this.#options
    this.#connections++
    this.#limits = limits
    this.#outbox.attach({
      limits,
      publish: (message, done) => connection.publish(clamp(message, limits), done),
    })
    if (!(await this.#claimName(connection, signal))) return
    const wanted: readonly Subscription[] = [
      ...extraSubscriptions,
      ...subscriptions.map((topic) => ({ topic, retainHandling: 2 as const })),
    ]
    const denied = await this.#subscriptions.subscribe(connection, wanted)
    if (denied === undefined || connection.isClosed || signal.aborted) return
    this.#refusals.subscriptions(denied, wanted)
    this.#refusals.limits(limits)
    this.#outbox.sendRetained(() => {
      this.#outbox.sendFirst(availability(availabilityTopic, 'online'))
      this.#connected = true
      this.#lastError = undefined
      this.#log.info('Connected to the broker', {
        broker: this.#options.url.host,
        mqtt: this.#reconnect.version === 5 ? '5' : '3.1.1',
        topics: this.#picture.size,
      })
      this.#safely('onConnected', () => this.#options.onConnected?.())
    })
  }

  /** @returns false: the connection ends */
  async #claimName(connection: Connection, signal: AbortSignal): Promise<boolean> {
    const { claim, availabilityTopic } = this.#options
    // A claim that cannot be read cannot be checked: the agent keeps its name.
    if (claim === undefined || this.#claimsLost >= 2) return true
    await connection.subscribe(claim.topics.map(claimed))
    // The SUBACK comes after the messages stored on the topics above.
    await connection.subscribe([{ ...claimed(availabilityTopic), retainHandling: 2 }])
    // Some brokers close the connection instead of refusing a subscription.
    this.#claimsLost = connection.isClosed && !signal.aborted ? this.#claimsLost + 1 : 0
    if (connection.isClosed || signal.aborted) return false
    if (await claim.holds()) return true
    void connection.end()
    return false
  }

  async #leave(connection: Connection): Promise<void> {
    const { clock, availabilityTopic } = this.#options
    this.#leaving = true
    await inTime(clock, flushTimeoutMs, this.#outbox.idle())
    // A clean end makes the broker discard the last will, so the agent publishes `offline` itself.
    this.#outbox.sendFirst(availability(availabilityTopic, 'offline'))
    const said = await inTime(
      clock,
      offlineTimeoutMs,
      this.#outbox.idle().then(() => true),
    )
    if (said === true) await connection.end()
    // Without an acknowledgement, the last will publishes `offline`.
    else connection.abandon()
  }

  #refusedByBroker(topic: string, error: AppError): void {
    this.#refusals.message(topic, error)
    this.#safely('onRefused', () => this.#options.onRefused?.(topic, error))
  }

  /** MQTT.js calls listeners from its parser: an exception would end the process. */
  #safely(what: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#log.error('A listener of the broker failed', { what, ...errorFields(error) })
    }
  }

  /** Warns once per kind of problem, then logs at debug level: a broker can be away for days. */
  #report(error: AppError, waitMs: number): void {
    const level = this.#lastError?.message === error.message ? 'debug' : 'warn'
    this.#lastError = error
    this.#log[level]('No connection to the broker', { ...errorFields(error), retryInMs: waitMs })
    this.#safely('onDisconnected', () => this.#options.onDisconnected?.(error))
  }
}

/** Without Retain As Published, the retain flag marks stored messages only. */
function claimed(topic: string): Subscription {
  return { topic, retainHandling: 0, retainAsPublished: false }
}

function availability(topic: string, payload: 'online' | 'offline'): OutgoingMessage {
  return { topic, payload, qos: 1, retain: true }
}
