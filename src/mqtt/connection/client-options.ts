import type { ConnectionOptions, LastWill, ProtocolVersion } from '../types.ts'

/** How to connect this time. */
export interface Attempt {
  readonly version: ProtocolVersion
  readonly will: LastWill
}

/** MQTT.js counts TCP, TLS and CONNACK together. */
export const connectTimeoutMs = 15_000
const keepAliveSeconds = 30

/** The largest packet we want to be sent on MQTT 5 (a broker drops larger ones): a bound on memory. */
const maxIncomingBytes = 2 * 1024 * 1024

/** A message of a WebSocket comes whole or not at all, so it cannot be cut: the connection ends over a longer one. */
const maxWebSocketBytes = 16 * 1024 * 1024

/** For `connect` of MQTT.js. */
export function clientOptions(options: ConnectionOptions, { version, will }: Attempt): object {
  const { url, username, password, serverName, insecureTls = false } = options
  const protocol = url.protocol.slice(0, -1) as 'mqtt' | 'mqtts' | 'ws' | 'wss'
  const named = serverName === undefined ? {} : { servername: serverName }
  const webSocket = protocol === 'ws' || protocol === 'wss'
  // A bare IPv6 address for the socket, a bracketed one in the URL that MQTT.js makes for a WebSocket.
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
    // The back-off of MQTT.js is a constant; ours is in broker.ts.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // Its debug log prints the password of the CONNECT packet when the environment says DEBUG=*.
    log: () => undefined,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    will: { topic: options.availabilityTopic, payload: Buffer.from('offline'), ...will },
    ...(version === 5 ? { properties: { maximumPacketSize: maxIncomingBytes } } : {}),
    // MQTT.js turns mqtt into mqtts without a word when it sees a client certificate.
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
