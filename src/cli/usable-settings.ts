import { readSettings, type SettingSources } from '../settings/read-settings.ts'
import { settingsTable, type SettingKey, type Settings } from '../settings/table.ts'

/** The settings `keys`, even if others are invalid; undefined when one of `keys` is invalid. */
export function usableSettings<K extends SettingKey>(
  { env, flags, facts }: SettingSources,
  keys: readonly K[],
): Pick<Settings, K> | undefined {
  const mine = new Set<string>(keys.map((key) => settingsTable[key].env))
  const others = Object.entries(env).filter(([name]) => !name.startsWith('A2M_') || mine.has(name))
  const given = Object.entries(flags).filter(([key]) => keys.some((known) => known === key))
  try {
    const narrowed = { env: Object.fromEntries(others), flags: Object.fromEntries(given), facts }
    return readSettings(narrowed, keys).settings
  } catch {
    return undefined
  }
}
