import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { root } from '../lib/root.mjs'
import { clientId, profileId, settingsFile } from './box.mjs'

const firmware = '/boot/firmware'
const userData = `${firmware}/user-data`

/** The sample of docs/install.md, taken by cloud-init itself, where an image of Raspberry Pi OS has it look.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function cloudInit(box, must) {
  const page = readFileSync(join(root, 'docs/install.md'), 'utf8')
  box.write(userData, /^```yaml\n(#cloud-config\n[^]*?)^```$/m.exec(page)[1])
  // Its image has no server for ssh before the first boot is over, either.
  box.write(
    '/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg',
    `datasource_list: [NoCloud, None]
datasource: { NoCloud: { seedfrom: 'file://${firmware}' } }
ssh_deletekeys: false
ssh_genkeytypes: []
`,
  )
  box.write(`${firmware}/meta-data`, 'dsmode: local\ninstance_id: rpios-image\n')
  for (const path of [join(root, 'scripts/install.sh'), box.right])
    cpSync(path, box.at(`${firmware}/${basename(path)}`))
  // The other way at the same time, whose broker is not the sample's; here it brings what is not as at a person's.
  const ids = `A2M_LWA_CLIENT_ID=${clientId}\nA2M_SECURITY_PROFILE_ID=${profileId}\nA2M_MQTT_URL=mqtt://other\n`
  box.write(`${firmware}/amazonmusic2mqtt.env`, ids + box.read('/root/sandbox.env'))

  await must('cloud-init knows every word of the sample in the docs', async () => {
    const apt = ['apt-get', '-q', '-y', '-o', 'Dpkg::Options::=--force-unsafe-io']
    const got = async (...args) => {
      const ran = await box.debian.run([...apt, ...args], {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
        withinMs: 300_000,
      })
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    }
    await got('update')
    // debootstrap cannot: one of its parts wants a Python that is set up before it.
    await got('install', '--no-install-recommends', 'cloud-init')
    const ran = await box.debian.run(['cloud-init', 'schema', '--config-file', userData])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, /Valid schema/)
    return /\S+$/.exec((await box.debian.run(['cloud-init', '--version'])).stdout.trim())[0]
  })
  await must('at the first boot it installs by it, and the agent is there', async () => {
    await box.boot()
    const ran = await box.run(['cloud-init', 'status', '--wait', '--long'], { withinMs: 240_000 })
    const log = box.read('/var/log/cloud-init-output.log')
    assert.equal(ran.status, 0, ran.stdout + log)
    assert.match(ran.stdout, /DataSourceNoCloud/)
    assert.match(log, /Not signed in; amazonmusic2mqtt login asks for a code/)
    await box.isActive()
    const given = ['A2M_MQTT_URL=mqtt://192.168.1.10', 'A2M_PLAYER=none']
    for (const line of given) assert.ok(box.inForce().includes(line), box.inForce().join('\n'))
    assert.equal(await box.out(['stat', '-c', '%a %U:%G', settingsFile]), '640 root:amazonmusic2mqtt')
  })
  await must('what it was given is in its place alone', async () => {
    assert.ok(!box.exists('/etc/amazonmusic2mqtt-first.env'))
    assert.ok(!box.exists(`${firmware}/amazonmusic2mqtt.env`))
  })
  await must('after the next boot, too, it waits for its sign-in', async () => {
    await box.poweroff()
    await box.boot()
    await box.isActive()
    await box.startSandbox()
    const person = box.terminal('exec amazonmusic2mqtt login')
    await person.sees(/scan the QR code[^]*minutes\./)
    person.type('\u0003')
    await person.ended()
  })
}
