import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { unit } from './box.mjs'

/** How it ends, and whether it comes back.
 * @param {import('./box.mjs').Box} box signed in, running
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function deaths(box, must) {
  const anew = async () => {
    await box.ctl('restart', unit)
    await box.becomes('StatusText', /^Ready$/)
    assert.equal(await box.show('NRestarts'), '0')
  }
  /** @returns {Promise<number>} how long it took systemd to start the agent again, in seconds */
  const comesBack = async (times) => {
    // The clock is systemd's, too.
    const began = Number(process.hrtime.bigint()) / 1e9
    await box.becomes('NRestarts', String(times), 90_000)
    await box.becomes('ActiveState', 'active')
    await box.becomes('StatusText', /^Ready$/)
    return (await box.seconds('ExecMainStart')) - began
  }

  await must('a process that hangs is killed by the watchdog and comes back, signed in', async () => {
    await box.dropIn('watched', ['WatchdogSec=4'])
    await box.dropIn('hang', [`Environment=NODE_OPTIONS=--require=${box.proof('hang.cjs')}`])
    await anew()
    await box.ctl('kill', '--kill-whom=main', '-s', 'USR2', unit)
    const seconds = await comesBack(1)
    assert.match(await box.journal(), /Watchdog timeout/)
    // The patience of the watchdog and the delay before a restart.
    assert.ok(seconds < 4 + 5 + 2, `${seconds} s`)
    return `${seconds.toFixed(1)} s`
  })
  await must('a process that hangs is stopped all the same, within 15 s', async () => {
    await box.takeBack('watched')
    await anew()
    await box.ctl('kill', '--kill-whom=main', '-s', 'USR2', unit)
    await sleep(500)
    const seconds = await timed(() => box.ctl('stop', unit))
    assert.ok(seconds < 16, `${seconds} s`)
    await box.takeBack('hang')
    return `${seconds.toFixed(1)} s`
  })
  await must('stop ends it cleanly, and says offline', async () => {
    await anew()
    const seconds = await timed(() => box.ctl('stop', unit))
    assert.ok(seconds < 15, `${seconds} s`)
    assert.equal(await box.show('Result'), 'success')
    assert.equal(await box.show('ExecMainStatus'), '0')
    assert.equal(await box.topic('availability'), 'offline')
    return `${seconds.toFixed(2)} s`
  })
  await must(
    'it comes back from the command restart, and from kill -9 after a delay that grows where systemd can',
    async () => {
      await anew()
      await box.publish('command', 'restart')
      const delays = [await comesBack(1)]
      for (const times of [2, 3]) {
        await box.ctl('kill', '--kill-whom=main', '-s', 'KILL', unit)
        delays.push(await comesBack(times))
      }
      const grows = box.release >= 254 ? [5, 7.6, 11.4] : [5, 5, 5]
      for (const [index, delay] of delays.entries()) {
        assert.ok(Math.abs(delay - grows[index]) < 1, `${delays.join(', ')} s, not ${grows.join(', ')} s`)
      }
      return delays.map((delay) => `${delay.toFixed(1)} s`).join(', ')
    },
  )
  await must('a restart by hand begins with the shortest delay again', anew)
  await must('wrong settings end it for good, and the journal says which', async () => {
    await box.ctl('stop', unit)
    box.configure({ A2M_VOLUME_LIMIT: '900' })
    const { status } = await box.machine.run(['systemctl', 'start', unit])
    assert.notEqual(status, 0)
    assert.equal(await box.show('ExecMainStatus'), '78')
    // Longer than the delay before a restart.
    await sleep(7_000)
    assert.equal(await box.show('ActiveState'), 'failed')
    assert.equal(await box.show('NRestarts'), '0')
    assert.match(await box.journal(), /A2M_VOLUME_LIMIT/)
    box.configure()
    await anew()
  })
}

async function timed(act) {
  const beganMs = performance.now()
  await act()
  return (performance.now() - beganMs) / 1000
}
