import assert from 'node:assert/strict'

import { clientId, profileId } from './box.mjs'

const step = /^== Installing mpv/m

/** Where the agent is to sound by itself. mpv has been taken away; all that it stands on is there.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function withMpv(box, must) {
  box.write(
    '/root/ids.env',
    `A2M_LWA_CLIENT_ID=${clientId}\nA2M_SECURITY_PROFILE_ID=${profileId}\nA2M_LWA_URL=http://127.0.0.1:8080\n`,
  )
  const fetched = await box.debian.run(
    [
      ...['sh', '-c'],
      'apt-get -q update && apt-get -q -y --reinstall --download-only install mpv && mkdir /root/network && mv /var/cache/apt/archives/mpv_*.deb /root/network && dpkg --remove mpv',
    ],
    { withinMs: 300_000 },
  )
  if (fetched.status !== 0) throw new Error(`mpv cannot be fetched:\n${fetched.stdout}${fetched.stderr}`)
  // It need not try again and again to find out that there is no network.
  box.write('/etc/apt/apt.conf.d/99-retries', 'Acquire::Retries "0";\n')
  box.download(box.right)
  await box.boot()
  const install = () => box.unattended('install.sh', ['--yes', '--settings', '/root/ids.env'])
  const removable = async () => /^Remv mpv /m.test(await box.out(['apt-get', '-s', 'autoremove']))

  await must('where mpv cannot be had it says so, and the rest is installed', async () => {
    const ran = await install()
    assert.match(ran.stderr, /Note: mpv could not be installed.*sudo apt install mpv/)
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    await box.isActive()
  })
  await must('run again where it can be had, it installs mpv, and the agent plays by it', async () => {
    await box.sh('mv /root/network/* /var/cache/apt/archives')
    const ran = await install()
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, step)
    assert.match((await box.run(['amazonmusic2mqtt', 'check'])).stdout, /^ok +player +mpv/m)
    return /^mpv \S+/.exec(await box.out(['mpv', '--version']))[0]
  })
  await must('apt keeps it as long as the agent is there, and would take it after', async () => {
    assert.equal(await removable(), false)
    assert.doesNotMatch((await install()).stdout, step)
    await box.uninstall(['--purge'])
    await box.out(['mpv', '--version'])
    assert.equal(await removable(), true)
  })
  await must('beside the npm package, of which apt knows nothing, it keeps it', async () => {
    await box.out(['dpkg', '--remove', 'mpv'])
    box.download(box.made.npm)
    const ran = await install()
    assert.equal(ran.status, 0, ran.stdout + ran.stderr)
    assert.match(ran.stdout, step)
    await box.out(['mpv', '--version'])
    assert.equal(await removable(), false)
  })
}
