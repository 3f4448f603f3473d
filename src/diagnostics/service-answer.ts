import type { HttpResponse } from '../lib/http/http.ts'
import { failure, type Say } from './finding.ts'
import type { Resolved } from './probes/names.ts'

/** The response of an internet service to a request without a token, or the error. */
export interface Reached {
  readonly response: HttpResponse | undefined
  readonly error: unknown
  readonly tookMs: number
  /**
   * How far this machine's clock is ahead of the server's, in milliseconds. Known after some failures too.
   */
  readonly clockErrorMs: number | undefined
}

export interface ReachPlace {
  readonly epochMs: () => number
  readonly monotonicMs: () => number
  /** The same, measured against a server whose certificate was refused because of its dates. */
  readonly heardErrorMs: () => number | undefined
  /** Requests `url` without a token. */
  readonly get: (url: URL, signal: AbortSignal) => Promise<HttpResponse>
}

/**
 * Sends the request after the name is resolved, because Node.js cannot cancel its own look-up. Never throws.
 */
export async function reach(
  place: ReachPlace,
  url: URL,
  resolved: Promise<Resolved>,
  signal: AbortSignal,
): Promise<Reached> {
  const nothing = { response: undefined, tookMs: 0, clockErrorMs: undefined }
  let beganMs = 0
  try {
    const found = await resolved
    if (!found.ok) return { ...nothing, error: found.error }
    beganMs = place.monotonicMs()
    const response = await place.get(url, signal)
    const tookMs = Math.round(place.monotonicMs() - beganMs)
    return { response, error: undefined, tookMs, clockErrorMs: clockErrorMs(response, place.epochMs()) }
  } catch (error) {
    return { ...nothing, error, clockErrorMs: place.heardErrorMs() }
  }
}

/** How far the clock is ahead of the server that has just answered; undefined without a `Date` header. */
export function clockErrorMs(response: HttpResponse, nowEpochMs: number): number | undefined {
  const date = Date.parse(response.header('date') ?? '')
  return Number.isNaN(date) ? undefined : nowEpochMs - date
}

/** @returns whether it answered */
export function sayReached(name: string, url: URL, reached: Reached, say: Say): boolean {
  const { response, error, tookMs } = reached
  if (response === undefined) {
    say(failure(name, error))
    return false
  }
  const how = url.protocol === 'https:' ? 'over TLS' : 'without TLS'
  say({ mark: 'ok', name, words: `${url.host} answers ${how} (${response.status}) in ${tookMs} ms` })
  return true
}
