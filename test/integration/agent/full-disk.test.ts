import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { systemClock } from '../../../src/lib/clock.ts'
import { claimWhenWritable } from '../../../src/control/claim-when-writable.ts'
import { askOwner } from '../../../src/control/control-client.ts'
import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { logSink } from '../../support/log-sink.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { noMount, smallDisk } from '../../support/small-disk.ts'

const skip = noMosquitto || noMount

function error(agent: TestAgent): Record<string, unknown> {
  return JSON.parse(agent.now('error') ?? '{}') as Record<string, unknown>
}

function stored(folder: string, file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>
}

const count = (agent: TestAgent, words: string): number =>
  agent.log.filter((line) => line.includes(words)).length

for (const [words, code, break_, mend] of [
  ['full', 'ENOSPC', 'fill', 'makeRoom'],
  ['read-only', 'EROFS', 'lock', 'unlock'],
] as const) {
  test(
    `the disk becomes ${words} while music plays: it plays on, that is said once, and all is saved when it can be`,
    { skip },
    async (t) => {
      const disk = smallDisk(t)
      const doings = {
        fill: () => disk.fill(),
        makeRoom: () => disk.makeRoom(),
        lock: () => disk.readOnly(true),
        unlock: () => disk.readOnly(false),
      }
      const stateDir = join(disk.folder, 'state')
      const agent = await startTestAgent(t, {
        env: { A2M_STATE_DIR: stateDir },
        sandbox: { rotation: 'at-once' },
      })
      await agent.signIn()
      await agent.play('sunday kitchen', 'playlist')
      const before = stored(stateDir, 'tokens.json')['refresh_token']
      const calm = error(agent)
      assert.equal(calm['code'], 'state/volatile', 'the disk of this test is in memory')

      doings[break_]()
      const title = agent.state()['media_title']
      assert.equal((await agent.ask('set/volume', '31')).status, 'ok')
      assert.equal((await agent.ask('command', 'next')).status, 'ok')
      await agent.drive('the disk fails', () => error(agent)['code'] === 'state/unwritable', 10_000)
      assert.match(String(error(agent)['message']), new RegExp(`could not be written \\(${code}\\)`))
      // Over an hour: the refresh brings a new refresh token, and the old one is dead.
      const hourLater = agent.clock.monotonicMs() + 3_900_000
      await agent.drive('an hour', () => agent.clock.monotonicMs() > hourLater, 30_000)
      assert.notEqual(agent.state()['media_title'], title)
      assert.notEqual(agent.state()['state'], 'off')
      assert.equal(count(agent, 'The disk takes nothing'), 1)
      assert.equal(count(agent, 'The sign-in is kept in memory only'), 1)
      assert.equal(stored(stateDir, 'tokens.json')['refresh_token'], before, 'the old one is whole')
      const refused = await agent.ask('request/preset_save', '{"name":"x","play":{"query":"y"}}')
      assert.equal(refused.error?.code, 'state/unwritable', 'who asks for a write is told')

      doings[mend]()
      await agent.drive('it heals', () => error(agent)['code'] === 'state/volatile', 10_000)
      await agent.drive('the token is saved', () => count(agent, 'on the disk again') === 2, 10_000)
      assert.notEqual(stored(stateDir, 'tokens.json')['refresh_token'], before)
      await agent.drive(
        'the volume is saved',
        () => stored(stateDir, 'playback.json')['volume'] === 31,
        10_000,
      )
      assert.deepEqual(
        readdirSync(stateDir).filter((file) => /tmp|\.new|probe|corrupt/.test(file)),
        [],
        'nothing half-made is left',
      )

      // The next life needs nobody.
      await agent.stop()
      await agent.start()
      await agent.said('account', ({ text }) => text.includes('"state":"signed_in"'))
      // Before its disk is taken away: it would make the folder anew.
      await agent.stop()
    },
  )
}

test(
  'a disk that is full at the start: the agent is there, shows no code until it could be kept, and then does',
  { skip },
  async (t) => {
    const disk = smallDisk(t)
    const stateDir = join(disk.folder, 'state')
    disk.fill()
    const agent = await startTestAgent(t, { env: { A2M_STATE_DIR: stateDir } })
    await agent.said('error', ({ text }) => text.includes('state/unwritable'))
    assert.equal(agent.sandbox.control.codes().length, 0)
    disk.makeRoom()
    await agent.drive('a code', () => agent.sandbox.control.codes().length > 0, 10_000)
    assert.equal(count(agent, 'the sign-in will be lost when this device restarts'), 1)
    await agent.signIn()
    await agent.drive('the device id is saved', () => readdirSync(stateDir).includes('device.json'), 10_000)
    const info = JSON.parse(agent.now('info') ?? '{}') as Record<string, unknown>
    assert.equal(stored(stateDir, 'device.json')['deviceId'], info['device_id'])
    await agent.stop()
  },
)

test(
  'a disk that is read-only at the start: the agent runs as it last was, tells it, and owns the folder once it can',
  { skip },
  async (t) => {
    const disk = smallDisk(t)
    const stateDir = join(disk.folder, 'state')
    const agent = await startTestAgent(t, { env: { A2M_STATE_DIR: stateDir } })
    await agent.signIn()
    const before = JSON.parse(agent.now('info') ?? '{}') as Record<string, unknown>
    await agent.stop()
    disk.readOnly(true)

    await agent.start()
    await agent.said('error', ({ text }) => text.includes('state/unwritable'))
    await agent.said('account', ({ text }) => text.includes('"state":"signed_in"'))
    const info = JSON.parse(agent.now('info') ?? '{}') as Record<string, unknown>
    assert.equal(info['device_id'], before['device_id'])
    await agent.play('sunday kitchen', 'playlist')
    assert.equal((await agent.ask('set/volume', '31')).status, 'ok')
    assert.equal(count(agent, 'The disk takes nothing'), 1)
    const ask = (): Promise<unknown> => askOwner(stateDir, 'status', systemClock, AbortSignal.timeout(5_000))
    assert.equal(await ask(), undefined, 'nobody owns what cannot be written')

    disk.readOnly(false)
    await agent.drive('it heals', () => error(agent)['code'] === 'state/volatile', 10_000)
    await agent.drive('the volume is saved', () => stored(stateDir, 'playback.json')['volume'] === 31, 10_000)
    assert.notEqual(await ask(), undefined, 'the command line finds it now')
    await agent.stop()
  },
)

test(
  'a folder that another agent owns is left alone, also where the disk is read-only',
  { skip },
  async (t) => {
    const disk = smallDisk(t)
    const stateDir = join(disk.folder, 'state')
    const agent = await startTestAgent(t, { env: { A2M_STATE_DIR: stateDir } })
    await agent.signIn()
    disk.readOnly(true)
    const options = { folder: stateDir, clock: systemClock, random: Math.random, log: logSink().log }
    const never = new AbortController().signal
    await assert.rejects(claimWhenWritable({ ...options, onRequest: () => Promise.resolve({}) }, never), {
      code: 'state/owned',
    })
    disk.readOnly(false)
    await agent.stop()
  },
)
