import { field, listOf, object, type JsonObject } from '../../lib/decode.ts'
import type { Entity } from '../entity.ts'
import { asList, asObject, present } from './layers.ts'
import { decodeEntity } from './entity.ts'

/** A part of an answer and its path, for errors. */
export interface Located {
  readonly value: unknown
  readonly path: string
}

/**
 * The payload of an answer: the content of `data`, or (V2) the whole answer; and inside that, the content of
 * `playback`.
 *
 * @see docs/sources.md, API overview (the envelope) and API playback (InitialPlaybackSessionResponse)
 */
export function payloadOf(body: unknown, path: string): Located {
  const inData = step({ value: body, path }, 'data')
  return step(inData, 'playback')
}

function step(from: Located, name: string): Located {
  const inner = asObject(from.value)?.[name]
  return typeof inner === 'object' && inner !== null ? { value: inner, path: `${from.path}.${name}` } : from
}

const listNames = ['entities', 'items', 'tracks', 'queue']
export const currentNames = ['currentEntity', 'current', 'currentTrack', 'entity', 'playable', 'track']
export const nextNames = ['nextEntities', 'next', 'nextTracks', 'upcoming']
export const previousNames = ['previousEntities', 'previous', 'previousTracks', 'history']

/** The entries of an answer that holds a list of them, or a single one. */
export function decodeEntities({ value, path }: Located): readonly Entity[] {
  if (asList(value) !== undefined) return listOf(decodeEntity)(value, path)
  const source = object(value, path)
  const list = listNames.find((name) => asList(source[name]) !== undefined)
  if (list !== undefined) return field(source, list, listOf(decodeEntity), path)
  if (source['entityReferenceId'] !== undefined) return [decodeEntity(source, path)]
  const current = currentNames.find((name) => source[name] !== undefined)
  if (current !== undefined) {
    return [...decodeUnder(source, currentNames, path), ...decodeUnder(source, nextNames, path)]
  }
  const lists = [...nextNames, ...previousNames]
  if (present(source, lists) !== undefined) return decodeUnder(source, lists, path)
  return field(source, 'entities', listOf(decodeEntity), path)
}

/**
 * The entries under the first of `names` that is present, as a list or a single entry; none when no name is.
 */
export function decodeUnder(source: JsonObject, names: readonly string[], path: string): readonly Entity[] {
  const name = present(source, names)
  if (name === undefined) return []
  return asList(source[name]) === undefined
    ? [field(source, name, decodeEntity, path)]
    : field(source, name, listOf(decodeEntity), path)
}
