import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { stateFolder, unit } from './box.mjs'

const lookS = 20

/** A box on which nothing happens, and what may happen to systemd meanwhile.
 * @param {import('./box.mjs').Box} box
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function quiet(box, must) {
  await must('it survives daemon-reload and daemon-reexec, and goes on feeding the watchdog', async () => {
    await box.dropIn('watched', ['WatchdogSec=4'])
    await box.ctl('restart', unit)
    await box.becomes('StatusText', /^Ready$/)
    const pid = await box.show('MainPID')
    await box.ctl('daemon-reload')
    await sleep(2_000)
    await box.ctl('daemon-reexec')
    // Twice the patience of the watchdog.
    await sleep(8_000)
    assert.equal(await box.show('MainPID'), pid)
    assert.equal(await box.show('NRestarts'), '0')
    assert.equal(await box.show('WatchdogUSec'), '4s')
    // It is still heard.
    await box.stopBroker()
    await box.becomes('StatusText', /waiting for the broker/)
    await box.startBroker()
    await box.becomes('StatusText', /^Ready$/)
    await box.takeBack('watched')
    await box.ctl('restart', unit)
    assert.equal(await box.show('WatchdogUSec'), '1min')
    await box.becomes('StatusText', /^Ready$/)
  })
  await must(`nothing is written and nothing logged while nothing happens (${lookS} s)`, async () => {
    await sleep(2_000)
    const before = await traces(box)
    await sleep(lookS * 1000)
    assert.deepEqual(await traces(box), before)
  })
}

/** All that the disk and the journal know of the agent. */
async function traces(box) {
  const pid = await box.show('MainPID')
  return {
    pid,
    io: await box.sh(`grep -E '^(write_bytes|cancelled_write_bytes):' /proc/${pid}/io`),
    files: await box.sh(`find ${stateFolder} /run/amazonmusic2mqtt -printf '%p %s %T@ %C@\\n' | sort`),
    journal: await box.journal(),
  }
}
