import { withoutSecrets } from '../lib/http/secure-url.ts'
import { Secret } from '../lib/secret.ts'
import type { Setting } from './setting.ts'
import { settingKeys, settingsTable, type SettingKey, type Settings } from './table.ts'

export type MaskedValue = string | number | boolean | null | readonly string[]

/**
 * The current settings as JSON values for display: a secret that is set is `[secret]`, an id is shortened to
 * its last six characters, a command line to its program; a setting without a value is null.
 */
export function maskedSettings(settings: Settings): Readonly<Record<SettingKey, MaskedValue>> {
  return Object.fromEntries(
    settingKeys.map((key) => [key, masked(settingsTable[key], settings[key])]),
  ) as Record<SettingKey, MaskedValue>
}

function masked({ secret, shortened }: Setting<unknown>, value: Settings[SettingKey]): MaskedValue {
  if (value === undefined) return null
  if (secret || value instanceof Secret) return '[secret]'
  if (value instanceof URL) return withoutSecrets(value)
  if (typeof value === 'object' && 'text' in value) return value.text
  if (shortened && typeof value === 'string') return `…${value.slice(-6)}`
  // An argument may be a key, or an address that only its owner should know.
  if (shortened && Array.isArray(value))
    return [...value.slice(0, 1).map(String), ...(value.length > 1 ? ['…'] : [])]
  return value
}
