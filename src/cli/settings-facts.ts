import type { SettingsFacts } from '../diagnostics/probes/settings.ts'
import { givenText } from '../settings/given-text.ts'
import { commandLine } from '../settings/kinds.ts'
import { readSettings, type SettingSources } from '../settings/read-settings.ts'
import { readSettingsFile } from '../settings/settings-file.ts'
import { settingKeys, settingsTable } from '../settings/table.ts'

/** The settings file of the Debian package. */
export const packagedSettings = '/etc/amazonmusic2mqtt/amazonmusic2mqtt.env'

/** Everything `doctor` needs to report on the settings. */
export function settingsFacts(sources: SettingSources): SettingsFacts {
  const { env, flags, facts } = sources
  return {
    table: settingKeys.map((key) => settingsTable[key]),
    flags: Object.fromEntries(
      settingKeys.flatMap((key) => {
        const flag = flags[key]
        return flag === undefined ? [] : [[settingsTable[key].env, flag]]
      }),
    ),
    env,
    facts,
    isCommandLine: (setting) => setting.parse === commandLine,
    readAll: () => readSettings(sources).notices,
    givenText,
    lineProblems: (text) => readSettingsFile(text).problems,
    file: packagedSettings,
  }
}
