import { flagOf, settingKeys, settingsTable } from '../settings/table.ts'
import type { Setting } from '../settings/setting.ts'
import { commands, otherFlags, ownFlags, takesValue } from './arguments.ts'

/** Exit codes for scripts and systemd, after sysexits.h. */
export const exitCodes = {
  ok: [0, 'All is well.'],
  broken: [1, 'check-player: the player breaks a rule.'],
  usage: [64, 'The command line was not understood.'],
  unavailable: [69, 'A service could not be reached; try again later. doctor: something on the page fails.'],
  internal: [70, 'A fault of the agent itself.'],
  unwritable: [73, 'The state folder cannot be written. Starting again may help.'],
  denied: [77, 'The sign-in was denied, or no code was used in time.'],
  settings: [78, 'Settings are missing or wrong. Starting again does not help.'],
} as const satisfies Readonly<Record<string, readonly [code: number, meaning: string]>>

const width = 100

/** The whole help text, for a terminal of at least 100 columns. Ends with a line feed. */
export function helpText(): string {
  return [
    'amazonmusic2mqtt [COMMAND] [FLAGS]',
    'amazonmusic2mqtt check-player -- PROGRAM [ARGUMENTS]',
    '',
    'Signs a device without a screen in to Amazon Music by QR code, and bridges MQTT to it.',
    '',
    'Commands',
    ...table(Object.entries(commands)),
    '',
    ...ownFlags.flatMap(({ of, flags }) => [
      `Flags of ${of.join(' and ')}`,
      ...table(Object.entries(flags).map(([name, doc]) => [flagUsage(name), doc])),
      '',
    ]),
    'Other flags',
    ...table(Object.entries(otherFlags).map(([name, { short, doc }]) => [`-${short}, --${name}`, doc])),
    '',
    'Settings: a variable of the environment, or the same as a flag, which is stronger',
    ...settingKeys.flatMap((key) => settingLines(settingsTable[key])),
    '',
    'Exit codes',
    ...table(Object.values(exitCodes).map(([code, meaning]) => [String(code), meaning])),
    '',
  ].join('\n')
}

function flagUsage(name: string): string {
  return takesValue(name) ? `--${name} VALUE` : `--${name}`
}

function settingLines(setting: Setting<unknown>): readonly string[] {
  const flag = setting.secret ? '(no flag: others could read it)' : flagUsage(flagOf(setting.env))
  const more = setting.required
    ? ' Required.'
    : setting.defaultText === ''
      ? ''
      : ` Default: ${setting.defaultText}.`
  return [`  ${setting.env.padEnd(30)}${flag}`, ...wrapped(setting.doc + more, 6)]
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const indent = Math.max(...rows.map(([left]) => left.length)) + 4
  return rows.flatMap(([left, right]) =>
    wrapped(right, indent).map((line, index) =>
      index === 0 ? `  ${left.padEnd(indent - 2)}${line.trimStart()}` : line,
    ),
  )
}

function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines.map((content) => ' '.repeat(indent) + content)
}
