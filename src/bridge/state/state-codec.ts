import type { Entity } from '../../amazon-music/entity.ts'
import { capabilities } from '../../playback/capabilities.ts'
import type { PlaybackState } from '../../playback/playback-state.ts'

/** Outcome of the last calls to the music service. */
export type ServiceHealth = 'ok' | 'degraded' | 'offline'

export interface StateFacts {
  readonly signedIn: boolean
  readonly service: ServiceHealth
  readonly player: string
  readonly isAnnouncing: boolean
  /** When the sleep timer ends. */
  readonly sleepAtEpochMs: number | undefined
}

type Scalar = string | number | boolean | null

/** Home Assistant refuses a state of more than 255 characters. */
const longestText = 255

export type StatePayload = Readonly<Record<string, Scalar>>

/** Topic `state` (docs/mqtt.md#state): all keys are always present, null when unknown. */
export function encodeState(playback: PlaybackState, facts: StateFacts): StatePayload {
  const { entity } = playback
  const can = capabilities(entity)
  return {
    state: facts.signedIn ? phaseOf(playback) : 'off',
    media_title: text(entity?.title),
    media_artist: text(entity?.artist),
    media_album_name: text(entity?.album),
    media_content_id: text(entity?.id),
    media_content_type: entity?.kind ?? null,
    media_duration: seconds(entity?.durationMs),
    media_position: seconds(playback.positionMs),
    media_position_updated_at: time(playback.positionAtEpochMs),
    // Never cut: part of a URL is useless.
    media_image_url: entity?.imageUrl ?? null,
    context: text(playback.context),
    volume: playback.volume,
    muted: playback.muted,
    shuffle: playback.shuffle,
    repeat: playback.repeat,
    session_id: playback.sessionId ?? null,
    remaining_skips: can.remainingSkips ?? null,
    can_next: can.canNext,
    can_previous: can.canPrevious,
    can_seek: can.canSeek,
    can_shuffle: can.canShuffle,
    can_repeat: can.canRepeat,
    disabled_reason: can.disabledReason ?? null,
    preset: text(playback.preset),
    player: facts.player,
    service: facts.service,
    announcing: facts.isAnnouncing,
    sleep_at: time(facts.sleepAtEpochMs),
  }
}

/** Music that is held for an announcement counts as paused. */
function phaseOf({ phase, isHeld }: PlaybackState): string {
  return isHeld && phase !== 'idle' ? 'paused' : phase
}

/** The payload of `state/<key>`: plain text, booleans as ON and OFF, zero bytes for null. */
export function encodeScalar(value: Scalar): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF'
  return String(value)
}

/** An entity as published: without anything that gives access to audio. */
export function encodeEntity(entity: Entity): Readonly<Record<string, Scalar>> {
  return {
    reference_id: entity.referenceId,
    id: entity.id ?? null,
    type: entity.kind,
    title: text(entity.title),
    artist: text(entity.artist),
    album: text(entity.album),
    duration: seconds(entity.durationMs),
    image: entity.imageUrl ?? null,
  }
}

/** Topic `queue`. */
export function encodeQueue(
  sessionId: string | undefined,
  current: Entity | undefined,
  next: readonly Entity[],
  previous: readonly Entity[],
): Readonly<Record<string, unknown>> {
  return {
    session_id: sessionId ?? null,
    current: current === undefined ? null : encodeEntity(current),
    next: next.map(encodeEntity),
    previous: previous.map(encodeEntity),
  }
}

/** ISO 8601 UTC, or null. */
export function time(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString()
}

/** Cut by whole characters: half a surrogate pair is not UTF-8. */
function text(value: string | undefined): string | null {
  if (value === undefined) return null
  return value.length <= longestText ? value : value.slice(0, longestText).replace(/[\uD800-\uDBFF]$/, '')
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms / 1000)
}
