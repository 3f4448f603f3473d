import { parseArgs } from 'node:util'

import { AppError } from '../lib/errors.ts'
import { nearest } from '../settings/nearest.ts'
import type { SettingFlags } from '../settings/read-settings.ts'
import { flagOf, settingKeys, settingsTable, type SettingKey } from '../settings/table.ts'

/** One line for each command, in the order of the help. */
export const commands = {
  run: 'Sign in, stay signed in, and bridge MQTT to Amazon Music. This is the default.',
  demo: 'The same with a stand-in for Amazon (and a broker, unless A2M_MQTT_URL is set): needs no account.',
  sandbox: 'Only the stand-in for Amazon, as an HTTP server.',
  login: 'Show a QR code and URL here and wait until the sign-in is done.',
  logout: 'Forget the sign-in.',
  status: 'Say whether the device is signed in, and show the code that waits, if any.',
  check:
    'Try settings, state folder, broker, Login with Amazon, clock and player; one line each, for scripts and a quick look.',
  doctor:
    'All of that and what is around it, on one page for a bug report: what is wrong, what to do, nothing secret.',
  'check-player':
    'Try a player of your own, given after "--", on every rule of docs/player-protocol.md; one line each.',
} as const

export type Command = keyof typeof commands

/** Flags that are not settings, with the commands that take them, in the order of the help. */
export const ownFlags: readonly {
  readonly of: readonly Command[]
  /** Flag name -> help text. */
  readonly flags: Readonly<Record<string, string>>
}[] = [
  {
    of: ['demo', 'sandbox'],
    flags: {
      lan: 'Listen to the whole network, so that a phone can scan the code. Otherwise to this machine only.',
      approve: 'Approve the sign-in after 3 s, for machines without a person.',
      port: 'Port of the stand-in. Otherwise a free one.',
    },
  },
  {
    of: ['check'],
    flags: {
      'settings-only': 'Try the settings only, which needs neither a network nor a state folder.',
      'settings-file':
        'Judge only how this file is written: name each line that systemd and Node.js would read differently.',
    },
  },
  { of: ['doctor'], flags: { json: 'Print the page as JSON, for machines.' } },
]

/** Flags that every command takes, with their short forms. */
export const otherFlags = {
  help: { short: 'h', doc: 'Show this.' },
  version: { short: 'V', doc: 'Show the version.' },
} as const

export interface Arguments {
  readonly command: Command
  /** Settings given as flags, not validated yet. */
  readonly flags: SettingFlags
  readonly sandbox: {
    readonly lan: boolean
    readonly approve: boolean
    /** 0 takes a free port. */
    readonly port: number
  }
  /** For `check`. */
  readonly settingsOnly: boolean
  /** For `check`: a path. */
  readonly settingsFile: string | undefined
  /** For `doctor`. */
  readonly json: boolean
  /** For `check-player`: the arguments after "--", unchanged. */
  readonly program: readonly string[]
  readonly help: boolean
  readonly version: boolean
}

/**
 * Parses a command line.
 *
 * @param argv the arguments after the program name
 * @throws AppError `usage/invalid`: all problems, one per line
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const problems: string[] = []
  const terminator = argv.indexOf('--')
  const [own, program] = terminator < 0 ? [argv, []] : [argv.slice(0, terminator), argv.slice(terminator + 1)]
  const { tokens } = parseArgs({
    args: [...own],
    // In strict mode parseArgs stops at the first problem. The loop below finds all of them.
    strict: false,
    tokens: true,
    options: {
      help: { type: 'boolean', short: otherFlags.help.short },
      version: { type: 'boolean', short: otherFlags.version.short },
      lan: { type: 'boolean' },
      approve: { type: 'boolean' },
      json: { type: 'boolean' },
      'settings-only': { type: 'boolean' },
      port: { type: 'string' },
      'settings-file': { type: 'string' },
      ...Object.fromEntries(
        [...settingFlags.keys(), ...secretFlags.keys()].map((name) => [name, { type: 'string' } as const]),
      ),
    },
  })

  const words: string[] = []
  const given = new Map<string, string | undefined>()
  let afterProblem = false
  for (const token of tokens) {
    // The word after an unknown flag is probably its value, which may be a secret: do not quote it.
    if (token.kind === 'positional' && !afterProblem) words.push(token.value)
    afterProblem = false
    if (token.kind !== 'option') continue
    const problem = flagProblem(token)
    if (problem !== undefined) {
      problems.push(problem)
      afterProblem = true
    } else if (given.has(token.name)) problems.push(`${token.rawName} is given twice`)
    else given.set(token.name, token.value)
  }

  const [word = 'run', ...rest] = words
  const command = isCommand(word) ? word : undefined
  if (command === undefined)
    problems.push(`there is no command ${JSON.stringify(word)}${suggestion(word, Object.keys(commands))}`)
  const extras = command === 'check-player' ? rest : [...rest, ...program]
  if (extras.length > 0)
    problems.push(`unexpected: ${extras.map((extra) => JSON.stringify(extra)).join(' ')}`)

  if (command !== undefined) {
    for (const name of given.keys()) {
      const owner = ownFlags.find(({ flags }) => Object.hasOwn(flags, name))
      if (owner !== undefined && !owner.of.includes(command)) {
        problems.push(`--${name} belongs to ${owner.of.join(' and ')}, not to ${command}`)
      }
      if (settingFlags.has(name) && !hasSettings(command)) {
        problems.push(`--${name} is a setting of the agent, and ${command} runs none`)
      }
    }
    if (command === 'check-player' && program.length === 0 && !given.has('help')) {
      problems.push(
        'check-player needs the program to try: amazonmusic2mqtt check-player -- PROGRAM ARGUMENTS',
      )
    }
  }
  const port = Number(given.get('port') ?? '0')
  if (!/^\d{1,5}$/.test(given.get('port') ?? '0') || port > 65_535) {
    problems.push('--port: expected a number from 0 to 65535')
  }

  const help = given.has('help')
  const version = given.has('version')
  if (problems.length > 0 || command === undefined) throw new AppError('usage/invalid', problems.join('\n'))
  return {
    command,
    flags: Object.fromEntries(
      [...given].flatMap(([name, value]) => {
        const key = settingFlags.get(name)
        return key === undefined || value === undefined ? [] : [[key, value]]
      }),
    ),
    sandbox: { lan: given.has('lan'), approve: given.has('approve'), port },
    settingsOnly: given.has('settings-only'),
    settingsFile: given.get('settings-file'),
    json: given.has('json'),
    program,
    help,
    version,
  }
}

/**
 * The flags of a command without their dashes: first its own, then those that every command takes.
 *
 * @returns flag name -> the setting it stands for, if any
 */
export function flagsOf(command: Command): ReadonlyMap<string, SettingKey | undefined> {
  const own = ownFlags.flatMap(({ of, flags }) => (of.includes(command) ? Object.keys(flags) : []))
  return new Map<string, SettingKey | undefined>([
    ...own.map((name) => [name, undefined] as const),
    ...(hasSettings(command) ? settingFlags : []),
    ...Object.keys(otherFlags).map((name) => [name, undefined] as const),
  ])
}

function hasSettings(command: Command): boolean {
  return command !== 'sandbox' && command !== 'check-player'
}

/** Whether the flag takes a value. */
export function takesValue(name: string): boolean {
  return !switches.includes(name)
}

/** Flag name -> setting. Secrets have no flag. */
const settingFlags: ReadonlyMap<string, SettingKey> = new Map(
  settingKeys.filter((key) => !settingsTable[key].secret).map((key) => [flagOf(settingsTable[key].env), key]),
)

const secretFlags: ReadonlyMap<string, string> = new Map(
  settingKeys
    .filter((key) => settingsTable[key].secret)
    .map((key) => [flagOf(settingsTable[key].env), settingsTable[key].env]),
)

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** Describes the problem with one flag. Does not quote the value: it may be a secret in the wrong place. */
function flagProblem({ name, rawName, value, inlineValue }: OptionToken): string | undefined {
  const env = secretFlags.get(name)
  if (env !== undefined) {
    return `${rawName} does not exist, because everybody on this machine can read a command line: set ${env} or ${env}_FILE`
  }
  if (switches.includes(name)) return value === undefined ? undefined : `${rawName} takes no value`
  if (!valued.includes(name) && !settingFlags.has(name)) {
    return `there is no flag ${rawName}${suggestion(name, [...settingFlags.keys(), ...switches, ...valued], '--')}`
  }
  if (value === undefined || value === '') return `${rawName} needs a value`
  if (inlineValue !== true && value.startsWith('-')) {
    return `${rawName} needs a value (write ${rawName}=VALUE for one that begins with "-")`
  }
  return undefined
}

/** Flags that take a value but are not settings. */
const valued: readonly string[] = ['port', 'settings-file']

const switches: readonly string[] = ['help', 'version', 'lan', 'approve', 'json', 'settings-only']

function isCommand(word: string): word is Command {
  return Object.hasOwn(commands, word)
}

function suggestion(word: string, known: readonly string[], prefix = ''): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `: did you mean ${prefix}${near}?`
}
