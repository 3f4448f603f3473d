import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { basename } from 'node:path'

import { until } from '../lib/until.mjs'
import { clientId, profileId, settingsFile } from './box.mjs'

/** From the first install by flags to the purge.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function debianPackage(box, must) {
  await box.boot()
  const before = await box.tree()
  const ids = ['--lwa-client-id', clientId, `--security-profile-id=${profileId}`]
  const serviceEnvironment = () =>
    box.sh(`tr '\\0' '\\n' </proc/$(systemctl show --value -p MainPID amazonmusic2mqtt)/environ`)
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
    // Nobody there to be asked, though nothing says so.
    const ran = await box.unattended('install.sh', ['--without-mpv'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, /It is installed already/)
    assert.equal(box.read(settingsFile), text)
    assert.equal(await box.out(['stat', '-c', '%a', settingsFile]), '640')
    await box.isActive()
  })
  const program = '/usr/lib/amazonmusic2mqtt/main.cjs'
  await must('damaged it is repaired, once apt can', async () => {
    rmSync(box.at(program))
    const never = await box.install(
      [],
      box.pretend({ 'apt-get': 'echo "E: the disk is on fire" >&2; exit 100' }),
    )
    assert.match(never.stderr, /the disk is on fire\n[^]*apt could not install it/)
    assert.equal(never.status, 69)
    assert.ok(!box.exists(program))
    // What it can do only with new lists.
    const lists = `case $* in
*update*) touch /root/updated; exit ;;
*install*) [ -e /root/updated ] || exit 100 ;;
esac
exec /usr/bin/apt-get "$@"`
    const ran = await box.install([], box.pretend({ 'apt-get': lists }))
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.ok(box.exists(program))
  })
  await must('while another installation runs it waits, and uninstall.sh says why it cannot', async () => {
    await box.sh(`mkdir -p /root/slow/DEBIAN && cd /root/slow/DEBIAN
printf 'Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x.invalid>\nDescription: x\n' >control
printf '#!/bin/sh\ntouch /root/began\nuntil [ -e /root/go ]; do sleep 0.1; done\n' >postinst
chmod 755 postinst; dpkg-deb --build /root/slow /root/slow.deb; systemd-run --quiet dpkg -i /root/slow.deb`)
    try {
      await until('the other one', () => box.exists('/root/began'))
      const refused = await box.uninstall([])
      assert.match(refused.stderr, /dpkg could not remove it/)
      assert.equal(refused.status, 69)
      await box.isActive()
      rmSync(box.at(program), { force: true })
      let isOver = false
      const waits = box.install([]).finally(() => (isOver = true))
      const said = "grep -qs 'Waiting for cache lock' /tmp/tmp.*/said"
      await until('apt waits', async () => isOver || (await box.run(['sh', '-c', said])).status === 0, 60_000)
      box.write('/root/go', '')
      const ran = await waits
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.ok(box.exists(program))
    } finally {
      // Whatever went wrong: who comes after needs the lock.
      box.write('/root/go', '')
    }
    await box.out(['dpkg', '--purge', 'slow'])
  })
  await must('run again with another broker it changes its two lines and no other', async () => {
    const lines = box.read(settingsFile).split('\n')
    const ran = await box.install(['--mqtt-url', 'mqtt://127.0.0.1:1884', '--mqtt-username', 'garden'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    const now = box.read(settingsFile).split('\n')
    assert.equal(now.length, lines.length)
    const changed = now.filter((line, index) => line !== lines[index])
    assert.deepEqual(changed, ["A2M_MQTT_URL='mqtt://127.0.0.1:1884'", "A2M_MQTT_USERNAME='garden'"])
    const environment = await serviceEnvironment()
    assert.match(environment, /^A2M_MQTT_URL=mqtt:\/\/127\.0\.0\.1:1884$/m)
    // Nobody listens there yet.
    assert.match(ran.stdout, /^FAIL +broker[^]*The agent goes on trying by itself/m)
  })
  await must('odd characters arrive as they are, both at the service and at the command', async () => {
    const odd = { A2M_MQTT_USERNAME: `it's $HOME #1`, A2M_MQTT_PASSWORD: `say "hi" \\n \`$HOME\` 50%` }
    const ran = await box.install([], odd)
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, /^== Starting the service\nNot signed in/m)
    const environment = (await serviceEnvironment()).split('\n')
    const command = [`--env-file=${settingsFile}`, '-p', 'JSON.stringify(process.env)']
    const seen = JSON.parse(await box.out(['/opt/proof/node', ...command]))
    for (const [name, value] of Object.entries(odd)) {
      assert.ok(environment.includes(`${name}=${value}`), environment.join('\n'))
      assert.equal(seen[name], value)
    }
    const both = await box.install([], { A2M_MQTT_PASSWORD: `it's "both"` })
    assert.equal(both.status, 0, both.stdout + both.stderr)
    assert.ok((await serviceEnvironment()).split('\n').includes(`A2M_MQTT_PASSWORD=it's "both"`))
    const refused = await box.install([], { A2M_MQTT_PASSWORD: `it's "both" #1` })
    assert.match(refused.stderr, /A2M_MQTT_PASSWORD holds a single quote beside .*--mqtt-password-file/s)
    assert.ok(!refused.stderr.includes(`it's`))
    assert.equal(refused.status, 78)
  })
  await must(
    'variables are settings, too; a password comes from a file, and nobody else can read it',
    async () => {
      const password = `it's "$\\ all#of it\``
      box.write('/root/password', `${password}\n`, 0o600)
      await box.sh(`printf 'listener 1884 127.0.0.1\npassword_file /etc/passwords\n' >/etc/broker.conf
      mosquitto_passwd -b -c /etc/passwords kitchen "$(cat /root/password)"; chmod 644 /etc/passwords
      systemd-run --quiet --unit=broker mosquitto -c /etc/broker.conf`)
      // The end of its last line is missing; the variables are stronger, and the flags most of all.
      box.write('/root/own.env', 'A2M_DEVICE_NAME=cellar\nA2M_MQTT_USERNAME=nobody\nA2M_LOG_LEVEL=info')
      const given = [
        ...['--mqtt-password-file', '/root/password'],
        ...['--settings', '/root/own.env', '--device-name', 'bath'],
      ]
      const ran = await box.install(given, { A2M_MQTT_USERNAME: 'kitchen', A2M_DEVICE_NAME: 'attic' })
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      // Only one of them can give it.
      assert.ok(box.inForce().includes("A2M_MQTT_PASSWORD=''"))
      assert.ok(box.inForce().includes('A2M_LOG_LEVEL=info'))
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
  await must('a service that does not start is told with what it said, and ends with 69', async () => {
    const dropIn = '/etc/systemd/system/amazonmusic2mqtt.service.d/broken.conf'
    const broken = 'echo the string has snapped; exit 1'
    box.write(dropIn, `[Service]\nExecStart=\nExecStart=/bin/sh -c '${broken}'\n`)
    await box.out(['systemctl', 'daemon-reload'])
    const ran = await box.install([])
    assert.match(ran.stderr, /^the string has snapped$[^]*The service does not start/m)
    assert.equal(ran.status, 69)
    rmSync(box.at(dropIn))
    await box.sh('systemctl daemon-reload; systemctl reset-failed amazonmusic2mqtt')
  })
  await must('an agent that does not answer holds nobody up', async () => {
    const pretence = {
      amazonmusic2mqtt: 'exec sleep 1000',
      timeout: '[ "$1" = 60 ] && shift && exec /usr/bin/timeout 1 "$@"',
    }
    const ran = await box.install([], box.pretend(pretence))
    assert.match(ran.stdout, /The agent goes on trying by itself/)
    assert.equal(ran.status, 0)
  })
  if (box.suite === 'trixie') {
    await must('the newest package beside it is an upgrade, and the settings stay', async () => {
      const text = box.read(settingsFile)
      box.download(box.made.next, box.made.all)
      // One whose settings file says more than the one before, which is nothing to ask a person about; the next but one.
      await box.sh(`cd /root && dpkg-deb -R download/$(basename ${box.made.next}) newer &&
echo '# A word more.' >>newer${settingsFile} && sed -i 's/^Version: .*/Version: 100.0.0/' newer/DEBIAN/control &&
dpkg-deb --build newer download/amazonmusic2mqtt_100.0.0_all.deb`)
      const ran = await box.install([])
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.equal(box.read(settingsFile), text)
      const version = await box.out(['dpkg-query', '-W', '-f', '${Version}', 'amazonmusic2mqtt'])
      assert.equal(version, '100.0.0')
      rmSync(box.at('/root/download/amazonmusic2mqtt_100.0.0_all.deb'))
      await box.isActive()
      return version
    })
    await must('an older one goes on as well', async () => {
      const ran = await box.install(['--package', `/root/download/${basename(box.made.all)}`])
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      const version = await box.out(['dpkg-query', '-W', '-f', '${Version}', 'amazonmusic2mqtt'])
      assert.ok(basename(box.made.all).includes(`_${version}_`), version)
    })
  } else {
    await must('who has the package with its own Node keeps it, though apt has come to one', async () => {
      const newer = { 'apt-cache': "echo '  Candidate: 22.1.0'" }
      const ran = await box.install([], box.pretend(newer))
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.match(ran.stdout, /^== Installing amazonmusic2mqtt-bundled_.*\nIt is installed already/m)
    })
  }
  await must('uninstall.sh removes nothing where nobody can say yes', async () => {
    const ran = await box.unattended('uninstall.sh', [])
    assert.match(ran.stderr, /There is no terminal to ask on\. Say --yes/)
    assert.equal(ran.status, 64)
    await box.isActive()
  })
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
    const unit = 'amazonmusic2mqtt.service'
    assert.equal(await box.show('LoadState', unit), 'not-found')
    assert.equal(await box.show('DropInPaths', unit), '')
    assert.equal(await box.out(['find', '/tmp', '-maxdepth', '1', '-name', 'tmp.*']), '')
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
