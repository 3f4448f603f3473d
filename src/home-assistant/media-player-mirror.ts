import type { StatePayload } from '../bridge/state/state-codec.ts'
import type { MirrorField, MirrorTopics } from './mirror-topics.ts'

export interface MirrorOptions {
  readonly topics: MirrorTopics
  readonly broker: {
    retain(topic: string, payload: string): void
    send(topic: string, payload: string): void
  }
}

/** Publishes the state as the plain values that media player integrations read. */
export class MediaPlayerMirror {
  readonly #options: MirrorOptions
  /** The published position, with the time at which it was measured. */
  #position: { readonly payload: string; readonly at: StatePayload[string] | undefined } | undefined

  constructor(options: MirrorOptions) {
    this.#options = options
  }

  state(state: StatePayload): void {
    for (const field of this.#options.topics.own) {
      if (field !== 'position' && field !== 'albumart' && field !== 'source_list')
        this.#say(field, plain(field, state))
    }
    this.#sayPosition(state['media_position'], state['media_position_updated_at'])
  }

  /** JPEG or PNG. */
  cover(picture: Buffer | undefined): void {
    this.#say('albumart', picture?.toString('base64') ?? '')
  }

  presets(names: readonly string[]): void {
    this.#say('source_list', JSON.stringify(names))
  }

  /**
   * Readers count on from the arrival of the message. The 0 of the next track must be sent even if the last
   * one was 0 too, but a retained topic does not send the same payload twice.
   */
  #sayPosition(position: StatePayload[string] | undefined, at: StatePayload[string] | undefined): void {
    const { topics, broker } = this.#options
    const payload = topics.own.includes('position') ? seconds(position) : text(position)
    const before = this.#position
    if (before?.payload === payload && before.at === at) return
    this.#position = { payload, at }
    if (before?.payload !== payload) this.#say('position', payload)
    else if (payload !== '') broker.send(topics.of.position, payload)
  }

  /** Publishes only fields with a topic of their own; the others are topics of `state`. */
  #say(field: MirrorField, payload: string): void {
    const { topics, broker } = this.#options
    if (topics.own.includes(field)) broker.retain(topics.of[field], payload)
  }
}

function plain(field: MirrorField, state: StatePayload): string {
  switch (field) {
    case 'state':
      // Not all integrations know `buffering`.
      return state['state'] === 'buffering' ? 'playing' : text(state['state'])
    case 'duration':
      return seconds(state['media_duration'])
    case 'volume':
      return String(Number(state['volume']) / 100)
    case 'mute':
      return state['muted'] === true ? 'mute' : 'unmute'
    case 'muted':
    case 'shuffle':
      return state[field] === true ? 'on' : 'off'
    case 'media_type':
      return state['media_content_type'] === 'episode' ? 'podcast' : 'music'
    case 'title':
      return text(state['media_title'])
    case 'artist':
      return text(state['media_artist'])
    case 'album':
      return text(state['media_album_name'])
    case 'repeat':
      return text(state['repeat'])
    case 'source':
      return text(state['preset'])
    case 'position':
    case 'source_list':
    case 'albumart':
      return ''
  }
}

function text(value: StatePayload[string] | undefined): string {
  return value === undefined || value === null ? '' : String(value)
}

/** shyndman's integration warns about an empty duration or position. */
function seconds(value: StatePayload[string] | undefined): string {
  return String(value ?? 0)
}
