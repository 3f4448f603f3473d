import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { unit } from './box.mjs'

/** Players as children of the agent, within its walls.
 * @param {import('./box.mjs').Box} box signed in
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 * @param {{ mpv: boolean }} options
 */
export async function play(box, must, { mpv }) {
  const command = JSON.stringify(['/usr/bin/node', box.proof('player.mjs')])
  await must("a maker's player plays within the walls", () =>
    plays(box, { A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: command }),
  )
  if (mpv) {
    await must('mpv plays within the walls', () =>
      plays(box, { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'null' }),
    )
  }
  box.configure()
  await box.ctl('restart', unit)
  await box.becomes('StatusText', /^Ready$/)
}

async function plays(box, settings) {
  box.configure(settings)
  await box.ctl('restart', unit)
  await box.becomes('StatusText', /^Ready$/)
  await box.publish('request/play', '{"query":"velvet orchard","type":"album"}')
  await box.becomes('StatusText', /^Playing \S/)
  const status = await box.show('StatusText')
  const playedMs = 3_000
  await sleep(playedMs)
  const processes = await box.sh(`cat /sys/fs/cgroup/system.slice/${unit}/cgroup.procs | wc -l`)
  assert.ok(Number(processes) >= 2, 'the player is no child of the service')
  const tasks = await box.sh(`cat /sys/fs/cgroup/system.slice/${unit}/cgroup.threads | wc -l`)
  const rss = await box.sh(
    `for pid in $(cat /sys/fs/cgroup/system.slice/${unit}/cgroup.procs); do grep VmRSS /proc/$pid/status; done`,
  )
  const kb = [...rss.matchAll(/(\d+) kB/g)].reduce((sum, [, one]) => sum + Number(one), 0)
  // Positions are told when something happens, not on a tick.
  await box.publish('command', 'pause')
  await box.becomes('StatusText', /^Paused: /)
  const position = Number(await box.topic('state/media_position'))
  assert.ok(Math.abs(position - playedMs / 1000) <= 2, `paused at ${position} s`)
  return `${status}; ${processes} processes with ${tasks} threads, ${Math.round(kb / 1024)} MB`
}
