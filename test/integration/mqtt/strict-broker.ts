import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { generate, parser, type ISubscribePacket, type Packet } from 'mqtt-packet'

import { Inbox } from '../../support/inbox.ts'
import { within } from '../../support/eventually.ts'

export interface StrictBrokerOptions {
  /** Closes the connection over more filters in one SUBSCRIBE: with a DISCONNECT of this reason, or without a reason. */
  readonly mostFilters?: number
  readonly closesWith?: number
  /** Closes the connection over a SUBSCRIBE with this filter. */
  readonly hates?: string
  /** Code by filter, of those that are not granted. */
  readonly refuses?: Readonly<Record<string, number>>
  /** Code of the CONNACK. */
  readonly connack?: number
  /** Code of a DISCONNECT after the first SUBSCRIBE. */
  readonly disconnects?: number
  /** Code of every PUBACK. */
  readonly puback?: number
  /** Knows 3.1.1 only, and says so. */
  readonly refusesVersion5?: boolean
  /** Does not answer CONNECT packets of MQTT 5. */
  readonly ignoresVersion5?: boolean
}

/** A broker with rules that no mosquitto can be given. Made of the parser and generator of mqtt-packet. */
export interface StrictBroker extends AsyncDisposable {
  readonly url: URL
  /** Filters of each SUBSCRIBE packet. */
  readonly subscribes: Inbox<readonly string[]>
  /** Protocol levels of the CONNECT packets. */
  readonly connects: Inbox<number>
  /** Topics published, each once a time it comes. */
  readonly published: Inbox<string>
  /** Identifiers of the messages that were acknowledged. */
  readonly acknowledged: Inbox<number>
  /** Answers wait until `writing` has ended: a long packet is being written. */
  holdAnswers(writing: () => Promise<void>): Promise<void>
  /** The socket of the latest connection. */
  readonly socket: Socket | undefined
}

export async function startStrictBroker(options: StrictBrokerOptions = {}): Promise<StrictBroker> {
  const sockets = new Set<Socket>()
  const subscribes = new Inbox<readonly string[]>()
  const connects = new Inbox<number>()
  const published = new Inbox<string>()
  const acknowledged = new Inbox<number>()
  let latest: Socket | undefined
  let held: Buffer[] | undefined
  const server = createServer((socket) => {
    let level: 4 | 5 = 4
    latest = socket
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const input = parser()
    const say = (packet: unknown): void => {
      const bytes = generate(packet as Packet, { protocolVersion: level })
      if (held === undefined) socket.write(bytes)
      else held.push(bytes)
    }
    input.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect') {
        level = packet.protocolVersion === 5 ? 5 : 4
        connects.push(level)
        if (level === 5 && options.ignoresVersion5 === true) return
        const code = level === 5 && options.refusesVersion5 === true ? 132 : (options.connack ?? 0)
        say({ cmd: 'connack', reasonCode: code, returnCode: code, sessionPresent: false })
      } else if (packet.cmd === 'subscribe') {
        subscribe(packet)
      } else if (packet.cmd === 'publish') {
        published.push(packet.topic)
        if (packet.qos === 1) {
          say({ cmd: 'puback', messageId: packet.messageId, reasonCode: options.puback ?? 0 })
        }
      } else if (packet.cmd === 'puback') {
        acknowledged.push(packet.messageId ?? 0)
      } else if (packet.cmd === 'pingreq') {
        say({ cmd: 'pingresp' })
      }
    })
    const subscribe = ({ subscriptions, messageId }: ISubscribePacket): void => {
      const filters = subscriptions.map(({ topic }) => topic)
      subscribes.push(filters)
      const { mostFilters = Infinity, hates, refuses = {}, closesWith, disconnects } = options
      if (filters.length > mostFilters || (hates !== undefined && filters.includes(hates))) {
        if (closesWith !== undefined && level === 5) say({ cmd: 'disconnect', reasonCode: closesWith })
        socket.end()
        return
      }
      say({ cmd: 'suback', messageId, granted: filters.map((filter) => refuses[filter] ?? 1) })
      if (disconnects !== undefined) say({ cmd: 'disconnect', reasonCode: disconnects })
    }
    socket.on('data', (bytes) => input.parse(bytes))
  }).listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  return {
    url: new URL(`mqtt://localhost:${(server.address() as AddressInfo).port}`),
    subscribes,
    connects,
    published,
    acknowledged,
    async holdAnswers(writing) {
      held = []
      await writing()
      for (const bytes of held) latest?.write(bytes)
      held = undefined
    },
    get socket() {
      return latest
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await within('the server to close', once(server, 'close'))
    },
  }
}
