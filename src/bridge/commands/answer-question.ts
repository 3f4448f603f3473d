import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'
import type { MusicApi } from '../../amazon-music/api.ts'
import type { Engine } from '../../playback/engine.ts'
import type { Query } from './command.ts'
import type { Presets } from '../presets.ts'
import { encodeEntity, encodeQueue } from '../state/state-codec.ts'

/** The sources of answers to queries. */
export interface QuerySources {
  readonly engine: Engine
  readonly api: MusicApi
  readonly presets: Presets
  /** The current payloads of topics `health`, `info` and `login`. */
  readonly health: () => JsonObject
  readonly info: () => JsonObject
  readonly login: () => JsonObject
}

/**
 * The `data` of the answer to a request (docs/mqtt.md#requests).
 *
 * @throws AppError the error of the service
 */
export async function answerQuery(
  question: Query,
  known: QuerySources,
  signal: AbortSignal,
): Promise<unknown> {
  const { engine, api } = known
  switch (question.type) {
    case 'queue': {
      const { sessionId, entity, upcoming, played } = engine.state
      if (!question.refresh) return encodeQueue(sessionId, entity, upcoming, played)
      if (sessionId === undefined) throw new AppError('playback/nothing', 'There is no queue')
      const queue = await api.getPlaybackQueue(sessionId, signal)
      return encodeQueue(sessionId, queue.current ?? entity, queue.next, queue.previous)
    }
    case 'sessions': {
      const sessions = await api.getActiveSessions(signal)
      return sessions.map(({ sessionId, current }) => ({
        session_id: sessionId,
        current: current === undefined ? null : encodeEntity(current),
      }))
    }
    case 'search': {
      const hits = await api.search(question.query, question.searchType, question.limit, signal)
      return hits.map(({ id, title, artist, type, url, image }) => ({
        id,
        title: title ?? null,
        artist: artist ?? null,
        type,
        url: url ?? null,
        image: image ?? null,
      }))
    }
    case 'presets':
      return known.presets.all
    case 'call':
      return api.call(question.operation, question.args, signal)
    case 'health':
      return known.health()
    case 'info':
      return known.info()
    case 'login':
      return known.login()
  }
}
