import { join } from 'node:path'

import { readLoginFile } from '../login-display/login-file.ts'
import { givenText } from '../settings/given-text.ts'
import type { SettingSources } from '../settings/read-settings.ts'
import { settingKeys, settingsTable } from '../settings/table.ts'
import { usableSettings } from './usable-settings.ts'

/**
 * All secrets this machine has, to be masked: secret settings, passwords in files, the pending user code. May
 * contain empty strings.
 */
export function knownSecrets({ env, facts }: SettingSources): readonly string[] {
  const given = (name: `A2M_${string}`, secret: boolean): string =>
    givenText({ env: name, secret }, env, undefined).text ?? ''
  const read = (path: string): string => {
    try {
      return path === '' ? '' : facts.readFile(path).trim()
    } catch {
      return ''
    }
  }
  const [, userInfo = ''] = /^\s*[a-z]+:\/\/([^/\s]*)@/i.exec(given('A2M_MQTT_URL', false)) ?? []
  const password = userInfo.split(':').slice(1).join(':')
  const credentials = env['CREDENTIALS_DIRECTORY']
  const folder = usableSettings({ env, flags: {}, facts }, ['stateDir'])?.stateDir
  const login = folder === undefined ? undefined : readLoginFile(folder)
  const secrets = settingKeys.map((key) => settingsTable[key]).filter(({ secret }) => secret)
  return [
    ...secrets.flatMap(({ env: name }) => [
      given(name, true),
      givenText({ env: name, secret: false }, env, undefined).text ?? '',
      read(given(`${name}_FILE`, false)),
    ]),
    password,
    decoded(password),
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
