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
  // A file: what is killed by its command line must not be the killer. dpkg has a group of its own.
  box.write(
    '/root/plug.sh',
    `setsid sh /root/download/install.sh --yes --without-mpv ${given.join(' ')} >/root/plug.log 2>&1 </dev/null &
sleep "$1"
pkill -KILL -f download/install.sh
pkill -KILL -x 'apt-get|dpkg|dpkg-deb'
pkill -KILL -f postinst
true
`,
  )
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
        await box.out(['sh', '/root/plug.sh', (wholeS * share).toFixed(2)])
        const found = `dpkg-query -W -f '\${Status}' amazonmusic2mqtt 2>/dev/null || true; echo; ls -d /usr/lib/amazonmusic2mqtt || true`
        seen.add((await box.sh(`{ ${found}; } 2>/dev/null`)).replace('\n', ' ') || 'nothing')
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
