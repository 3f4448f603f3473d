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
 * The window a created or restored session opened: `data.playback` or `data.entities`, wrapped or not.
 *
 * @param known the session asked for, when the answer need not repeat it
 * @see API_playback_sessions, Create New Session
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

/** The session was restored before it was read (API_playback_overview_v2; for V1 inferred). */
const restoredFirst = 206

/**
 * The entries a read of the session `asked` gives. With status 206 it is read as an answer of Restore: whether the
 * session keeps its id is not documented, nor where a new one stands.
 */
export function decodeQueueRead(body: unknown, status: number, path: string, asked: string): QueueRead {
  if (status === restoredFirst) {
    const { sessionId, entities } = decodeSessionWindow(body, path, asked)
    return { entities, restoredAs: sessionId }
  }
  if (body === undefined) return nothingRead
  return { entities: decodeEntities(payloadOf(body, path)), restoredAs: undefined }
}

/** The queue around the current entry (API_playback_sessions, Get Playback Queue; the form is inferred). */
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

/** One list, and perhaps a word on which entry is current; without it the first is. */
function splitAtCurrent(payload: Located): Queue {
  const entities = decodeEntities(payload)
  const source = asObject(payload.value) ?? {}
  const reference = pick([source], ['currentEntityReferenceId', 'entityReferenceId'], asText)
  const found = entities.findIndex(({ referenceId }) => referenceId === reference)
  const at = found === -1 ? 0 : found
  return { current: entities[at], next: entities.slice(at + 1), previous: entities.slice(0, at) }
}

/** The account's sessions; V2 calls them queues (API_playback_sessions, Get Active Sessions; API_web_playback_v2). */
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
