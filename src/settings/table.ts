import { isAbsolute, join } from 'node:path'

import { logLevels } from '../lib/log.ts'
import { commandLine, logLevel, path, wholeNumber, word } from './kinds.ts'
import { derived, optional, preset, type Environment, type Facts, type Setting } from './setting.ts'
import { amazonSettings } from './table-amazon.ts'
import { mqttSettings } from './table-mqtt.ts'
import { playbackSettings } from './table-playback.ts'

const product = 'amazonmusic2mqtt'

/**
 * Every setting, once, in the order of the documentation. Types, flags, checks, help, the README's table and
 * .env.example are generated from it.
 */
export const settingsTable = {
  ...amazonSettings,
  ...mqttSettings,
  ...playbackSettings,
  hook: optional(
    'A2M_HOOK',
    commandLine,
    'Program to run at each event, with the event as JSON on its standard input.',
    { shortened: true },
  ),
  hookSeconds: preset('A2M_HOOK_SECONDS', wholeNumber(1, 300), '10', 'Time limit of a run of the hook.'),
  stateDir: derived(
    'A2M_STATE_DIR',
    path,
    defaultStateDir,
    `$STATE_DIRECTORY, else $XDG_STATE_HOME/${product}, else ~/.local/state/${product}`,
    'Folder for the sign-in and everything else that must survive a restart.',
  ),
  logLevel: preset('A2M_LOG_LEVEL', logLevel, 'info', `What to log: ${logLevels.join(', ')}.`),
  mqttLogLevel: preset(
    'A2M_MQTT_LOG_LEVEL',
    word(['off', ...logLevels.filter((level) => level !== 'silent')] as const),
    'off',
    'Level from which the log is also published on topic log: off, or a level as above.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

export type SettingKey = keyof typeof settingsTable

/** The settings of the agent. The type follows from the table. */
export type Settings = {
  readonly [K in SettingKey]: (typeof settingsTable)[K] extends Setting<infer T> ? T : never
}

export const settingKeys = Object.keys(settingsTable) as SettingKey[]

/** The flag of a setting, without its dashes: `mqtt-url` for `A2M_MQTT_URL`. */
export function flagOf(env: string): string {
  return env.slice('A2M_'.length).toLowerCase().replaceAll('_', '-')
}

/**
 * systemd separates its StateDirectory= folders with colons. The XDG specification says to ignore relative
 * paths.
 */
function defaultStateDir(env: Environment, { homeDir }: Facts): string {
  const fromSystemd = env['STATE_DIRECTORY']?.split(':')[0] ?? ''
  if (fromSystemd !== '') return fromSystemd
  const userState = env['XDG_STATE_HOME'] ?? ''
  return join(isAbsolute(userState) ? userState : join(homeDir, '.local', 'state'), product)
}
