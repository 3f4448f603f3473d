import type { Clock } from '../base/clock.ts'
import type { JsonObject } from '../base/decode.ts'
import { AppError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'
import type { Log } from '../base/log.ts'
import type { AccessTokens } from './access-tokens.ts'
import { CallLog, type ApiCounts, type ServiceCondition } from './api-counts.ts'
import { checkArguments } from './arguments.ts'
import type { Arguments } from './body-template.ts'
import { createCaller, longestWaitMs } from './caller.ts'
import { compileRoute, type CompiledRoute } from './compiled-route.ts'
import type { Entity } from './entity.ts'
import { createLimiter } from './limiter.ts'
import { mrnOf } from './mrn.ts'
import {
  playbackOperations,
  type MusicApi,
  type PlaybackOptions,
  type PlaybackReport,
  type SearchType,
} from './music-api.ts'
import { redact } from './redact.ts'
import type { Operation, Routes } from './routes.ts'
import { decodeEntities, payloadOf } from './wire-answer.ts'
import { encodeReport } from './wire-report.ts'
import { decodeSearchEdges, decodeSearchViews, type PlayIdOf } from './wire-search.ts'
import { decodeActiveSessions, decodeQueue, decodeSessionWindow } from './wire-session.ts'

export interface MusicClientParts {
  readonly http: Http
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** The service's host, such as https://api.music.amazon.dev; a path in front of the routes is kept. */
  readonly musicUrl: URL
  /** Header x-api-key. */
  readonly securityProfileId: string
  /** Header X-Amzn-Device-Id: the same for this device's whole life. */
  readonly deviceId: string
  /** Header Accept-Language, such as `en-us`. */
  readonly locale: string
  readonly routes: Routes
  readonly tokens: AccessTokens
}

export interface MusicClient extends MusicApi {
  /** Live. */
  readonly counts: ApiCounts
  /** How the last call went. */
  readonly condition: ServiceCondition
}

/** Searches by type; the service has none of its own for the others, which are picked out of the common search. */
const searchOperations: Readonly<Partial<Record<SearchType, Operation>>> = {
  track: 'searchTracks',
  album: 'searchAlbums',
  artist: 'searchArtists',
  playlist: 'searchPlaylists',
}

/**
 * The Amazon Music Web API V1.
 *
 * @see API_web_request_headers, API_playback_sessions, API_web_search
 */
export function createMusicClient(parts: MusicClientParts): MusicClient {
  const { routes, clock } = parts
  const { words, limits } = routes
  const calls = new CallLog()
  const caller = createCaller({
    http: parts.http,
    clock,
    log: parts.log,
    tokens: parts.tokens,
    limiter: createLimiter(clock, parts.random, longestWaitMs),
    calls,
  })
  const compiled = compileAll(parts)
  const send = (operation: Operation, args: Arguments, signal: AbortSignal): Promise<unknown> =>
    caller(compiled[operation], args, signal)

  const playIdOf: PlayIdOf = (type, id) => mrnOf(type, id, routes.mrn)

  /** The window beside the current entry; none at the end of the queue. */
  async function neighbours(
    operation: 'getNextTracks' | 'getPreviousTracks',
    sessionId: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly Entity[]> {
    try {
      const answer = await send(operation, { sessionId, limit: within(limit, limits.window) }, signal)
      return answer === undefined ? [] : decodeEntities(payloadOf(answer, operation))
    } catch (error) {
      if (error instanceof AppError && error.code === 'playback/end-of-queue') return []
      throw error
    }
  }

  return {
    counts: calls,
    get condition() {
      return calls.condition
    },

    async createSession(play, options, limit, signal) {
      const args = {
        id: play.id,
        containerIds: play.containerIds,
        ...modeArguments(options, routes),
        limit: within(limit, limits.window),
      }
      return decodeSessionWindow(await send('createSession', args, signal), 'createSession')
    },

    async getCurrentTrack(sessionId, signal) {
      const answer = await send('getCurrentTrack', { sessionId }, signal)
      return answer === undefined ? undefined : decodeEntities(payloadOf(answer, 'getCurrentTrack'))[0]
    },
    getNextTracks: (sessionId, limit, signal) => neighbours('getNextTracks', sessionId, limit, signal),
    getPreviousTracks: (sessionId, limit, signal) =>
      neighbours('getPreviousTracks', sessionId, limit, signal),

    async getPlaybackQueue(sessionId, signal) {
      return decodeQueue(await send('getPlaybackQueue', { sessionId }, signal), 'getPlaybackQueue')
    },
    async getActiveSessions(signal) {
      return decodeActiveSessions(await send('getActiveSessions', {}, signal), 'getActiveSessions')
    },
    async restoreSession(sessionId, signal) {
      const answer = await send('restoreSession', { sessionId }, signal)
      return decodeSessionWindow(answer, 'restoreSession', sessionId)
    },

    async queueNext(sessionId, play, signal) {
      await send('queueNext', { sessionId, ...play }, signal)
    },
    async queueLast(sessionId, play, signal) {
      await send('queueLast', { sessionId, ...play }, signal)
    },
    async setLoop(sessionId, on, signal) {
      await send('setLoop', { sessionId, loopMode: on ? words.loop.on : words.loop.off }, signal)
    },
    async setShuffle(sessionId, on, signal) {
      await send('setShuffle', { sessionId, shuffleMode: on ? words.shuffle.on : words.shuffle.off }, signal)
    },

    async report(reports: readonly PlaybackReport[], signal) {
      const [first, ...others] = reports
      if (first === undefined) return
      if (others.length === 0) {
        await send('reportEvent', encodeReport(first, words), signal)
        return
      }
      const events = reports.map((report) => compiled.reportEvent.body(encodeReport(report, words)))
      await send('reportEvents', { events }, signal)
    },

    async search(query, type, limit, signal) {
      const args = { query, limit: within(limit, limits.search) }
      const own = type === undefined ? undefined : searchOperations[type]
      const hits =
        type === undefined || own === undefined
          ? decodeSearchViews(await send('search', args, signal), 'search', playIdOf)
          : decodeSearchEdges(await send(own, args, signal), own, type, playIdOf)
      return hits.filter((hit) => type === undefined || hit.type === type).slice(0, args.limit)
    },

    async call(operation, args: JsonObject, signal) {
      const known = playbackOperations.find((name) => name === operation)
      if (known === undefined) {
        throw new AppError(
          'command/payload',
          `There is no operation ${operation}; there are ${playbackOperations.join(', ')}`,
        )
      }
      checkArguments(compiled[known], args)
      return redact((await send(known, args, signal)) ?? null)
    },
  }
}

function compileAll(parts: MusicClientParts): Readonly<Record<Operation, CompiledRoute>> {
  const around = {
    musicUrl: parts.musicUrl,
    headers: {
      'x-api-key': parts.securityProfileId,
      // Needed for playback only, by the newer edition; always, by the older: always satisfies both.
      'x-amzn-device-id': parts.deviceId,
      'accept-language': parts.locale,
      accept: 'application/json',
    },
    audioHeaders: parts.routes.audioHeaders,
  }
  const rows = Object.entries(parts.routes.operations) as [Operation, Routes['operations'][Operation]][]
  return Object.fromEntries(rows.map(([name, row]) => [name, compileRoute(name, row, around)])) as Record<
    Operation,
    CompiledRoute
  >
}

/** An option left out stays out: the service has its own default. */
function modeArguments(options: PlaybackOptions, { words }: Routes): Arguments {
  const word = (on: boolean | undefined, of: { on: string; off: string }): string | undefined =>
    on === undefined ? undefined : on ? of.on : of.off
  return {
    shuffleMode: word(options.shuffle, words.shuffle),
    loopMode: word(options.loop, words.loop),
    startAsStation: options.startAsStation,
    playbackContinuationMode: word(options.autoplay, words.autoplay),
  }
}

/** A whole number from 1 to `most`. */
function within(limit: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(limit)))
}
