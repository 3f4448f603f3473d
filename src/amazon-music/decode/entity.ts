import {
  field,
  filledString,
  object,
  optional,
  string,
  type Decoder,
  type JsonObject,
} from '../../lib/decode.ts'
import { kindOfMrn, kindOfType } from '../entity-kind.ts'
import type { Entity, EntityKind } from '../entity.ts'
import { asText, layersOf, pick, present } from './layers.ts'
import { decodeActions } from './action.ts'
import { readMetadata } from './metadata.ts'
import { decodeStream } from './stream.ts'

/** Fields that may hold an entry's catalog data. The field's name gives the kind when `_type` does not. */
const nested = [
  'track',
  'podcastEpisode',
  'episode',
  'interlude',
  'ad',
  'entity',
  'playable',
  'metadata',
  'mediaMetadata',
]

/**
 * One entry of the service's queue. `sessionId`, `entityReferenceId` and `actions` are documented. The rest
 * is reported in two nestings, and both are read.
 *
 * @see docs/sources.md, API playback (Create New Session) and API schema (Action)
 */
export const decodeEntity: Decoder<Entity> = (value, path) => {
  const entry = object(value, path)
  const layers = layersOf(entry, nested)
  const id = pick(layers, ['id', 'asin', 'globalAsin'], asText)
  return {
    referenceId: decodeReferenceId(entry, path),
    sessionId: decodeSessionId(entry, path),
    id,
    kind: readKind(entry, id),
    ...readMetadata(layers),
    metricId: field(entry, 'metricId', optional(string), path) ?? pick(layers, ['metricId'], asText),
    actions: field(entry, 'actions', optional(decodeActions), path) ?? {},
    stream: decodeStream(entry, path),
  }
}

/** V2's list of active queues identifies the current entity by its catalog id only. */
function decodeReferenceId(entry: JsonObject, path: string): string {
  return field(entry, present(entry, ['entityReferenceId', 'id']) ?? 'entityReferenceId', filledString, path)
}

function decodeSessionId(entry: JsonObject, path: string): string | undefined {
  return field(entry, present(entry, ['sessionId', 'queueId']) ?? 'sessionId', optional(string), path)
}

/** `_type` decides, unless it is `Playable`, which says nothing: then the catalog data decides. */
function readKind(entry: JsonObject, id: string | undefined): EntityKind {
  const type = asText(entry['_type'])
  const kind = type === undefined ? undefined : kindOfType(type)
  if (kind !== undefined) return kind
  for (const name of nested) {
    const layer = entry[name]
    if (typeof layer !== 'object' || layer === null) continue
    const inner = asText((layer as JsonObject)['_type']) ?? name
    const innerKind = kindOfType(inner) ?? kindOfType(name)
    if (innerKind !== undefined) return innerKind
  }
  return (id === undefined ? undefined : kindOfMrn(id)) ?? 'unknown'
}
