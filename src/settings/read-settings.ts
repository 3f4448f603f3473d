import { AppError } from '../lib/errors.ts'
import { isLoopback } from '../lib/http/secure-url.ts'
import { checkTogether } from './check-together.ts'
import { givenText } from './given-text.ts'
import { nearest } from './nearest.ts'
import type { Environment, Facts, Setting } from './setting.ts'
import { flagOf, settingKeys, settingsTable, type SettingKey, type Settings } from './table.ts'

/** The values given on the command line, by setting. */
export type SettingFlags = Readonly<Partial<Record<SettingKey, string>>>

export interface SettingSources {
  readonly env: Environment
  /** A flag takes precedence over its variable. */
  readonly flags: SettingFlags
  readonly facts: Facts
}

export interface ReadSettings<K extends SettingKey> {
  readonly settings: Pick<Settings, K>
  /** What the operator should know although the agent can run with it; one sentence each. */
  readonly notices: readonly string[]
}

/**
 * Reads the settings `keys`, by default all of them: `status` and `logout` need no Client ID.
 *
 * @throws AppError `settings/invalid` with every problem, one per line, by name and with what is expected.
 */
export function readSettings<K extends SettingKey = SettingKey>(
  { env, flags, facts }: SettingSources,
  keys?: readonly K[],
): ReadSettings<K> {
  const problems: string[] = []
  const notices: string[] = []
  const values: Partial<Record<SettingKey, unknown>> = {}

  for (const key of keys ?? settingKeys) {
    const setting: Setting<unknown> = settingsTable[key]
    const { text: given, notice } = givenText(setting, env, flags[key])
    if (notice !== undefined) notices.push(notice)
    const found = given ?? setting.fallback(env, facts)
    if (found === undefined) {
      if (setting.required) problems.push(`${setting.env} is not set: ${setting.doc}`)
      continue
    }
    const parsed = setting.parse(found)
    const name = flags[key] === undefined ? setting.env : `${setting.env} (given as --${flagOf(setting.env)})`
    if (parsed.ok) {
      values[key] = parsed.value
      notices.push(...(parsed.notices ?? []).map((notice) => `${name}: ${notice}`))
    } else {
      problems.push(`${name}${given === undefined ? ' (its default)' : ''}: ${parsed.problem}`)
    }
  }

  const settings = values as Partial<Settings>
  if (flags.mqttUrl !== undefined && (settings.mqttUrl?.password ?? '') !== '') {
    problems.push(
      'A2M_MQTT_URL (given as --mqtt-url): expected no password in a flag, for everybody on this machine can read ' +
        'a command line; set A2M_MQTT_PASSWORD or A2M_MQTT_PASSWORD_FILE',
    )
  }
  const together = checkTogether(settings, env, facts.readFile)
  problems.push(...together.problems)
  for (const unknown of unknownVariables(env)) {
    // A near miss is a typing error, and the setting it means would silently not apply. Any other name may be
    // a setting of a newer agent, or come from an orchestrator (Kubernetes sets A2M_PORT for a service
    // "a2m").
    if (unknown.near === undefined)
      notices.push(`${unknown.name} is no setting of this agent and is ignored.`)
    else problems.push(`${unknown.name} is no setting: did you mean ${unknown.near}?`)
  }
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'One setting needs' : `${problems.length} settings need`
    throw new AppError('settings/invalid', [`${count} attention:`, ...problems].join('\n  '))
  }

  const { mqttUrl } = together.settings
  if (
    mqttUrl !== undefined &&
    (mqttUrl.protocol === 'mqtt:' || mqttUrl.protocol === 'ws:') &&
    together.settings.mqttPassword !== undefined &&
    !isLoopback(mqttUrl)
  ) {
    notices.push('A2M_MQTT_URL: the password travels readable; mqtts:// (or wss://) would protect it.')
  }
  // Every requested key is present now, with undefined where the table allows it.
  return { settings: together.settings as Pick<Settings, K>, notices }
}

interface UnknownVariable {
  readonly name: string
  readonly near: string | undefined
}

function unknownVariables(env: Environment): readonly UnknownVariable[] {
  const known: readonly string[] = settingKeys.map((key) => settingsTable[key].env)
  return Object.keys(env)
    .filter((name) => name.startsWith('A2M_') && !known.includes(name))
    .map((name) => {
      const near = nearest(
        name.slice('A2M_'.length),
        known.map((other) => other.slice('A2M_'.length)),
      )
      return { name, near: near === undefined ? undefined : `A2M_${near}` }
    })
}
