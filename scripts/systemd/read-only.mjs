import assert from 'node:assert/strict'

import { stateFolder, unit } from './box.mjs'

/** A system that cannot be written, but for the state folder.
 * @param {import('./box.mjs').Box} box
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function readOnly(box, must) {
  const partition = '/srv/state'
  await box.sh(`rm -rf ${stateFolder} && mkdir -p ${partition} ${stateFolder}`)
  const bootReadOnly = async () => {
    await box.machine.poweroff()
    await box.boot({ args: ['--read-only', `--bind=${box.at(partition)}:${stateFolder}`] })
    // nspawn means everything.
    await box.sh(`mount -o remount,bind,rw ${stateFolder}`)
    assert.notEqual((await box.machine.run(['touch', '/var/lib/proof'])).status, 0)
  }
  await must('on a read-only root it signs in, and is signed in after the next boot', async () => {
    await bootReadOnly()
    await box.startBroker()
    await box.startSandbox()
    await box.ctl('start', unit)
    await box.approve()
    await box.ctl('restart', unit)
    await box.becomes('StatusText', /^Ready$/)
    await bootReadOnly()
    await box.startBroker()
    await box.ctl('start', unit)
    // There is no Amazon any more, but a token to show to it.
    return box.becomes('StatusText', /^Signed in/)
  })
}
