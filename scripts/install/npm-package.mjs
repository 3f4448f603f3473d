import assert from 'node:assert/strict'
import { cpSync, mkdirSync, rmSync } from 'node:fs'

import { clientId, profileId, settingsFile } from './box.mjs'

/** The npm package in place of a Debian one, on a Node that is the owner's own.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function npmPackage(box, must) {
  const given = [
    '--lwa-client-id',
    clientId,
    '--security-profile-id',
    profileId,
    '--settings',
    '/root/sandbox.env',
  ]
  const own = box.suite === 'bookworm' ? '/root/.nvm/versions/node/v24.0.0/bin/node' : undefined
  if (own !== undefined) {
    mkdirSync(box.at(own.slice(0, -'/node'.length)), { recursive: true })
    cpSync(box.made.node, box.at(own))
    // One that is looked at before, and is too old.
    box.write('/usr/local/bin/node', '#!/bin/sh\necho 18.20.4\n', 0o755)
  }
  await box.boot()
  const before = await box.tree()

  // What dpkg lays out, to hold it against.
  box.download(box.right)
  await box.install(given)
  const laid = new Set([...(await box.tree())].map(withoutHash))
  await box.uninstall(['--purge'])

  box.download(box.made.npm)
  await must(
    'it lays out what the Debian package does, in the same places with the same rights',
    async () => {
      const ran = await box.install(given)
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      const ours = new Set([...(await box.tree())].map(withoutHash))
      // And what the agent itself may have written by now.
      const dpkgs =
        /\/var\/lib\/(dpkg|amazonmusic2mqtt)\/|\/usr\/lib\/amazonmusic2mqtt\/(node|npm)|\/usr\/share\/lintian|amazonmusic2mqtt-bundled/
      const more = [...ours].filter((line) => !laid.has(line) && !dpkgs.test(line))
      const less = [...laid].filter((line) => !ours.has(line) && !dpkgs.test(line))
      // The bundled package has its documents in a folder of its own name.
      const isDoc = (line) => /\/usr\/share\/doc\/amazonmusic2mqtt|LICENSES\.txt/.test(line)
      assert.deepEqual(
        more.filter((line) => box.suite === 'trixie' || !isDoc(line)),
        [],
      )
      assert.deepEqual(less, [])
      return `${[...ours].filter((line) => !before.has(line)).length} files, folders and links`
    },
  )
  await must('the service runs on the Node that was found', async () => {
    await box.isActive()
    const runs = await box.sh('readlink /proc/$(systemctl show --value -p MainPID amazonmusic2mqtt)/exe')
    // The service may not look into home folders: that one was copied.
    assert.equal(runs, own === undefined ? '/usr/bin/node' : '/usr/lib/amazonmusic2mqtt/node')
    return runs
  })
  await must(
    'run again it is an upgrade: what a version before had goes, settings and sign-in stay',
    async () => {
      await box.sh(`touch /usr/lib/amazonmusic2mqtt/chunk-OLD.cjs
      echo 'file 0644 /usr/lib/amazonmusic2mqtt/chunk-OLD.cjs dist/chunk-OLD.cjs' >>/usr/lib/amazonmusic2mqtt/npm/list`)
      const text = box.read(settingsFile)
      const pid = await box.show('MainPID')
      const ran = await box.install([])
      assert.equal(ran.status, 0, ran.stdout + ran.stderr)
      assert.ok(!box.exists('/usr/lib/amazonmusic2mqtt/chunk-OLD.cjs'))
      assert.equal(box.read(settingsFile), text)
      assert.notEqual(await box.show('MainPID'), pid)
      await box.isActive()
    },
  )
  await must('a last step that fails is told with what it said, and is done when run again', async () => {
    const sysusers = box.pretend({ 'systemd-sysusers': 'echo no room for one more >&2; exit 1' })
    const failed = await box.install([], sysusers)
    assert.match(failed.stderr, /no room for one more\n[^]*The last step of the installation failed/)
    assert.equal(failed.status, 69)
    const ran = await box.install([])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    await box.isActive()
  })
  await must('a Debian package takes its place, with its settings', async () => {
    box.download(box.right)
    const ran = await box.install(['--device-name', 'attic'])
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.ok(!box.exists('/usr/lib/amazonmusic2mqtt/npm'))
    assert.ok(box.inForce().includes(`A2M_LWA_CLIENT_ID='${clientId}'`))
    await box.isActive()
    box.download(box.made.npm)
    const back = await box.install([])
    assert.match(back.stderr, /installed from a Debian package/)
    assert.equal(back.status, 69)
    await box.uninstall([])
  })
  await must('uninstall.sh that came along keeps settings, and with --purge leaves nothing', async () => {
    await box.install([])
    const uninstall = '/usr/lib/amazonmusic2mqtt/npm/uninstall.sh'
    await box.out(['sh', uninstall, '--yes'])
    assert.ok(box.exists(settingsFile) && !box.exists('/usr/bin/amazonmusic2mqtt'))
    assert.equal(await box.show('LoadState'), 'not-found')
    assert.ok(box.inForce().includes("A2M_DEVICE_NAME='attic'"))
    await box.install([])
    await box.isActive()
    await box.out(['sh', uninstall, '--yes', '--purge'])
    const now = await box.tree()
    assert.deepEqual(
      [...now].filter((line) => !before.has(line)),
      [],
    )
    assert.deepEqual(
      [...before].filter((line) => !now.has(line)),
      [],
    )
  })
  if (own !== undefined) rmSync(box.at(own))
}

/** A build beside us may give the files of the bundle other names between the two packages. */
function withoutHash(line) {
  return line.replace(/-[A-Z0-9]{8}\.cjs/, '-HASH.cjs')
}
