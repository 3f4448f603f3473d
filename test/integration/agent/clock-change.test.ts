import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

const hourMs = 3_600_000
/** The longest between two looks at a clock that is believed. */
const lookMs = 30_000

function time(agent: TestAgent, topic: string, key: string): number {
  const payload = JSON.parse(agent.now(topic) ?? '{}') as Record<string, string>
  return Date.parse(payload[key] ?? '')
}

test(
  'a clock that is set moves every time that is shown, and none of what was to happen',
  { skip: noMosquitto },
  async (t) => {
    const agent = await startTestAgent(t)
    const { clock } = agent
    const set = async (byMs: number): Promise<void> => {
      clock.jumpWallClock(byMs)
      await clock.advance(lookMs)
      await agent.settle()
    }
    await agent.said('login', ({ text }) => text.includes('awaiting_user'))
    const codeEnds = time(agent, 'login', 'expires_at')
    await set(hourMs)
    assert.equal(time(agent, 'login', 'expires_at') - codeEnds, hourMs)

    await agent.signIn()
    await agent.play('sunday kitchen', 'playlist')
    assert.equal((await agent.ask('request/sleep', '{"minutes":30}')).status, 'ok')
    await agent.settle()
    const shown = () => ({
      position: time(agent, 'state', 'media_position_updated_at'),
      sleep: time(agent, 'state', 'sleep_at'),
      token: time(agent, 'account', 'token_expires_at'),
      refreshed: time(agent, 'account', 'refreshed_at'),
    })
    const before = shown()
    await set(-2 * hourMs)
    for (const [name, at] of Object.entries(shown())) {
      assert.equal(at - before[name as keyof typeof before], -2 * hourMs, name)
    }
    await agent.drive('the music sleeps when it was to', () => agent.state()['state'] === 'paused', 10_000)
    const sleptMs = clock.epochMs() - (before.sleep - 2 * hourMs)
    assert.ok(Math.abs(sleptMs) < 60_000, `${sleptMs} ms late`)
  },
)

test('what waits for a network is tried at once when the clock is set', { skip: noMosquitto }, async (t) => {
  // Waits of a minute and a half.
  const agent = await startTestAgent(t, { random: () => 0.99 })
  const { clock, sandbox } = agent
  await agent.signIn()
  sandbox.control.fault({ path: '/auth/o2/token', drop: 'before', times: 1_000 })
  const state = (): string => (JSON.parse(agent.now('account') ?? '{}') as { state: string }).state
  await agent.drive('the refresh fails', () => state() === 'refresh_failing', 60_000)
  // The table of waits has come to its end.
  await agent.drive('many tries', () => clock.sleeps.includes(89_400), 10_000)
  sandbox.control.clearFaults()
  clock.jumpWallClock(365 * 24 * hourMs)
  const mark = clock.monotonicMs()
  await agent.drive('signed in', () => state() === 'signed_in')
  assert.ok(clock.monotonicMs() - mark <= lookMs + 1_000, `${clock.monotonicMs() - mark} ms`)
})
