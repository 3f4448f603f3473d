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

/** Fields an entry may keep its catalog data in. The name tells the kind where `_type` does not. */
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
 * One entry of the service's queue. `sessionId`, `entityReferenceId` and `actions` are documented, the rest is
 * reported in two nestings; both are read.
 *
 * @see API_playback_sessions, Create New Session; API_web_schema, Action
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

/** V2's list of active queues names the current entity by its catalog id only. */
function decodeReferenceId(entry: JsonObject, path: string): string {
  return field(entry, present(entry, ['entityReferenceId', 'id']) ?? 'entityReferenceId', filledString, path)
}

function decodeSessionId(entry: JsonObject, path: string): string | undefined {
  return field(entry, present(entry, ['sessionId', 'queueId']) ?? 'sessionId', optional(string), path)
}

/** `_type` first; `Playable` says nothing, and then the catalog data does. */
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
