import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'
import { Arguments, payloadText } from './arguments.ts'
import type { Command, CommandAction, PlainVerb } from './command.ts'
import { badPayload, payloadObject } from './json-object.ts'

/** Maximum position and offset of a seek: a day, in seconds. */
export const longestPositionSeconds = 86_400
const usualVolumeStep = 5

type ReadVerb = (args: Arguments) => CommandAction

interface Verb {
  readonly takes: readonly string[]
  readonly read: ReadVerb
}

const plain = (type: PlainVerb): Verb => ({
  takes: [],
  read: () => ({ type }),
})

const volumeBy = (sign: 1 | -1): Verb => ({
  takes: ['step'],
  read: (args) => ({
    type: 'volume',
    to: { delta: sign * (args.integer('step', 1, 100) ?? usualVolumeStep) },
  }),
})

/** The verbs of topic `command` (docs/mqtt.md#commands). */
const verbs: Readonly<Record<string, Verb>> = {
  play: {
    takes: ['takeover'],
    read: (args) => ({ type: 'resume', takeOver: args.flag('takeover') ?? false }),
  },
  pause: plain('pause'),
  stop: plain('stop'),
  play_pause: plain('play_pause'),
  next: plain('next'),
  previous: plain('previous'),
  seek: {
    takes: ['position', 'offset'],
    read(args) {
      const position = args.integer('position', 0, longestPositionSeconds)
      const offset = args.integer('offset', -longestPositionSeconds, longestPositionSeconds)
      if (position !== undefined && offset === undefined) return seekTo(position)
      if (offset !== undefined && position === undefined)
        return { type: 'seek', to: { offsetMs: offset * 1000 } }
      return args.refuse('say either position or offset, in seconds')
    },
  },
  volume_up: volumeBy(1),
  volume_down: volumeBy(-1),
  mute: { takes: [], read: () => ({ type: 'mute', to: true }) },
  unmute: { takes: [], read: () => ({ type: 'mute', to: false }) },
  toggle_mute: { takes: [], read: () => ({ type: 'mute', to: 'toggle' }) },
  shuffle_on: { takes: [], read: () => ({ type: 'shuffle', to: true }) },
  shuffle_off: { takes: [], read: () => ({ type: 'shuffle', to: false }) },
  repeat_all: { takes: [], read: () => ({ type: 'repeat', to: 'all' }) },
  repeat_off: { takes: [], read: () => ({ type: 'repeat', to: 'off' }) },
  restore: {
    takes: ['session_id'],
    read: (args) => ({ type: 'restore', sessionId: args.text('session_id', 200) }),
  },
  login: plain('login'),
  logout: plain('logout'),
  restart: plain('restart'),
}

export function seekTo(positionSeconds: number): CommandAction {
  return { type: 'seek', to: { positionMs: positionSeconds * 1000 } }
}

/**
 * Topic `command`: a verb as text, or JSON with `command` and its arguments.
 *
 * @throws AppError `command/payload`, `command/unknown`
 */
export function decodeCommand(payload: Buffer): Command {
  const text = payloadText(payload)
  if (text === '') throw badPayload('The payload is empty; expected a verb such as pause')
  const source = sourceOf(text)
  const name = source['command']
  if (typeof name !== 'string') throw badPayload('command must be a verb, as text')
  const word = wordOf(name)
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined
  if (verb === undefined) {
    throw new AppError('command/unknown', `There is no command ${JSON.stringify(name.slice(0, 40))}`)
  }
  const args = new Arguments(source, word, ['command', ...verb.takes])
  return { name: word, wants: { actions: [verb.read(args)] }, transaction: args.transaction }
}

/** The verb of an otherwise invalid payload, for the answer; undefined if there is none. Never throws. */
export function verbIn(payload: Buffer): string | undefined {
  try {
    const name = sourceOf(payloadText(payload))['command']
    const word = typeof name === 'string' ? wordOf(name) : ''
    return Object.hasOwn(verbs, word) ? word : undefined
  } catch {
    return undefined
  }
}

function sourceOf(text: string): JsonObject {
  return text.startsWith('{') ? payloadObject(text) : { command: text }
}

function wordOf(name: string): string {
  return name.trim().toLowerCase()
}
