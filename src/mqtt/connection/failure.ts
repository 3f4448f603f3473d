import type { ErrorCode } from '../../lib/error-codes.ts'
import { AppError } from '../../lib/errors.ts'
import { isAboutDates, networkCode } from '../../lib/http/http.ts'
import type { DateJudge } from '../../lib/wall-clock.ts'
import { reasonText } from './reasons.ts'
import { earlyCloseHint, wrongPort } from './wrong-port.ts'

/** Why a connection to the broker ended. */
export interface ConnectionFailure {
  readonly error: AppError
  /** The broker does not support the MQTT version of this attempt. */
  readonly versionRefused?: true
  /** The broker closed the connection without a reason. For the possible causes see {@link Reconnect}. */
  readonly withoutReason?: true
  /** The broker received the CONNECT and sent nothing: see {@link Reconnect}. */
  readonly silent?: true
  /** What the broker does not support in the last will (MQTT 5 section 3.2.2.3.4, 3.2.2.3.5). */
  readonly unsupported?: 'retain' | 'qos'
  /** By the clock of this device, the broker's certificate has expired or is not valid yet. */
  readonly aboutDates?: true
}

export function failureWithoutReason(broker: string): ConnectionFailure {
  return {
    error: new AppError('net/failed', `${broker} closed the connection without a reason`),
    withoutReason: true,
  }
}

/** The broker closed before it answered CONNECT: most often the port is for another protocol. */
export function closedEarly(broker: string): ConnectionFailure {
  const words = `${broker} closed the connection without a reason${earlyCloseHint(broker)}`
  const remedy =
    "Check scheme and port of A2M_MQTT_URL, and the broker's log: a broker that has just started closes connections too. The agent keeps trying."
  return { error: new AppError('net/failed', words, { remedy }), withoutReason: true }
}

export function silentFailure(broker: string): ConnectionFailure {
  return {
    error: new AppError('net/timeout', `${broker} accepts the connection and does not answer MQTT`),
    silent: true,
  }
}

export function connackFailure(code: number, broker: string): ConnectionFailure {
  const facts = { reasonCode: code }
  const error = new AppError(
    code === 154 || code === 155 ? 'mqtt/unsupported' : 'mqtt/refused',
    `${broker} refused the connection: ${reasonText(code)}`,
    { facts },
  )
  if (code === 1 || code === 132) return { error, versionRefused: true }
  if (code === 154) return { error, unsupported: 'retain' }
  if (code === 155) return { error, unsupported: 'qos' }
  return { error }
}

/** Reasons of a DISCONNECT (section 3.14.2.1) that have an error code of their own. */
const disconnects: Readonly<Record<number, ErrorCode>> = {
  135: 'mqtt/refused',
  138: 'mqtt/refused',
  141: 'net/timeout',
  142: 'mqtt/taken-over',
  149: 'mqtt/too-large',
  154: 'mqtt/unsupported',
  155: 'mqtt/unsupported',
}

export function disconnectFailure(code: number, broker: string): ConnectionFailure {
  const message = `${broker} ended the connection: ${reasonText(code)}`
  return { error: new AppError(disconnects[code] ?? 'net/failed', message, { facts: { reasonCode: code } }) }
}

/**
 * The error for a PUBACK or SUBACK of 128 and above (sections 3.4.2.1 and 3.9.3).
 *
 * @param what such as `a message to x/y`
 */
export function denial(what: string, code: number): AppError {
  const errorCode =
    code === 149
      ? 'mqtt/too-large'
      : code === 154 || code === 155
        ? 'mqtt/unsupported'
        : 'mqtt/not-authorized'
  return new AppError(errorCode, `The broker refused ${what}: ${reasonText(code)}`, {
    facts: { reasonCode: code },
  })
}

/**
 * Maps an error of MQTT.js, Node or OpenSSL. Only its code and message are used: MQTT.js attaches packets to
 * its errors, and the CONNECT packet holds the password.
 *
 * @param judge tells a wrong clock from an expired certificate
 */
export function errorFailure(
  error: unknown,
  broker: string,
  judge?: Pick<DateJudge, 'judge'>,
): ConnectionFailure {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const strange = wrongPort(code, message, broker)
  if (strange !== undefined) return { error: strange }
  if (code === 'ECONNRESET' || code === 'EPIPE') return failureWithoutReason(broker)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { error: otherName(error as OtherName, broker) }
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return {
      error: new AppError('net/too-large', `${broker}: a message came that is too large for a WebSocket`),
    }
  }
  if (typeof code === 'string' && judge !== undefined && isAboutDates(code)) {
    const verdict = judge.judge(code)
    return { error: new AppError(verdict.code, `${broker}: ${code}: ${verdict.words}`), aboutDates: true }
  }
  if (typeof code === 'string') {
    return { error: new AppError(codeOf(code), `${broker}: ${alertText(code)}`) }
  }
  // MQTT.js identifies its own time-outs only by the message.
  if (message === 'connack timeout' || message === 'Keepalive timeout') {
    return { error: new AppError('net/timeout', `${broker} did not answer in time`) }
  }
  const words = typeof message === 'string' && message !== '' ? message.slice(0, 200) : 'failed'
  return { error: new AppError('net/failed', `${broker}: ${words}`) }
}

/** Node's error for a name mismatch: https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert */
interface OtherName {
  readonly host?: string
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } }
}

function otherName({ host, cert }: OtherName, broker: string): AppError {
  const names = [cert?.subjectaltname, cert?.subject?.CN].find((name) => typeof name === 'string') ?? 'nobody'
  const words = `the certificate is made out to ${names.slice(0, 200)}, not to ${host ?? ''}`
  return new AppError('net/certificate', `${broker}: ${words}`)
}

const certificateAlert =
  /_ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)/

/** TLS alerts by which a broker asks for a client certificate (RFC 8446 section 6.2), with the remedy. */
function alertText(nodeCode: string): string {
  if (!certificateAlert.test(nodeCode)) return nodeCode
  return `it wants a client certificate that it trusts: see A2M_MQTT_CERT_FILE and A2M_MQTT_KEY_FILE (${nodeCode})`
}

function codeOf(nodeCode: string): ErrorCode {
  const known = networkCode(nodeCode)
  if (known !== 'net/failed') return known
  // TLS alerts: the broker refused the handshake, such as ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED.
  if (/^ERR_SSL_.*_ALERT_/.test(nodeCode)) return 'mqtt/refused'
  // OpenSSL's other names for an unusable chain, and for files without a certificate or key.
  return /^(CERT_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_OSSL_)/.test(nodeCode)
    ? 'net/certificate'
    : 'net/failed'
}
