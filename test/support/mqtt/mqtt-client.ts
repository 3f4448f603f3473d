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

/** Another client at the broker, which receives every message and can publish. */
export interface TestClient extends AsyncDisposable {
  readonly inbox: Inbox<Received>
  /** The first message not yet taken to `topic` (exact, or a prefix followed by `#`). */
  next(topic: string, matches?: (message: Received) => boolean): Promise<Received>
  /** Resolves when the broker has the message. */
  publish(topic: string, payload: string | Buffer, options?: IClientPublishOptions): Promise<void>
  close(): Promise<void>
}

/** An MQTT.js client subscribed to `#`. Retained messages arrive first, with their retain flag. */
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
  // Otherwise the second of two small packets waits 40 ms for the ACK of the first.
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
    // endAsync may never resolve if the connection has just closed.
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
