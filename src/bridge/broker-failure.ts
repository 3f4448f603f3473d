import type { ErrorCode } from '../base/error-codes.ts'
import { AppError } from '../base/errors.ts'
import { isAboutDates, networkCode } from '../base/http.ts'
import type { DateJudge } from '../base/wall-clock.ts'

/** Why a connection to the broker ended. */
export interface ConnectionFailure {
  readonly error: AppError
  /** The broker said that it does not speak the MQTT version we tried. */
  readonly versionRefused?: true
  /** The broker closed the connection and gave no reason, which can mean several things: see Reconnect. */
  readonly wordless?: true
  /** This device took the broker's certificate for one that has run out, or is of the future. */
  readonly aboutDates?: true
}

export function wordlessFailure(broker: string): ConnectionFailure {
  return {
    error: new AppError('net/failed', `${broker} closed the connection without a reason`),
    wordless: true,
  }
}

/** CONNACK codes of 3.1.1 (section 3.2.2.3) and 5 (section 3.2.2.2) in words that help. */
const refusals: Readonly<Record<number, string>> = {
  2: 'client id rejected',
  3: 'it is not available',
  4: 'wrong user name or password',
  5: 'not authorized: user name, password or rights',
  133: 'client id rejected',
  134: 'wrong user name or password',
  135: 'not authorized: user name, password or rights',
  136: 'it is not available',
  137: 'it is busy',
  138: 'this client is banned',
  144: 'the topic of the last will is not allowed',
  149: 'packet too large',
  151: 'quota exceeded',
  154: 'it does not retain messages',
  155: 'it does not accept QoS 1',
  156: 'use another broker',
  157: 'it has moved',
  159: 'too many connections in a short time',
}

export function connackFailure(code: number, broker: string): ConnectionFailure {
  const facts = { reasonCode: code }
  if (code === 1 || code === 132) {
    const message = `${broker} does not speak this version of MQTT (code ${code})`
    return { error: new AppError('mqtt/refused', message, { facts }), versionRefused: true }
  }
  const words = refusals[code] ?? 'for a reason we have no words for'
  const message = `${broker} refused the connection: ${words} (code ${code})`
  return { error: new AppError('mqtt/refused', message, { facts }) }
}

/** DISCONNECT reasons of MQTT 5 (section 3.14.2.1) that a person can do something about. */
const disconnects: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  135: ['mqtt/refused', 'not authorized'],
  137: ['net/failed', 'it is busy'],
  139: ['net/failed', 'it is shutting down'],
  141: ['net/timeout', 'it heard nothing from us in time'],
  142: ['mqtt/taken-over', 'another client connected with the same client id'],
  147: ['net/failed', 'too many unacknowledged messages'],
  149: ['mqtt/too-large', 'a message was larger than it accepts'],
  150: ['net/failed', 'too many messages in a short time'],
  152: ['net/failed', 'an administrator ended it'],
}

export function disconnectFailure(code: number, broker: string): ConnectionFailure {
  const [errorCode, words] = disconnects[code] ?? ['net/failed', 'for a reason we have no words for']
  const message = `${broker} ended the connection: ${words} (reason ${code})`
  return { error: new AppError(errorCode, message, { facts: { reasonCode: code } }) }
}

/** PUBACK and SUBACK reasons of 128 and above (sections 3.4.2.1 and 3.9.3). */
export function denial(what: string, code: unknown): AppError {
  const reason = typeof code === 'number' ? ` (reason ${code})` : ''
  return new AppError('mqtt/not-authorized', `The broker refused ${what}${reason}`)
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
  if (code === 'ECONNRESET' || code === 'EPIPE') return wordlessFailure(broker)
  if (typeof code === 'string' && judge !== undefined && isAboutDates(code)) {
    const verdict = judge.judge(code)
    return { error: new AppError(verdict.code, `${broker}: ${code}: ${verdict.words}`), aboutDates: true }
  }
  if (typeof code === 'string') return { error: new AppError(codeOf(code), `${broker}: ${code}`) }
  // MQTT.js names its own time-outs only in the message.
  if (message === 'connack timeout' || message === 'Keepalive timeout') {
    return { error: new AppError('net/timeout', `${broker} did not answer in time`) }
  }
  const words = typeof message === 'string' && message !== '' ? message.slice(0, 200) : 'failed'
  return { error: new AppError('net/failed', `${broker}: ${words}`) }
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
