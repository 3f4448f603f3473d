import assert from 'node:assert/strict'

import { prefix } from '../../support/built-agent.ts'
import { onEachVersion } from './each-mqtt-version.ts'

onEachVersion(
  'five thousand volumes of a slider are no five thousand lines, and refusals are summed up once a minute',
  async (agent) => {
    const lines = (level: string, part: string): string[] =>
      agent.log.filter((line) => line.includes(`"level":"${level}"`) && line.includes(part))
    await agent.play('sunday kitchen', 'playlist')
    agent.sandbox.control.fault({ method: 'GET', path: '/v1/playback/sessions', delayMs: 1_000 })
    const held = agent.clock.sleeping
    await agent.publish('command', 'next')
    await agent.until('the service holds the call', () => agent.clock.sleeping > held)
    const mark = agent.messages.length
    const answers = (): number =>
      agent.messages.slice(mark).filter(({ topic }) => topic === `${prefix}/result`).length
    for (let volume = 0; volume < 500; volume++) await agent.publish('set/volume', String(volume % 100))
    await agent.until('refusals', () => answers() === 499)
    await agent.clock.advance(1_000)
    await agent.until('all answers', () => answers() === 501)
    assert.equal(lines('debug', 'command/superseded').length, 499)
    assert.deepEqual(lines('info', 'command/superseded'), [])

    for (let times = 0; times < 20; times++) await agent.publish('command', 'dance')
    for (let times = 0; times < 3; times++) await agent.publish('command', '{')
    await agent.until('all answers', () => answers() === 524)
    assert.equal(lines('info', 'command/unknown').length, 1)
    assert.equal(lines('info', 'command/payload').length, 1)
    await agent.clock.advance(60_000)
    const [sum, ...more] = lines('info', 'command/unknown').slice(1)
    assert.match(sum ?? '', /"times":19/)
    assert.deepEqual(more, [])
    assert.match(lines('info', 'command/payload')[1] ?? '', /"times":2/)
    // A new minute begins with a line of its own.
    await agent.publish('command', 'dance')
    await agent.until('an answer', () => answers() === 525)
    assert.equal(lines('info', 'command/unknown').length, 3)
    await agent.publish('command', 'dance')
    await agent.until('an answer', () => answers() === 526)
    await agent.stop()
    assert.match(lines('info', 'command/unknown')[3] ?? '', /"times":1/)
  },
)
