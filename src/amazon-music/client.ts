import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { Http } from '../lib/http/http.ts'
import type { Log } from '../lib/log.ts'
import type { AccessTokens } from './access-tokens.ts'
import { CallLog, type ApiCounts, type ServiceCondition } from './call-log.ts'
import { checkArguments } from './routes/arguments.ts'
import { createCaller, longestWaitMs } from './caller.ts'
import { createSearch } from './catalog-search.ts'
import { compileRoutes, type Correspondents } from './routes/compiled-route.ts'
import { createLimiter } from './limiter.ts'
import { playbackOperations, type MusicApi, type QueueRead } from './api.ts'
import { redact } from './redact.ts'
import type { Routes } from './routes/routes.ts'
import { ignoreAnswer, type Send } from './send.ts'
import { encodeOptions, encodeTakeOver, wordFor } from './encode/options.ts'
import { encodeReport } from './encode/report.ts'
import {
  decodeActiveSessions,
  decodeQueue,
  decodeQueueRead,
  decodeSessionWindow,
  nothingRead,
} from './decode/session.ts'

export interface MusicClientParts extends Correspondents {
  readonly http: Http
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly routes: Routes
  readonly tokens: AccessTokens
  /** Called after each call that was not cancelled. */
  readonly onCall?: (failure: AppError | undefined) => void
}

export interface MusicClient extends MusicApi {
  /** Updated with each call. */
  readonly counts: ApiCounts
  /** How the last call ended. */
  readonly condition: ServiceCondition
  /**
   * Why a call would have to wait now: `music/throttled` or `music/unavailable`; undefined when it would not.
   */
  readonly notNow: AppError | undefined
}

/**
 * The Amazon Music Web API V1.
 *
 * @see docs/sources.md, API playback, API search, API headers
 */
export function createMusicClient(parts: MusicClientParts): MusicClient {
  const { routes, clock } = parts
  const { words, limits } = routes
  const calls = new CallLog(parts.onCall)
  const limiter = createLimiter(clock, parts.random, longestWaitMs)
  const caller = createCaller({
    http: parts.http,
    clock,
    log: parts.log,
    tokens: parts.tokens,
    limiter,
    calls,
  })
  const compiled = compileRoutes(routes, parts)
  const send: Send = (operation, args, signal, decode) => caller(compiled[operation], args, signal, decode)
  const window = (limit: number): number => Math.min(limits.window, Math.max(1, Math.round(limit)))

  /** The entries before or after the current one; none at the end of the queue. */
  async function neighbours(
    operation: 'getNextTracks' | 'getPreviousTracks',
    sessionId: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<QueueRead> {
    try {
      return await send(operation, { sessionId, limit: window(limit) }, signal, (body, status) =>
        decodeQueueRead(body, status, operation, sessionId),
      )
    } catch (error) {
      if (error instanceof AppError && error.code === 'playback/end-of-queue') return nothingRead
      throw error
    }
  }

  return {
    counts: calls,
    get condition() {
      return calls.condition
    },
    get notNow() {
      return limiter.notNow()
    },

    createSession: (play, options, limit, signal) =>
      send(
        'createSession',
        {
          ...play,
          ...encodeOptions(options, words),
          ...encodeTakeOver(options.takeOver, words),
          limit: window(limit),
        },
        signal,
        (body) => decodeSessionWindow(body, 'createSession'),
      ),

    getCurrentTrack: (sessionId, signal) =>
      send('getCurrentTrack', { sessionId }, signal, (body, status) =>
        decodeQueueRead(body, status, 'getCurrentTrack', sessionId),
      ),
    getNextTracks: (sessionId, limit, signal) => neighbours('getNextTracks', sessionId, limit, signal),
    getPreviousTracks: (sessionId, limit, signal) =>
      neighbours('getPreviousTracks', sessionId, limit, signal),

    getPlaybackQueue: (sessionId, signal) =>
      send('getPlaybackQueue', { sessionId }, signal, (body) => decodeQueue(body, 'getPlaybackQueue')),
    getActiveSessions: (signal) =>
      send('getActiveSessions', {}, signal, (body) => decodeActiveSessions(body, 'getActiveSessions')),
    restoreSession: (sessionId, takeOver, signal) =>
      send('restoreSession', { sessionId, ...encodeTakeOver(takeOver, words) }, signal, (body) =>
        decodeSessionWindow(body, 'restoreSession', sessionId),
      ),

    queueNext: (sessionId, play, signal) => send('queueNext', { sessionId, ...play }, signal, ignoreAnswer),
    queueLast: (sessionId, play, signal) => send('queueLast', { sessionId, ...play }, signal, ignoreAnswer),
    setLoop: (sessionId, on, signal) =>
      send('setLoop', { sessionId, loopMode: wordFor(on, words.loop) }, signal, ignoreAnswer),
    setShuffle: (sessionId, on, signal) =>
      send('setShuffle', { sessionId, shuffleMode: wordFor(on, words.shuffle) }, signal, ignoreAnswer),

    async report(reports, signal) {
      const [first, ...others] = reports.map((report) => encodeReport(report, words))
      if (first === undefined) return
      if (others.length === 0) return send('reportEvent', first, signal, ignoreAnswer)
      const events = [first, ...others].map((event) => compiled.reportEvent.body(event))
      return send('reportEvents', { events }, signal, ignoreAnswer)
    },

    search: createSearch(send, routes),

    async call(operation, args, signal) {
      const known = playbackOperations.find((name) => name === operation)
      if (known === undefined) {
        const all = playbackOperations.join(', ')
        throw new AppError('command/payload', `There is no operation ${operation}; there are ${all}`)
      }
      checkArguments(compiled[known], args)
      return send(known, args, signal, (body) => redact(body ?? null))
    },
  }
}
