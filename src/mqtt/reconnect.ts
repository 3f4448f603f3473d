import { AppError } from '../lib/errors.ts'
import { backOffMs } from '../lib/retry.ts'
import type { ConnectionFailure } from './connection/failure.ts'
import type { LastWill, ProtocolVersion } from './types.ts'

/** How a connection, or the attempt to open one, ended. */
export interface ConnectionEnd {
  /** How long it lasted after the broker accepted it; undefined: never accepted. */
  readonly servedMs: number | undefined
  readonly failure: ConnectionFailure
}

export interface NextTry {
  readonly waitMs: number
  /** What to report, if anything: the failure, or the cause of several in a row. */
  readonly error: AppError | undefined
}

/** A connection that lasted this long resets the back-off and the count of short connections. */
const steadyMs = 30_000

/** Each silence costs the whole connect time-out. */
const silencesNeeded = 2

/** Consecutive short connections, each closed without a reason, that count as a take-over. */
const takeOverFlaps = 3

/**
 * Decides when to try again, and with which MQTT version: 5, or 3.1.1 (protocol level 4) for a broker without
 * MQTT 5.
 *
 * If the broker refuses version 5 (return code 1, reason 132), 3.1.1 is used from then on. If it closes a
 * version 5 connection without a reason before the CONNACK, or never answers, it may be old or still
 * starting: the next attempt uses 3.1.1, at once, and the one after it 5 again. If it was silent twice and
 * then served 3.1.1, 3.1.1 stays as well.
 *
 * What a broker refuses in the last will (reasons 154 and 155) is left out from then on.
 *
 * Two clients with the same client id disconnect each other for ever (section 3.1.4). MQTT 5 has a reason for
 * that (142); 3.1.1, and mosquitto 2.0.11 with either version, just close the connection, which never lasts
 * long then.
 */
export class Reconnect {
  readonly #random: () => number
  readonly #only: ProtocolVersion | undefined
  #version: ProtocolVersion
  #versionKnown: boolean
  #silences = 0
  #will: LastWill = { qos: 1, retain: true }
  #attempt = 0
  #flaps = 0

  /**
   * @param random returns [0, 1)
   * @param only the one version to use
   */
  constructor(random: () => number, only?: ProtocolVersion) {
    this.#random = random
    this.#only = only
    this.#version = only ?? 5
    this.#versionKnown = only !== undefined
  }

  /** The MQTT version to try now. */
  get version(): ProtocolVersion {
    return this.#version
  }

  /** The last will the broker accepts. */
  get will(): LastWill {
    return this.#will
  }

  after({ servedMs, failure }: ConnectionEnd): NextTry {
    const triedVersion = this.#version
    const triedWill = this.#will
    if (servedMs === undefined) this.#neverServed(failure)
    else this.#served(servedMs, failure)

    if (triedVersion === 5 && this.#version === 4) return { waitMs: 0, error: undefined }
    if (triedWill !== this.#will) return { waitMs: 0, error: undefined }
    return { waitMs: backOffMs(this.#attempt++, this.#random), error: this.#inWords(failure) }
  }

  #neverServed(failure: ConnectionFailure): void {
    this.#flaps = 0
    this.#will = without(this.#will, failure)
    if (this.#only !== undefined) return
    if (failure.silent === true && this.#version === 5) this.#silences++
    if (failure.versionRefused === true) {
      this.#version = this.#version === 5 ? 4 : 5
      this.#versionKnown = this.#version === 4
    } else if (this.#version === 4 && !this.#versionKnown) {
      this.#version = 5
    } else if (failure.withoutReason === true || failure.silent === true) {
      this.#version = 4
    }
  }

  #served(servedMs: number, failure: ConnectionFailure): void {
    const steady = servedMs >= steadyMs
    if (steady) this.#attempt = 0
    this.#flaps = !steady && failure.withoutReason === true ? this.#flaps + 1 : 0
    if (this.#version === 5) this.#silences = 0
    if (this.#silences >= silencesNeeded) this.#versionKnown = true
    if (!this.#versionKnown) this.#version = 5
  }

  #inWords(failure: ConnectionFailure): AppError {
    if (this.#flaps < takeOverFlaps) return failure.error
    return new AppError(
      'mqtt/taken-over',
      `The broker accepted and closed ${this.#flaps} connections in a row without a reason: most likely another client uses the same client id`,
    )
  }
}

/** `will` without what the broker does not support; the same object when nothing is to be removed. */
export function without(will: LastWill, { unsupported }: ConnectionFailure): LastWill {
  if (unsupported === 'retain' && will.retain) return { ...will, retain: false }
  if (unsupported === 'qos' && will.qos > 0) return { ...will, qos: 0 }
  return will
}
