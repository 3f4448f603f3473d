import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'

import { until } from '../lib/until.mjs'
import { clientId, profileId, settingsFile } from './box.mjs'

const unit = 'amazonmusic2mqtt-first-boot.service'
const folder = '/boot/firmware'
const file = `${folder}/amazonmusic2mqtt.env`
const problems = `${folder}/amazonmusic2mqtt-problems.txt`

/** Settings that somebody put on the SD card, at a machine that nobody sits at.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function bootPartition(box, must) {
  box.download(box.right)
  const ids = `A2M_LWA_CLIENT_ID=${clientId}\nA2M_SECURITY_PROFILE_ID=${profileId}\n`
  const sandbox = box.read('/root/sandbox.env')
  // As Windows writes it.
  const windows = (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`
  box.write(file, windows('A2M_LWA_CLIENT_ID=x\n'))
  await box.boot()

  await must('a file that is wrong already when it installs is told there, too', async () => {
    const ran = await box.install([])
    assert.match(ran.stderr, /Note:\s+The settings in \/boot\/firmware.* are not usable[^]*A2M_LWA_CLIENT_ID/)
    assert.equal(ran.status, 78)
    assert.ok(box.exists(file))
  })
  box.write(file, windows(`# my settings\n${ids}${sandbox}A2M_DEVICE_NAME=garage\n`))
  await must(
    'installed without a question, it takes the file on the boot partition and deletes it',
    async () => {
      const ran = await box.install([])
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.deepEqual(readdirSync(box.at(folder)), [])
      await box.isActive()
      assert.ok(box.inForce().includes('A2M_DEVICE_NAME=garage'))
      assert.ok(!box.read(settingsFile).includes('\r'))
      assert.equal(await box.out(['stat', '-c', '%a %U:%G', settingsFile]), '640 root:amazonmusic2mqtt')
    },
  )
  await must('at a later boot a file with one line changes that setting', async () => {
    await box.poweroff()
    // Windows hides that it has put .txt at the end; older images have the partition one level up.
    box.write('/boot/amazonmusic2mqtt.env.txt', windows("export A2M_MQTT_URL='mqtt://broker.lan'\n"))
    await box.boot()
    await box.isActive()
    assert.ok(box.inForce().includes("A2M_MQTT_URL='mqtt://broker.lan'"))
    assert.ok(box.inForce().includes('A2M_DEVICE_NAME=garage'))
    assert.ok(!box.exists('/boot/amazonmusic2mqtt.env.txt'))
    const began = await box.out([
      'systemctl',
      'show',
      '--value',
      '-p',
      'ExecMainStartTimestampMonotonic',
      'amazonmusic2mqtt',
    ])
    const ended = await box.out([
      'systemctl',
      'show',
      '--value',
      '-p',
      'ExecMainExitTimestampMonotonic',
      unit,
    ])
    assert.ok(
      Number(began) > Number(ended),
      `the service began at ${began}, the file was taken until ${ended}`,
    )
    assert.equal(await box.show('NRestarts'), '0')
  })
  await must(
    'a wrong file changes nothing, is told beside it, in the journal and at the login, and stays',
    async () => {
      await box.poweroff()
      const text = box.read(settingsFile)
      box.write(file, windows('A2M_MQTT_URL=ftp://broker\nA2M_DEVICE_NAME=cellar\n'))
      await box.boot()
      await box.isActive()
      await until('its end', async () => (await box.show('ActiveState', unit)) === 'failed')
      assert.equal(box.read(settingsFile), text)
      assert.ok(box.exists(file))
      for (const said of [
        box.read(problems),
        await box.out(['cat', '/run/motd.d/50-amazonmusic2mqtt-settings']),
        await box.out(['journalctl', '--no-pager', '-o', 'cat', '-b', '-u', unit]),
      ]) {
        assert.match(said, /A2M_MQTT_URL: expected mqtt:/)
      }
    },
  )
  await must('corrected there it is taken, and the warnings go', async () => {
    box.write(file, windows('A2M_DEVICE_NAME=cellar\n'))
    await box.out(['systemctl', 'start', unit])
    await box.isActive()
    assert.deepEqual(readdirSync(box.at(folder)), [])
    assert.equal((await box.run(['test', '-e', '/run/motd.d/50-amazonmusic2mqtt-settings'])).status, 1)
    assert.ok(box.inForce().includes('A2M_DEVICE_NAME=cellar'))
    await until('the restart', async () =>
      (
        await box.run([
          ...['sh', '-c'],
          `tr '\\0' '\\n' </proc/$(systemctl show --value -p MainPID amazonmusic2mqtt)/environ`,
        ])
      ).stdout.includes('\nA2M_DEVICE_NAME=cellar\n'),
    )
  })
  await must('a line that is no setting is named by its number, not by what it holds', async () => {
    box.write(file, 'A2M_DEVICE_NAME=attic\nmy secret\n')
    assert.notEqual((await box.run(['systemctl', 'start', unit])).status, 0)
    const said = box.read(problems)
    assert.match(said, /line 2: is no setting/)
    assert.ok(!said.includes('secret'))
    rmSync(box.at(file))
  })
  await must(
    'a line that systemd would read in another way than Node is refused, and nothing is deleted',
    async () => {
      const text = box.read(settingsFile)
      for (const line of [
        'A2M_VOLUME_LIMIT=60   # x',
        'A2M_MQTT_USERNAME=abc#1',
        'A2M_MQTT_USERNAME=ab\\cd',
      ]) {
        box.write(file, windows(`A2M_DEVICE_NAME=attic\n${line}\n`))
        assert.notEqual((await box.run(['systemctl', 'start', unit])).status, 0, line)
        assert.match(box.read(problems), /line 2: A2M_[A-Z_]+: holds a /)
        assert.ok(box.exists(file))
        assert.equal(box.read(settingsFile), text)
      }
      rmSync(box.at(file))
    },
  )
  await must('what is taken reaches the service as it was meant', async () => {
    const values = [
      'abc#1',
      'ab\\cd',
      '60   # x',
      '$HOME ${HOME} $$',
      'it"s `so`',
      '%H %%',
      'ü🎵',
      "it's",
      ' a\tb ',
    ]
    for (const value of values) {
      const quote = value.includes("'") ? '"' : "'"
      box.write(file, windows(`A2M_MQTT_USERNAME=${quote}${value}${quote}\n`))
      await box.out(['systemctl', 'start', unit])
      await box.isActive()
      await until(`${JSON.stringify(value)} in the service`, async () =>
        (
          await box.run([
            ...['sh', '-c'],
            `tr '\\0' '\\n' </proc/$(systemctl show --value -p MainPID amazonmusic2mqtt)/environ`,
          ])
        ).stdout.includes(`\nA2M_MQTT_USERNAME=${value}\n`),
      )
    }
  })
  await must('uninstall.sh --purge takes the warnings with it', async () => {
    const ran = await box.uninstall(['--purge'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.ok(!box.exists(problems))
    assert.equal((await box.run(['test', '-e', '/run/motd.d/50-amazonmusic2mqtt-settings'])).status, 1)
  })
}
