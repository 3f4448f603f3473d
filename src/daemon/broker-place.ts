import { readFileSync } from 'node:fs'

import type { ConnectionOptions } from '../bridge/broker-types.ts'
import type { Settings } from '../settings/table.ts'

export const brokerSettings = [
  'mqttUrl',
  'mqttUsername',
  'mqttPassword',
  'mqttPasswordFile',
  'mqttCaFile',
  'mqttCertFile',
  'mqttKeyFile',
] as const

/** Where the broker is and how to get in, from the settings. The TLS files were checked with them. */
export function brokerPlace(
  settings: Pick<Settings, (typeof brokerSettings)[number]>,
): Pick<ConnectionOptions, 'url' | 'username' | 'password' | 'tls'> {
  const { mqttUrl, mqttUsername, mqttPassword, mqttCaFile, mqttCertFile, mqttKeyFile } = settings
  return {
    url: mqttUrl,
    ...(mqttUsername === undefined ? {} : { username: mqttUsername }),
    ...(mqttPassword === undefined ? {} : { password: mqttPassword }),
    tls: {
      ...(mqttCaFile === undefined ? {} : { ca: readFileSync(mqttCaFile) }),
      ...(mqttCertFile === undefined ? {} : { cert: readFileSync(mqttCertFile) }),
      ...(mqttKeyFile === undefined ? {} : { key: readFileSync(mqttKeyFile) }),
    },
  }
}
