import { AppError } from '../../lib/errors.ts'
import { Arguments, parseToggle, payloadText } from './arguments.ts'
import { longestPositionSeconds, seekTo } from './command-codec.ts'
import type { Command, CommandAction } from './command.ts'
import { badPayload, payloadObject } from './json-object.ts'
import { longestPresetName } from '../presets.ts'

interface SetKey {
  /** Reads JSON; undefined when the key is absent. */
  readonly read: (args: Arguments, key: string) => CommandAction | undefined
  /** Parses the text of `set/<key>`; undefined when invalid. */
  readonly parse: (text: string) => CommandAction | undefined
  readonly expected: string
}

const volume: SetKey = {
  expected: 'a whole number from 0 to 100, or a step such as +5 or -5',
  read: (args, key) => {
    const percent = args.integer(key, 0, 100)
    return percent === undefined ? undefined : { type: 'volume', to: { percent } }
  },
  parse: (text) => {
    const whole = wholeNumber(text)
    if (whole === undefined || Math.abs(whole) > 100) return undefined
    return { type: 'volume', to: /^[+-]/.test(text) ? { delta: whole } : { percent: whole } }
  },
}

const position: SetKey = {
  expected: `a position in whole seconds, or a step such as +30 or -30`,
  read: (args, key) => {
    const seconds = args.integer(key, 0, longestPositionSeconds)
    return seconds === undefined ? undefined : seekTo(seconds)
  },
  parse: (text) => {
    const whole = wholeNumber(text)
    if (whole === undefined || Math.abs(whole) > longestPositionSeconds) return undefined
    return /^[+-]/.test(text) ? { type: 'seek', to: { offsetMs: whole * 1000 } } : seekTo(whole)
  },
}

const toggled = (type: 'mute' | 'shuffle'): SetKey => ({
  expected: 'ON, OFF or TOGGLE',
  read: (args, key) => {
    const to = args.toggle(key)
    return to === undefined ? undefined : { type, to }
  },
  parse: (text) => {
    const to = parseToggle(text)
    return to === undefined ? undefined : { type, to }
  },
})

const repeatWords = ['off', 'all', 'one'] as const
const repeat: SetKey = {
  expected: 'off, all or TOGGLE',
  read: (args, key) => repeatOf(args.word(key, repeatWords)),
  parse: (text) => {
    const word = text.toLowerCase()
    return word === 'toggle'
      ? { type: 'repeat', to: 'toggle' }
      : repeatOf(repeatWords.find((known) => known === word))
  },
}

function repeatOf(word: (typeof repeatWords)[number] | undefined): CommandAction | undefined {
  if (word === 'one')
    throw badPayload('repeat: one is not possible, because the service owns the queue; off or all')
  return word === undefined ? undefined : { type: 'repeat', to: word }
}

const preset: SetKey = {
  expected: `the name of a preset, at most ${longestPresetName} characters`,
  read: (args, key) => presetOf(args.text(key, longestPresetName)),
  parse: (text) => presetOf(text === '' || text.length > longestPresetName ? undefined : text),
}

function presetOf(name: string | undefined): CommandAction | undefined {
  return name === undefined ? undefined : { type: 'preset', name }
}

/** Keys of `set` and `set/<key>` (docs/mqtt.md#settable-keys), in order of execution. */
const keys: ReadonlyMap<string, SetKey> = new Map([
  ['muted', toggled('mute')],
  ['volume', volume],
  ['preset', preset],
  ['shuffle', toggled('shuffle')],
  ['repeat', repeat],
  ['media_position', position],
])

/** Topic `set`: JSON with one or more keys. @throws AppError `command/payload` */
export function decodeSet(payload: Buffer): Command {
  const text = payloadText(payload)
  if (text === '') throw badPayload('The payload is empty; expected JSON such as {"volume":30}')
  const args = new Arguments(payloadObject(text), 'set', [...keys.keys()])
  const actions: CommandAction[] = []
  for (const [key, { read }] of keys) {
    const action = read(args, key)
    if (action !== undefined) actions.push(action)
  }
  if (actions.length === 0) throw badPayload(`set: nothing to set; it takes ${[...keys.keys()].join(', ')}`)
  return { name: 'set', wants: { actions }, transaction: args.transaction }
}

/** Topic `set/<key>`: the value as text. @throws AppError `command/payload`, `command/unknown` */
export function decodeSetKey(key: string, payload: Buffer): Command {
  const found = keys.get(key)
  if (found === undefined) {
    throw new AppError('command/unknown', `There is no key ${JSON.stringify(key.slice(0, 40))} to set`)
  }
  const action = found.parse(payloadText(payload))
  if (action === undefined) throw badPayload(`set/${key}: expected ${found.expected}`)
  return { name: `set/${key}`, wants: { actions: [action] }, transaction: undefined }
}

/** Parses a whole number: 30, +5, -5, and 30.0 as Home Assistant may send. */
function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d{1,6}(\.0+)?$/.test(text) ? Number.parseInt(text, 10) : undefined
}
