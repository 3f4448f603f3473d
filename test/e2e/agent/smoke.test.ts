import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

test(
  'the built agent signs in, plays, skips, pauses and ends with SIGTERM, and no secret leaves the store',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    // Takes nothing, so it keeps all that was ever said.
    const witness = await home.visit()
    const agent = home.start({ args: ['run', '--log-level', 'trace'] })
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'online')
    await home.signIn()

    const played = await home.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')
    assert.equal(played.status, 'ok')
    const first = (await home.client.next(`${prefix}/state/media_title`, ({ text }) => text !== '')).text
    assert.equal((await home.ask('command', 'next')).status, 'ok')
    const second = (await home.client.next(`${prefix}/state/media_title`, ({ text }) => text !== first)).text
    assert.notEqual(second, first)
    assert.equal((await home.ask('command', 'pause')).data?.['state'], 'paused')
    await home.client.next(`${prefix}/state/state`, ({ text }) => text === 'paused')
    assert.equal((await home.ask('set/volume', '30')).data?.['volume'], 30)
    const called = await home.ask('request/call', '{"operation":"getActiveSessions"}')
    assert.equal(called.status, 'ok')

    const argv = readFileSync(`/proc/${agent.pid}/cmdline`, 'utf8')
    agent.kill('SIGTERM')
    const ended = await agent.ended()
    assert.deepEqual([ended.code, ended.signal], [0, null], ended.stderr)
    await home.client.next(`${prefix}/availability`, ({ text }) => text === 'offline')

    assert.deepEqual(home.sandbox.control.violations(), [])
    const reports = home.sandbox.control.reports().map(({ event }) => event.type)
    assert.deepEqual(
      reports,
      ['start', 'stop', 'start', 'stop'],
      'a start and a stop for each of the two tracks',
    )

    const issued = home.sandbox.control.secrets()
    const canaries = Object.values(issued).flat() as string[]
    assert.ok(canaries.length >= 5, 'the sandbox issued secrets to look for')
    const everySaid = witness.inbox.left.map(({ topic, text }) => `${topic} ${text}`).join('\n')
    const files = readdirSync(home.stateDir)
    for (const canary of canaries) {
      assert.ok(!ended.stdout.includes(canary) && !ended.stderr.includes(canary), 'a secret in the log')
      assert.ok(!everySaid.includes(canary), 'a secret on a topic')
      assert.ok(!argv.includes(canary), 'a secret in argv')
      for (const file of files.filter((name) => !/^tokens(\.previous)?\.json$/.test(name))) {
        assert.ok(!readFileSync(join(home.stateDir, file), 'utf8').includes(canary), `a secret in ${file}`)
      }
    }
    assert.ok(files.includes('tokens.json'), JSON.stringify(files))
    assert.equal(statSync(join(home.stateDir, 'tokens.json')).mode & 0o777, 0o600)
    assert.equal(statSync(home.stateDir).mode & 0o777, 0o700)
  },
)
