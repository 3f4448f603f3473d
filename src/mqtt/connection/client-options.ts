import type { ConnectionOptions, LastWill, ProtocolVersion } from '../types.ts'

/** Version and last will of one connection attempt. */
export interface Attempt {
  readonly version: ProtocolVersion
  readonly will: LastWill
}

/** MQTT.js applies it to TCP, TLS and CONNACK together. */
export const connectTimeoutMs = 15_000
const keepAliveSeconds = 30

/** Maximum Packet Size on MQTT 5 (a broker drops larger packets): limits memory. */
const maxIncomingBytes = 2 * 1024 * 1024

/** A WebSocket message arrives whole and cannot be cut: a longer one ends the connection. */
const maxWebSocketBytes = 16 * 1024 * 1024

/** Options for `connect` of MQTT.js. */
export function clientOptions(options: ConnectionOptions, { version, will }: Attempt): object {
  const { url, username, password, serverName, insecureTls = false } = options
  const protocol = url.protocol.slice(0, -1) as 'mqtt' | 'mqtts' | 'ws' | 'wss'
  const named = serverName === undefined ? {} : { servername: serverName }
  const webSocket = protocol === 'ws' || protocol === 'wss'
  // The socket takes a bare IPv6 address; the URL that MQTT.js builds for a WebSocket needs brackets.
  const hostname = webSocket ? url.hostname : url.hostname.replace(/^\[|\]$/g, '')
  return {
    protocol,
    hostname,
    host: hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(webSocket
      ? { path: url.pathname + url.search, wsOptions: { maxPayload: maxWebSocketBytes, ...named } }
      : {}),
    protocolVersion: version,
    clientId: options.clientId,
    clean: true,
    keepalive: keepAliveSeconds,
    connectTimeout: options.connectTimeoutMs ?? connectTimeoutMs,
    // The delay of MQTT.js is constant; broker.ts has the back-off.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // The debug log of MQTT.js prints the password of the CONNECT packet with DEBUG=* in the environment.
    log: () => undefined,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    will: { topic: options.availabilityTopic, payload: Buffer.from('offline'), ...will },
    ...(version === 5 ? { properties: { maximumPacketSize: maxIncomingBytes } } : {}),
    // Given a client certificate, MQTT.js silently turns mqtt into mqtts.
    ...(protocol === 'mqtts' || protocol === 'wss'
      ? { ...tlsOptions(options), rejectUnauthorized: !insecureTls }
      : {}),
  }
}

function tlsOptions({ tls, serverName }: ConnectionOptions) {
  const { passphrase, ...files } = tls ?? {}
  return {
    ...files,
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
