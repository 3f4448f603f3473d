import { AppError } from '../../lib/errors.ts'

/**
 * Recognizes another protocol by the first bytes that arrive where MQTT is expected; undefined when they may
 * be MQTT.
 *
 * @param broker the address, such as `mqtt://host:8883`
 */
export function strangeAnswer(first: Buffer, broker: string): AppError | undefined {
  // A TLS alert record (RFC 8446 section 5.1): the server read the CONNECT as a broken ClientHello.
  if (first[0] === 0x15 && first[1] === 0x03)
    return wrong(broker, 'expects TLS there', 'mqtts:// (or wss://)')
  if (first.subarray(0, 5).toString('latin1') === 'HTTP/') {
    return wrong(broker, 'is a WebSocket or web port', 'ws:// (or wss://)')
  }
  return undefined
}

/** Recognizes a wrong port by the error of a TLS or WebSocket handshake; otherwise undefined. */
export function wrongPort(code: unknown, message: unknown, broker: string): AppError | undefined {
  const isWebSocket = /^wss?:/.test(broker)
  // OpenSSL read bytes that are not a TLS record.
  if (
    code === 'EPROTO' ||
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG'
  ) {
    return wrong(
      broker,
      'does not speak TLS there',
      isWebSocket ? 'ws://, or the port for TLS' : 'mqtt://, or the port for TLS',
    )
  }
  if (isWebSocket && /^HPE_/.test(String(code))) {
    return wrong(broker, 'is no WebSocket port', 'mqtt:// (or mqtts://), or the port for WebSockets')
  }
  const [, status] = /^Unexpected server response: (\d+)/.exec(String(message)) ?? []
  if (isWebSocket && status !== undefined) {
    return wrong(broker, `answers the WebSocket with HTTP ${status}`, 'its path for MQTT, such as /mqtt')
  }
  return undefined
}

/** Why a broker may close before it answers CONNECT: mosquitto does on a port for another protocol. */
export function earlyCloseHint(broker: string): string {
  if (/^wss?:/.test(broker)) return ': it may be no port for WebSockets'
  return broker.startsWith('mqtts:') ? ': it may not speak TLS there' : ': it may expect TLS there (mqtts://)'
}

function wrong(broker: string, what: string, use: string): AppError {
  return new AppError('mqtt/wrong-port', `${broker} ${what}: use ${use}`)
}
