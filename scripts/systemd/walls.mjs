import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { until } from '../lib/until.mjs'
import { unit } from './box.mjs'

const player = `${unit}.d/player.conf`

/** What the sandboxing of the unit lets through: a probe is run in the agent's place.
 * @param {import('./box.mjs').Box} box
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function walls(box, must) {
  await box.sh('mkdir -p /dev/snd && mknod /dev/snd/controlC0 c 116 0 && mknod /dev/proof-disk b 8 0')
  await box.sh('chown root:audio /dev/snd/controlC0 && chmod 660 /dev/snd/controlC0')
  const both = {
    ...{ 'state-write': 'yes', 'runtime-write': 'yes', 'tmp-write': 'yes', 'state-exec': 'no' },
    ...{ 'usr-exec': 'yes', '/etc-write': 'no', '/usr-write': 'no', '/var-write': 'no', '/opt-write': 'no' },
    ...{ '/var/lib-write': 'no', '/boot-write': 'no', 'home-read': 'no', 'root-read': 'no' },
    ...{ 'other-processes': 'no', namespaces: 'no', done: 'yes' },
  }
  await must(
    'only its own folders can be written, and nothing that is written there can be run',
    async () => {
      const found = await probe(box, { withPlayer: false })
      const devices = { 'sound-seen': 'no', 'sound-opened': 'no', 'disk-seen': 'no' }
      assert.deepEqual(found, { ...both, ...devices })
    },
  )
  await must(
    'what a player needs lets the sound devices through as well, through the group audio',
    async () => {
      const found = await probe(box, { withPlayer: true })
      const devices = { 'sound-seen': 'yes', 'sound-opened': 'yes', 'disk-seen': 'yes' }
      assert.deepEqual(found, { ...both, ...devices })
    },
  )
}

/** @returns {Promise<Record<string, string>>} by name of what was tried */
async function probe(box, { withPlayer }) {
  const inPlace = readFileSync(box.at(`/usr/lib/systemd/system/${unit}`), 'utf8')
    .replace(/^ExecStart=.*/m, `ExecStart=${box.proof('probe.sh')}`)
    .replace(/^Type=.*/m, 'Type=exec')
    .replace(/^(Restart|WatchdogSec|RuntimeDirectoryPreserve)=.*\n/gm, '')
  const name = `a2m-probe-${withPlayer ? 'player' : 'alone'}.service`
  box.write(`/etc/systemd/system/${name}`, inPlace)
  if (withPlayer) {
    const text = readFileSync(box.at(`/usr/lib/systemd/system/${player}`), 'utf8')
    box.write(`/etc/systemd/system/${name}.d/player.conf`, text)
  }
  await box.ctl('daemon-reload')
  await box.ctl('start', name)
  const lines = await until('the probe', async () => {
    const said = await box.out(['journalctl', '--no-pager', '-o', 'cat', '-u', name])
    return /^done yes$/m.test(said) && said.split('\n')
  })
  await box.sh('rm -rf /var/lib/amazonmusic2mqtt')
  return Object.fromEntries(
    lines.map((line) => /^(\S+) (yes|no)$/.exec(line)?.slice(1)).filter((pair) => pair !== undefined),
  )
}
