import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { freePort } from '../bench/stage.mjs'

/**
 * The steps of the first page but the making of a user. One of the others would add parts that ask the internet for
 * the weather and radio stations.
 */
const onboarding = {
  version: 4,
  minor_version: 1,
  key: 'onboarding',
  data: { done: ['core_config', 'analytics', 'integration'] },
}

/**
 * configuration.yaml of a Home Assistant on the loopback interface alone, without the parts that look for devices.
 *
 * @param {string} folder is made
 * @param {string} [more] YAML that stands below
 * @returns {Promise<string>} its address
 */
export async function writeConfiguration(folder, more = '') {
  await mkdir(join(folder, '.storage'), { recursive: true })
  await writeFile(join(folder, '.storage', 'onboarding'), JSON.stringify(onboarding))
  const port = await freePort()
  const lines = [
    'homeassistant:',
    '  name: Home',
    '  latitude: 52.5',
    '  longitude: 13.4',
    '  elevation: 30',
    '  unit_system: metric',
    '  time_zone: UTC',
    'http:',
    '  server_host: 127.0.0.1',
    `  server_port: ${port}`,
    'api:',
    'config:',
    'frontend:',
    'logger:',
    '  default: warning',
    '  logs:',
    // Says when the start is over.
    '    homeassistant.bootstrap: info',
  ]
  await writeFile(join(folder, 'configuration.yaml'), `${lines.join('\n')}\n${more}`)
  return `http://127.0.0.1:${port}`
}
