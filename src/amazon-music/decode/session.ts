import { field, filledString, listOf, object, type Decoder } from '../../lib/decode.ts'
import type { ActiveSession, Queue, QueueRead, SessionWindow } from '../api.ts'
import { asList, asObject, asText, layersOf, pick, present } from './layers.ts'
import {
  currentNames,
  decodeEntities,
  decodeUnder,
  nextNames,
  payloadOf,
  previousNames,
  type Located,
} from './answer.ts'

const sessionIdNames = ['sessionId', 'queueId', 'id']

/**
 * The window of a created or restored session: `data.playback` or `data.entities`, wrapped or not.
 *
 * @param known the id of the requested session, when the answer may omit it
 * @see docs/sources.md, API playback, Create New Session
 */
export function decodeSessionWindow(body: unknown, path: string, known?: string): SessionWindow {
  if (known !== undefined && isEmpty(body)) return { sessionId: known, entities: [] }
  const payload = payloadOf(body, path)
  const entities = decodeEntities(payload)
  const source = asObject(payload.value) ?? {}
  const named =
    pick(layersOf(source, ['session', 'queue']), ['sessionId', 'queueId'], asText) ??
    entities.find(({ sessionId }) => sessionId !== undefined)?.sessionId ??
    known
  return { sessionId: named ?? field(source, 'sessionId', filledString, payload.path), entities }
}

export const nothingRead: QueueRead = { entities: [], restoredAs: undefined }

/**
 * The service restored the session before reading it (Amazon's page API_playback_overview_v2; inferred for
 * V1).
 */
const restoredFirst = 206

/**
 * The entries in an answer about the session `asked`. With status 206 the answer is decoded like one of
 * Restore: no page says whether the session keeps its id, or where the answer has a new one.
 */
export function decodeQueueRead(body: unknown, status: number, path: string, asked: string): QueueRead {
  if (status === restoredFirst) {
    const { sessionId, entities } = decodeSessionWindow(body, path, asked)
    return { entities, restoredAs: sessionId }
  }
  if (body === undefined) return nothingRead
  return { entities: decodeEntities(payloadOf(body, path)), restoredAs: undefined }
}

/**
 * The queue around the current entry (docs/sources.md, API playback, Get Playback Queue; the form is
 * inferred).
 */
export function decodeQueue(body: unknown, path: string): Queue {
  const payload = payloadOf(body, path)
  const source = asObject(payload.value)
  if (source === undefined || present(source, [...currentNames, ...nextNames]) === undefined) {
    return splitAtCurrent(payload)
  }
  return {
    current: decodeUnder(source, currentNames, payload.path)[0],
    next: decodeUnder(source, nextNames, payload.path),
    previous: decodeUnder(source, previousNames, payload.path),
  }
}

/** One list, perhaps with a field that names the current entry; without it the first is current. */
function splitAtCurrent(payload: Located): Queue {
  const entities = decodeEntities(payload)
  const source = asObject(payload.value) ?? {}
  const reference = pick([source], ['currentEntityReferenceId', 'entityReferenceId'], asText)
  const found = entities.findIndex(({ referenceId }) => referenceId === reference)
  const at = found === -1 ? 0 : found
  return { current: entities[at], next: entities.slice(at + 1), previous: entities.slice(0, at) }
}

/**
 * The account's sessions; V2 calls them queues (docs/sources.md, API playback, Get Active Sessions; for V2,
 * Amazon's page API_web_playback_v2).
 */
export function decodeActiveSessions(body: unknown, path: string): readonly ActiveSession[] {
  const { value, path: at } = payloadOf(body, path)
  if (asList(value) !== undefined) return listOf(decodeActiveSession)(value, at)
  const source = object(value, at)
  const name = present(source, ['sessions', 'queues', 'activeSessions', 'entities']) ?? 'sessions'
  return field(source, name, listOf(decodeActiveSession), at)
}

const decodeActiveSession: Decoder<ActiveSession> = (value, path) => {
  const source = object(value, path)
  const idName = present(source, sessionIdNames) ?? 'sessionId'
  return {
    sessionId: field(source, idName, filledString, path),
    current:
      source['entityReferenceId'] === undefined
        ? decodeUnder(source, currentNames, path)[0]
        : decodeEntities({ value, path })[0],
  }
}

function isEmpty(body: unknown): boolean {
  if (body === undefined || body === null) return true
  const source = asObject(body)
  if (source === undefined) return false
  const keys = Object.keys(source)
  return keys.length === 0 || (keys.length === 1 && keys[0] === 'data' && isEmpty(source['data']))
}
