import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../lib/root.mjs'
import { unit } from './box.mjs'

/** What a release leaves out, as the unit allows for. */
const unknown = { 252: ['OpenFile', 'RestartSteps', 'RestartMaxDelaySec'] }
const mostExposed = 1.5

/** The unit as a file.
 * @param {import('./box.mjs').Box} box
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function unitFiles(box, must) {
  const units = readdirSync(join(root, 'systemd')).filter((name) => name.endsWith('.service'))
  await must('systemd-analyze verify has nothing to say but the keys it does not know', async () => {
    const paths = units.map((name) => `/usr/lib/systemd/system/${name}`)
    const { stdout, stderr } = await box.machine.run(['systemd-analyze', 'verify', '--man=no', ...paths])
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('amazonmusic2mqtt'))
    const keys = lines.map((line) => /Unknown key (?:name )?'(\w+)'/.exec(line)?.[1] ?? line)
    assert.deepEqual([...new Set(keys)].sort(), [...(unknown[box.release] ?? [])].sort())
    return units.join(', ')
  })
  const exposure = async (path) => {
    const said = await box.out(['systemd-analyze', 'security', '--no-pager', '--offline=true', path])
    const figure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)[1])
    assert.ok(figure <= mostExposed, said)
    return String(figure)
  }
  await must('the service is not more exposed than 1.5, with what a player needs', () =>
    exposure(`/usr/lib/systemd/system/${unit}`),
  )
  await must('the service by itself neither', async () => {
    await box.sh(`mkdir -p /root/alone && cp /usr/lib/systemd/system/${unit} /root/alone/alone.service`)
    // By its own name it would have its drop-in again.
    return exposure('/root/alone/alone.service')
  })
  await must('the user is made as the package has it made, in the group of the sound devices', async () => {
    await box.out(['systemd-sysusers', '/usr/lib/sysusers.d/amazonmusic2mqtt.conf'])
    await box.out(['systemd-sysusers', '/usr/lib/sysusers.d/amazonmusic2mqtt.conf'])
    assert.equal(await box.out(['id', '-nG', 'amazonmusic2mqtt']), 'amazonmusic2mqtt audio')
    assert.match(await box.out(['getent', 'passwd', 'amazonmusic2mqtt']), /:\/usr\/sbin\/nologin$/)
    await box.sh('chown root:amazonmusic2mqtt /etc/amazonmusic2mqtt/amazonmusic2mqtt.env')
  })
}
