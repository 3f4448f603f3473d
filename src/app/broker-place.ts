import { readFileSync } from 'node:fs'

import type { BrokerOptions, ConnectionOptions } from '../mqtt/types.ts'
import type { Settings } from '../settings/table.ts'

export const brokerSettings = [
  'mqttUrl',
  'mqttUsername',
  'mqttPassword',
  'mqttPasswordFile',
  'mqttCaFile',
  'mqttCertFile',
  'mqttKeyFile',
  'mqttKeyPassphrase',
  'mqttKeyPassphraseFile',
  'mqttServerName',
  'mqttVersion',
  'mqttClientId',
] as const

/** Address and credentials of the broker, from the settings, which have checked the TLS files. */
export function brokerPlace(
  settings: Pick<Settings, (typeof brokerSettings)[number]>,
): Pick<ConnectionOptions, 'url' | 'username' | 'password' | 'tls' | 'serverName'> &
  Pick<BrokerOptions, 'version'> {
  const { mqttUrl, mqttUsername, mqttPassword, mqttCaFile, mqttCertFile, mqttKeyFile } = settings
  const { mqttKeyPassphrase, mqttServerName, mqttVersion } = settings
  return {
    url: mqttUrl,
    ...(mqttUsername === undefined ? {} : { username: mqttUsername }),
    ...(mqttPassword === undefined ? {} : { password: mqttPassword }),
    tls: {
      ...(mqttCaFile === undefined ? {} : { ca: readFileSync(mqttCaFile) }),
      ...(mqttCertFile === undefined ? {} : { cert: readFileSync(mqttCertFile) }),
      ...(mqttKeyFile === undefined ? {} : { key: readFileSync(mqttKeyFile) }),
      ...(mqttKeyPassphrase === undefined ? {} : { passphrase: mqttKeyPassphrase }),
    },
    ...(mqttServerName === undefined ? {} : { serverName: mqttServerName }),
    ...(mqttVersion === 'auto' ? {} : { version: mqttVersion === '5' ? 5 : 4 }),
  }
}
