import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { connect, type IClientOptions, type IClientPublishOptions, type IPublishPacket } from 'mqtt'

import { within } from '../eventually.ts'
import { Inbox } from '../inbox.ts'

export interface Received {
  readonly topic: string
  readonly text: string
  readonly payload: Buffer
  readonly retain: boolean
  readonly qos: number
  readonly properties: NonNullable<IPublishPacket['properties']>
}

/** Somebody else at the broker: sees every message, and sends. */
export interface TestClient extends AsyncDisposable {
  readonly inbox: Inbox<Received>
  /** The first message to `topic` (exact, or the start of it before a `#`) that was not taken yet. */
  next(topic: string, matches?: (message: Received) => boolean): Promise<Received>
  /** Resolves when the broker has it. */
  publish(topic: string, payload: string | Buffer, options?: IClientPublishOptions): Promise<void>
  close(): Promise<void>
}

/** A plain MQTT.js client that is subscribed to `#`. Stored messages come first, flagged as retained. */
export async function connectTestClient(
  url: URL,
  options: IClientOptions & { readonly protocolVersion?: 4 | 5 } = {},
): Promise<TestClient> {
  const client = connect(url.href, {
    protocolVersion: 5,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...options,
  })
  // Two small packets in a row would otherwise wait 40 ms for the acknowledgement of the first.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true)
  const inbox = new Inbox<Received>()
  client.on('message', (topic, payload, { retain, qos, properties = {} }) => {
    inbox.push({ topic, text: payload.toString(), payload, retain, qos, properties })
  })
  await within(
    `a connection to ${url.href}`,
    new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', reject)
    }),
  )
  client.on('error', () => undefined)
  await client.subscribeAsync('#', { qos: 1 })

  const close = async (): Promise<void> => {
    const ended = new AbortController()
    // Of a connection that has just gone nothing may come that says so.
    const patience = sleep(1_000, undefined, { signal: ended.signal }).catch(() => undefined)
    await Promise.race([client.endAsync(true), patience])
    ended.abort()
  }
  return {
    inbox,
    next(topic, matches = () => true) {
      const fits = topic.endsWith('#')
        ? (message: Received) => message.topic.startsWith(topic.slice(0, -1))
        : (message: Received) => message.topic === topic
      return inbox.next(`a message to ${topic}`, (message) => fits(message) && matches(message))
    },
    async publish(topic, payload, publishOptions = {}) {
      await client.publishAsync(topic, payload, { qos: 1, ...publishOptions })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
