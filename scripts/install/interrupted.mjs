import assert from 'node:assert/strict'

import { clientId, profileId } from './box.mjs'

/** The plug is pulled while it installs, at every moment that there is; then it is run again.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function interrupted(box, must) {
  await box.boot()
  const given = [
    '--lwa-client-id',
    clientId,
    '--security-profile-id',
    profileId,
    '--settings',
    '/root/sandbox.env',
  ]
  const kinds = box.suite === 'bookworm' ? [box.right] : [box.right, box.made.npm]
  for (const path of kinds) {
    box.download(path)
    const beganMs = performance.now()
    await box.install(given)
    const wholeS = (performance.now() - beganMs) / 1000
    await box.uninstall(['--purge'])
    await must(`killed at any moment of ${path.split('.').at(-1)}, it is whole when run again`, async () => {
      const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75]
      const seen = new Set()
      for (const share of shares) {
        const args = ['--yes', '--without-mpv', ...given].join(' ')
        // The whole family at once; dpkg has a group of its own.
        await box.sh(`setsid sh /root/download/install.sh ${args} >/dev/null 2>&1 & sleep ${(wholeS * share).toFixed(2)}
          pkill -KILL -f download/install.sh; pkill -KILL -x apt-get; pkill -KILL -x dpkg; pkill -KILL -x dpkg-deb
          pkill -KILL -f postinst; true`)
        seen.add(
          await box.sh('dpkg-query -W -f "\${Status}" "amazonmusic2mqtt*" 2>/dev/null || echo nothing'),
        )
        const ran = await box.install(given)
        assert.equal(ran.status, 0, `killed after ${share}: ${ran.stdout}${ran.stderr}`)
        assert.equal(await box.show('ActiveState'), 'active')
        assert.equal(await box.out(['dpkg', '--audit']), '')
        await box.uninstall(['--purge'])
        assert.ok(!box.exists('/usr/lib/amazonmusic2mqtt') && !box.exists('/etc/amazonmusic2mqtt'))
      }
      return `${shares.length} times within ${wholeS.toFixed(1)} s; found ${[...seen].join(', ')}`
    })
  }
}
