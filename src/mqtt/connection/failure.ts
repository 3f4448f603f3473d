import type { ErrorCode } from '../../lib/error-codes.ts'
import { AppError } from '../../lib/errors.ts'
import { isAboutDates, networkCode } from '../../lib/http/http.ts'
import type { DateJudge } from '../../lib/wall-clock.ts'
import { reasonText } from './reasons.ts'
import { earlyCloseHint, wrongPort } from './wrong-port.ts'

/** Why a connection to the broker ended. */
export interface ConnectionFailure {
  readonly error: AppError
  /** The broker said that it does not speak the MQTT version we tried. */
  readonly versionRefused?: true
  /** The broker closed the connection and gave no reason, which can mean several things: see Reconnect. */
  readonly withoutReason?: true
  /** The broker took the CONNECT and said nothing: see Reconnect. */
  readonly silent?: true
  /** What the broker wants the last will to do without (MQTT 5 section 3.2.2.3.4, 3.2.2.3.5). */
  readonly unsupported?: 'retain' | 'qos'
  /** This device took the broker's certificate for one that has run out, or is of the future. */
  readonly aboutDates?: true
}

export function failureWithoutReason(broker: string): ConnectionFailure {
  return {
    error: new AppError('net/failed', `${broker} closed the connection without a reason`),
    withoutReason: true,
  }
}

/** The broker closed the connection before it answered CONNECT: most often it expected something else on that port. */
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

/** Reasons of a DISCONNECT (section 3.14.2.1) that are more than a connection that ended. */
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
 * What a PUBACK or SUBACK of 128 and above stands for (sections 3.4.2.1 and 3.9.3).
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
 * What an error of MQTT.js, Node or OpenSSL stands for. Only its name is taken over: MQTT.js hangs packets on its
 * errors, and the CONNECT packet holds the password.
 *
 * @param judge tells a wrong clock from a certificate that has run out
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
  // MQTT.js names its own time-outs only in the message.
  if (message === 'connack timeout' || message === 'Keepalive timeout') {
    return { error: new AppError('net/timeout', `${broker} did not answer in time`) }
  }
  const words = typeof message === 'string' && message !== '' ? message.slice(0, 200) : 'failed'
  return { error: new AppError('net/failed', `${broker}: ${words}`) }
}

/** What Node says when the names differ: https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert */
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

/** TLS alerts by which a broker says that it wants to know who we are (RFC 8446 section 6.2), with what to do. */
function alertText(nodeCode: string): string {
  if (!certificateAlert.test(nodeCode)) return nodeCode
  return `it wants a client certificate that it trusts: see A2M_MQTT_CERT_FILE and A2M_MQTT_KEY_FILE (${nodeCode})`
}

function codeOf(nodeCode: string): ErrorCode {
  const known = networkCode(nodeCode)
  if (known !== 'net/failed') return known
  // TLS alerts: the broker did not like us, such as ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED.
  if (/^ERR_SSL_.*_ALERT_/.test(nodeCode)) return 'mqtt/refused'
  // OpenSSL's other names for a chain that cannot be used, and for files that hold no certificate or key.
  return /^(CERT_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_OSSL_)/.test(nodeCode)
    ? 'net/certificate'
    : 'net/failed'
}
