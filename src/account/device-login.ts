import type { Clock } from '../lib/clock.ts'
import type { AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import type { Heartbeat } from '../lib/liveness.ts'
import type { FirstGrant, Lwa } from './lwa.ts'
import { longestExchangeMs, type CodePair } from './lwa-wire.ts'

/** How one code pair ended. */
export type DeviceLoginOutcome =
  | { readonly kind: 'granted'; readonly grant: FirstGrant }
  | { readonly kind: 'denied'; readonly error: AppError }
  /**
   * Nobody used the code in time. With `error` when Amazon reported the expiry before the agent's own clock
   * did.
   */
  | { readonly kind: 'expired'; readonly error?: AppError }
  | { readonly kind: 'configuration'; readonly error: AppError }

export interface DeviceLoginOptions {
  readonly lwa: Pick<Lwa, 'pollToken'>
  readonly heartbeat: Heartbeat
  readonly clock: Clock
  readonly log: Log
  /** Monotonic time from which the lifetime of the code pair counts: before its request was sent. */
  readonly askedAtMs: number
  /** How long that request took, in milliseconds: the first estimate of how long a poll takes. */
  readonly travelMs: number
  /**
   * Called once when {@link nextAheadMs} or less remain and nobody has used the code: time to show the next
   * one.
   */
  readonly onNearEnd: () => void
}

/** How long before a code expires the next one is requested. Polling of the old code continues. */
const nextAheadMs = 5_000
/** At most this share of a short lifetime. */
const nextAheadShare = 0.25

/**
 * The least interval. The LWA code pair page says to wait `interval`, the LWA token page does not
 * (docs/sources.md); RFC 8628 makes it a minimum.
 */
const leastIntervalMs = 5_000
/**
 * Clocks drift apart (cli/oauth#108: 10 % in virtual machines), and a poll that comes early slows down all
 * later ones.
 */
const margin = 1.2
/** RFC 8628 section 3.5: "the interval MUST be increased by 5 seconds for this and all subsequent requests". */
const slowDownMs = 5_000
/**
 * Time reserved for the last poll before the code expires: as long as the slowest answer took, within these
 * bounds.
 */
const leastRoomMs = 500
const mostRoomMs = 5_000

/**
 * Polls until the code pair is used, refused or expired. Waits first, since nobody can have used the code
 * yet. The polls are spread so that the last one falls just before the code expires, or exactly at its end
 * when the code lives no longer than the interval. A network failure keeps the code. Only time-outs slow the
 * polling down (RFC 8628 section 3.5: "on encountering a connection timeout, clients MUST unilaterally reduce
 * their polling frequency before retrying").
 *
 * @throws signal.reason
 */
export async function pollForTokens(
  pair: CodePair,
  options: DeviceLoginOptions,
  signal: AbortSignal,
): Promise<DeviceLoginOutcome> {
  const { lwa, heartbeat, clock, log } = options
  const endsAtMs = options.askedAtMs + pair.lifetimeMs
  const nearEndAtMs = endsAtMs - Math.min(nextAheadMs, pair.lifetimeMs * nextAheadShare)
  let isNearEnd = false
  const sleep = (ms: number): Promise<void> => heartbeat.during(ms, clock.sleep(ms, signal))
  const wait = async (ms: number): Promise<void> => {
    const nearEndInMs = nearEndAtMs - clock.monotonicMs()
    if (isNearEnd || nearEndInMs > ms) return sleep(ms)
    const beforeMs = Math.max(nearEndInMs, 0)
    await sleep(beforeMs)
    isNearEnd = true
    options.onNearEnd()
    await sleep(ms - beforeMs)
  }
  let roomMs = Math.min(Math.max(options.travelMs, leastRoomMs), mostRoomMs)
  let intervalMs = Math.max(pair.intervalMs, leastIntervalMs)
  let timeOuts = 0
  let retryAfterMs = 0
  let hasPolled = false

  for (;;) {
    const leftMs = endsAtMs - roomMs - clock.monotonicMs()
    const leastMs = Math.max(intervalMs, retryAfterMs)
    if (hasPolled && leftMs < leastMs) {
      await wait(Math.max(endsAtMs - clock.monotonicMs(), 0))
      return { kind: 'expired' }
    }
    const wantedMs = Math.max(intervalMs * margin * 2 ** timeOuts, retryAfterMs)
    const polls = Math.max(1, Math.floor(leftMs / wantedMs))
    await wait(Math.max(Math.floor(leftMs / polls), 0))

    const polledAtMs = clock.monotonicMs()
    const outcome = await heartbeat.during(longestExchangeMs, lwa.pollToken(pair, signal))
    roomMs = Math.min(Math.max(clock.monotonicMs() - polledAtMs, roomMs), mostRoomMs)
    hasPolled = true
    retryAfterMs = 0
    if (outcome.kind === 'ok') return { kind: 'granted', grant: outcome.value }
    const { kind, error } = outcome
    switch (kind) {
      case 'pending':
        // The usual answer, although it is an HTTP 400: users mistook its log lines for a failure
        // (avs-device-sdk#883).
        log.trace('The code has not been used yet')
        timeOuts = 0
        break
      case 'slow_down':
        intervalMs += slowDownMs
        timeOuts = 0
        retryAfterMs = error.retryAfterMs ?? 0
        log.warn('Login with Amazon asked for slower polling', { intervalMs })
        break
      case 'transient':
        timeOuts = error.code === 'net/timeout' ? timeOuts + 1 : 0
        retryAfterMs = error.retryAfterMs ?? 0
        log.warn('Could not ask whether the code was used; the code stays', errorFields(error))
        break
      case 'denied':
      case 'expired':
      case 'configuration':
        return { kind, error }
    }
  }
}
