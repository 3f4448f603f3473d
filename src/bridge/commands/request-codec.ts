import type { JsonObject } from '../../lib/decode.ts'
import { AppError } from '../../lib/errors.ts'
import { playbackOperations, searchTypes } from '../../amazon-music/api.ts'
import { Arguments, payloadText } from './arguments.ts'
import { announceTakes, readAnnounce, readSleep, sleepTakes } from './parallel-codec.ts'
import type { Command, CommandAction, PlayAction } from './command.ts'
import { payloadObject } from './json-object.ts'
import { longestPresetName } from '../presets.ts'

/** Limit of `query` of GET /v1/search; the documentation of V2 says 300. */
const longestQuery = 300
const longestId = 2_000

const playTakes = [
  'id',
  'query',
  'type',
  'containerIds',
  'shuffle',
  'repeat',
  'station',
  'autoplay',
  'enqueue',
  'takeover',
]

interface RequestName {
  readonly takes: readonly string[]
  readonly read: (args: Arguments) => Command['wants']
}

/** The requests in docs/mqtt.md#requests. */
const requests: Readonly<Record<string, RequestName>> = {
  play: { takes: playTakes, read: (args) => ({ actions: [readPlay(args)] }) },
  presets: { takes: [], read: () => ({ query: { type: 'presets' } }) },
  preset_save: { takes: ['name', 'play'], read: (args) => ({ actions: [readPresetSave(args)] }) },
  preset_delete: {
    takes: ['name'],
    read: (args) => ({ actions: [{ type: 'preset_delete', name: presetName(args) }] }),
  },
  queue: {
    takes: ['refresh'],
    read: (args) => ({ query: { type: 'queue', refresh: args.flag('refresh') ?? false } }),
  },
  sessions: { takes: [], read: () => ({ query: { type: 'sessions' } }) },
  search: {
    takes: ['query', 'type', 'limit'],
    read: (args) => ({
      query: {
        type: 'search',
        query: args.required(args.text('query', longestQuery), 'query'),
        searchType: args.word('type', searchTypes),
        limit: args.integer('limit', 1, 20) ?? 10,
      },
    }),
  },
  call: {
    takes: ['operation', 'arguments'],
    read: (args) => ({
      query: {
        type: 'call',
        operation: args.required(args.word('operation', playbackOperations), 'operation'),
        args: args.object('arguments') ?? {},
      },
    }),
  },
  announce: { takes: announceTakes, read: (args) => ({ parallel: readAnnounce(args) }) },
  announce_stop: { takes: [], read: () => ({ parallel: { type: 'announce_stop' } }) },
  sleep: { takes: sleepTakes, read: (args) => ({ parallel: readSleep(args) }) },
  health: { takes: [], read: () => ({ query: { type: 'health' } }) },
  info: { takes: [], read: () => ({ query: { type: 'info' } }) },
  login: { takes: [], read: () => ({ query: { type: 'login' } }) },
}

/** Validates the preset when it is saved, not only when it is played. */
function readPresetSave(args: Arguments): CommandAction {
  const play = args.required(args.object('play'), 'play')
  decodePlay(play)
  if (Object.hasOwn(play, 'transaction')) args.refuse('transaction belongs beside play, not into it')
  return { type: 'preset_save', preset: { name: presetName(args), play } }
}

function presetName(args: Arguments): string {
  return args.required(args.text('name', longestPresetName), 'name')
}

/** Arguments of `request/play`. @throws AppError `command/payload` */
export function decodePlay(source: JsonObject): PlayAction {
  return readPlay(new Arguments(source, 'play', playTakes))
}

function readPlay(args: Arguments): PlayAction {
  const id = args.text('id', longestId)
  const query = args.text('query', longestQuery)
  if ((id === undefined) === (query === undefined)) args.refuse('say either id or query')
  const repeat = args.word('repeat', ['off', 'all'])
  return {
    type: 'play',
    id,
    query,
    searchType: args.word('type', searchTypes),
    containerIds: args.texts('containerIds', 100),
    shuffle: args.flag('shuffle'),
    repeat: repeat === undefined ? undefined : repeat === 'all',
    station: args.flag('station'),
    autoplay: args.flag('autoplay'),
    enqueue: args.word('enqueue', ['replace', 'next', 'last']) ?? 'replace',
    takeOver: args.flag('takeover') ?? false,
  }
}

/**
 * Topic `request/<name>`: JSON arguments; an empty payload means none.
 *
 * @throws AppError `command/payload`, `command/unknown`
 */
export function decodeRequest(name: string, payload: Buffer): Command {
  const request = Object.hasOwn(requests, name) ? requests[name] : undefined
  if (request === undefined) {
    throw new AppError('command/unknown', `There is no request ${JSON.stringify(name.slice(0, 40))}`)
  }
  const text = payloadText(payload)
  const args = new Arguments(text === '' ? {} : payloadObject(text), name, request.takes)
  return { name, wants: request.read(args), transaction: args.transaction }
}
