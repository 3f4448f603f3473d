import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What there is to know of the custom integrations that make media players, by the owner of their repository.
 *
 * `A2M_HA_MEDIA_PLAYER` that it wants; whether a line in configuration.yaml makes it look for players, or else what its
 * dialogue is to be filled in with; what it cannot do, whatever it is told.
 */
const known = {
  bkbilly: { dialect: 'mqtt_media_player', byLine: true, steps: [], lacks: ['source'] },
  MiCodesOrg: { dialect: 'mqtt_media_player', byLine: false, steps: [{}], lacks: [] },
  shyndman: {
    dialect: 'mqtt_media_player_shyndman',
    byLine: false,
    steps: [{ setup_mode: 'discover' }, { device: 'amazonmusic2mqtt_kitchen' }],
    lacks: ['moment', 'cover'],
  },
  grzegorz914: {
    dialect: 'mqtt_universal_media_player',
    byLine: false,
    steps: [{ discovery_prefix: 'homeassistant' }],
    lacks: ['source'],
  },
}

/**
 * @param {string} folder `custom_components/DOMAIN` of one of them
 * @returns {{ folder: string, domain: string, version: string, owner: string } & (typeof known)['bkbilly']}
 * @throws {Error} it is none of them
 */
export function readIntegration(folder) {
  const { domain, version, documentation } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const owner = new URL(documentation).pathname.split('/')[1]
  if (!Object.hasOwn(known, owner))
    throw new Error(`${folder}: of ${owner}, not of ${Object.keys(known).join(', ')}`)
  return { folder, domain, version, owner, ...known[owner] }
}
