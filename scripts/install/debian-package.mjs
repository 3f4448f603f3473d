import assert from 'node:assert/strict'

import { clientId, profileId, settingsFile } from './box.mjs'

/** From the first install by flags to the purge.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function debianPackage(box, must) {
  await box.boot()
  const before = await box.tree()
  const ids = ['--lwa-client-id', clientId, `--security-profile-id=${profileId}`]
  // Both lie there, as a release has them: it chooses.
  box.download(box.made.all, box.made.bundled)
  await box.startSandbox()

  await must('a wrong id is told in the words of the agent, and ends with 78', async () => {
    const ran = await box.install(['--lwa-client-id', profileId, '--security-profile-id', profileId])
    assert.match(ran.stderr, /A2M_LWA_CLIENT_ID: this is a Security Profile ID/)
    assert.equal(ran.status, 78)
    assert.deepEqual(box.inForce(), [])
  })
  await must('by flags alone it is installed, running and waits for its sign-in', async () => {
    const ran = await box.install([...ids, '--settings', '/root/sandbox.env', '--device-name', 'kitchen'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, /sudo amazonmusic2mqtt login/)
    assert.equal(await box.show('ActiveState'), 'active')
    assert.match(box.inForce().join('\n'), new RegExp(`^A2M_LWA_CLIENT_ID='${clientId}'$`, 'm'))
    assert.equal(await box.out(['stat', '-c', '%a %U:%G', settingsFile]), '640 root:amazonmusic2mqtt')
    return box.out(['dpkg-query', '-W', '-f', '${binary:Package}\n', 'amazonmusic2mqtt*'])
  })
  await must('it has taken the package that fits the Node of this release', async () => {
    const wanted = box.suite === 'bookworm' ? 'amazonmusic2mqtt-bundled' : 'amazonmusic2mqtt'
    assert.equal(await box.out(['dpkg-query', '-W', '-f', '${db:Status-Status}', wanted]), 'installed')
  })
  await must('run again it changes nothing, and lines of a person stay as they are', async () => {
    const own = '# my own words\nA2M_LOG_LEVEL=debug   \n'
    box.write(settingsFile, own + box.read(settingsFile))
    await box.out(['chmod', '0600', settingsFile])
    const text = box.read(settingsFile)
    const ran = await box.install([])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.equal(box.read(settingsFile), text)
    assert.equal(await box.out(['stat', '-c', '%a', settingsFile]), '640')
    await box.isActive()
  })
  await must('run again with another broker it changes that line and no other', async () => {
    const lines = box.read(settingsFile).split('\n')
    const ran = await box.install(['--mqtt-url', 'mqtt://127.0.0.1:1884'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    const now = box.read(settingsFile).split('\n')
    assert.equal(now.length, lines.length)
    const changed = now.filter((line, index) => line !== lines[index])
    assert.deepEqual(changed, ["A2M_MQTT_URL='mqtt://127.0.0.1:1884'"])
    const environment = await box.sh(
      `tr '\\0' '\\n' </proc/$(systemctl show --value -p MainPID amazonmusic2mqtt)/environ`,
    )
    assert.match(environment, /^A2M_MQTT_URL=mqtt:\/\/127\.0\.0\.1:1884$/m)
  })
  await must(
    'variables are settings, too; a password comes from a file, and nobody else can read it',
    async () => {
      const password = `it's "$\\ all#of it\``
      box.write('/root/password', `${password}\n`, 0o600)
      await box.sh(`printf 'listener 1884 127.0.0.1\npassword_file /etc/passwords\n' >/etc/broker.conf
      mosquitto_passwd -b -c /etc/passwords kitchen "$(cat /root/password)"; chmod 644 /etc/passwords
      systemd-run --quiet --unit=broker mosquitto -c /etc/broker.conf`)
      const ran = await box.install(['--mqtt-password-file', '/root/password'], {
        A2M_MQTT_USERNAME: 'kitchen',
        A2M_DEVICE_NAME: 'bath',
      })
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.ok(!`${ran.stdout}${ran.stderr}`.includes('all#of'))
      const check = await box.run(['amazonmusic2mqtt', 'check'])
      assert.match(check.stdout, /^ok +broker/m)
      assert.ok(box.inForce().includes("A2M_DEVICE_NAME='bath'"))
      assert.equal(
        await box.out(['stat', '-c', '%a %U:%G', '/etc/amazonmusic2mqtt/mqtt-password']),
        '640 root:amazonmusic2mqtt',
      )
      assert.ok(!box.read(settingsFile).includes('all#of'))
    },
  )
  await must('settings that are wrong change nothing, and the service goes on', async () => {
    const text = box.read(settingsFile)
    const pid = await box.show('MainPID')
    const ran = await box.install(['--mqtt-url', 'ftp://broker'])
    assert.match(ran.stderr, /A2M_MQTT_URL: expected mqtt:\/\//)
    assert.equal(ran.status, 78)
    assert.equal(box.read(settingsFile), text)
    await box.isActive()
    assert.notEqual(pid, '0')
  })
  if (box.suite === 'trixie') {
    await must('a newer package beside it is an upgrade, and the settings stay', async () => {
      const text = box.read(settingsFile)
      box.download(box.made.next, box.made.all)
      const ran = await box.install([])
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.equal(box.read(settingsFile), text)
      const version = await box.out(['dpkg-query', '-W', '-f', '${Version}', 'amazonmusic2mqtt'])
      assert.equal(version, '99.0.0')
      await box.isActive()
      return version
    })
  }
  await must('uninstall.sh keeps settings and sign-in, and says so', async () => {
    const ran = await box.uninstall([])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, /These stay/)
    assert.ok(box.exists(settingsFile) && box.exists('/var/lib/amazonmusic2mqtt'))
    assert.ok(!box.exists('/usr/bin/amazonmusic2mqtt'))
  })
  await must('installed again, it goes on with them', async () => {
    box.download(box.right)
    const ran = await box.install([])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.ok(box.inForce().includes("A2M_DEVICE_NAME='bath'"))
    await box.isActive()
  })
  await must('uninstall.sh --purge leaves nothing, not even the user', async () => {
    await box.sh(
      'mkdir -p /etc/systemd/system/amazonmusic2mqtt.service.d && touch /etc/systemd/system/amazonmusic2mqtt.service.d/x.conf',
    )
    const ran = await box.uninstall(['--purge'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    await box.sh('rm -f /etc/broker.conf /etc/passwords')
    const now = await box.tree()
    assert.deepEqual(
      [...now].filter((line) => !before.has(line)),
      [],
    )
    assert.deepEqual(
      [...before].filter((line) => !now.has(line)),
      [],
    )
    return `${now.size} files and folders are as they were`
  })
  await must('and may be run once more', async () => {
    const ran = await box.uninstall([])
    assert.match(ran.stdout, /not installed here/)
    assert.equal(ran.status, 0)
  })
}
