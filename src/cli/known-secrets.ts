import { join } from 'node:path'

import { readLoginFile } from '../login-display/login-file.ts'
import type { SettingSources } from '../settings/read-settings.ts'
import { settingKeys, settingsTable } from '../settings/table.ts'
import { usableSettings } from './usable-settings.ts'

/** All that is secret here and known to be: settings, passwords in files, the code that waits. Empty texts too. */
export function knownSecrets({ env, facts }: SettingSources): readonly string[] {
  const read = (path: string | undefined): string => {
    try {
      return path === undefined || path === '' ? '' : facts.readFile(path).trim()
    } catch {
      return ''
    }
  }
  const [, userInfo = ''] = /^\s*[a-z]+:\/\/([^/\s]*)@/i.exec(env['A2M_MQTT_URL'] ?? '') ?? []
  const password = userInfo.split(':').slice(1).join(':')
  const credentials = env['CREDENTIALS_DIRECTORY']
  const folder = usableSettings({ env, flags: {}, facts }, ['stateDir'])?.stateDir
  const login = folder === undefined ? undefined : readLoginFile(folder)
  return [
    ...settingKeys.filter((key) => settingsTable[key].secret).map((key) => env[settingsTable[key].env] ?? ''),
    password,
    decoded(password),
    read(env['A2M_MQTT_PASSWORD_FILE']),
    ...(credentials === undefined ? [] : [read(join(credentials, 'mqtt-password'))]),
    ...(login?.state === 'awaiting_user' ? [login.userCode, login.verificationUriComplete] : []),
  ]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
