import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

import { signedInAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { RunningClock } from '../../support/clocks/running-clock.ts'

const player = join(resolve(import.meta.dirname, '../../..'), 'scripts', 'reference-player.mjs')

test('the whole agent plays with a program of a maker', { skip: noMosquitto }, async (t) => {
  const env = { A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: JSON.stringify([process.execPath, player]) }
  const agent = await signedInAgent(t, { env, clock: new RunningClock(), sandbox: { streams: 'file' } })
  await agent.play('short studies', 'album')
  assert.equal(agent.state()['player'], 'command')
  const title = agent.state()['media_title']
  assert.equal((await agent.ask('command', 'next')).status, 'ok')
  await agent.said('state', ({ text }) => text.includes('"state":"playing"') && !text.includes(String(title)))
  assert.equal((await agent.ask('command', 'stop')).status, 'ok')
  assert.deepEqual(agent.sandbox.control.violations(), [])
})

test(
  'a program that is not there is said once, in words, and the agent goes on',
  { skip: noMosquitto },
  async (t) => {
    const env = { A2M_PLAYER: 'command', A2M_PLAYER_COMMAND: '/no/such/player' }
    const agent = await signedInAgent(t, { env })
    await agent.said('error', ({ text }) => text.includes('"code":"player/missing"'))
    const answer = await agent.ask('request/play', '{"query":"short studies","type":"album"}')
    assert.equal(answer.error?.code, 'player/missing')
    assert.equal(agent.state()['state'], 'idle')
    for (let minute = 0; minute < 5; minute++) await agent.clock.advance(60_000)
    await agent.settle()
    const said = agent.messages.filter(
      ({ topic, text }) => topic.endsWith('/error') && text.includes('"code":"player/missing"'),
    )
    assert.equal(said.length, 1)
    assert.equal((await agent.ask('set/volume', '20')).data?.['volume'], 20)
  },
)

/** Says of each item that it began and is over, in one breath. */
const hasty = `
  const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
  say({ event: 'hello', protocol: 1, name: 'hasty', version: '1', preloads: false, decrypts: false })
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, command, item } = JSON.parse(line)
    say({ reply: id, ok: true })
    if (command !== 'load') return
    say({ event: 'started', item: item.id, position_ms: 0 })
    say({ event: 'ended', item: item.id, position_ms: 0 })
  }).on('close', () => process.exit(0))`

test(
  'a program whose items are over as soon as they begin costs few calls, and is given up in words',
  { skip: noMosquitto },
  async (t) => {
    const env = {
      A2M_PLAYER: 'command',
      A2M_PLAYER_COMMAND: JSON.stringify([process.execPath, '-e', hasty]),
    }
    const agent = await signedInAgent(t, { env })
    const { control } = agent.sandbox
    control.clearRequests()
    const station = control.catalog().find(({ kind }) => kind === 'station')
    const answer = await agent.ask('request/play', JSON.stringify({ id: station?.mrn }))
    assert.equal(answer.status, 'ok', JSON.stringify(answer))
    // To the agent its streams break off; three entries of those in a row are enough.
    await agent.drive('it is given up', () => agent.state()['state'] === 'idle', 100)
    await agent.settle()
    const errors = agent.messages.filter(
      ({ topic, text }) => topic.endsWith('/event') && text.includes('"event_type":"error"'),
    )
    assert.equal(errors.length, 3)
    const calls = control.requests(undefined, '/v1').length
    assert.ok(calls < 30, `${String(calls)} calls`)
    assert.deepEqual(control.violations(), [])
  },
)
