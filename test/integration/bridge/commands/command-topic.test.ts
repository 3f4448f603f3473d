import assert from 'node:assert/strict'

import { calls, pick, reports, stateBeforeAnswer } from '../service-calls.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

interface Step {
  readonly send: string
  /** Calls of the service that it makes, in order; others (what comes next is fetched ahead) may stand between. */
  readonly calls?: readonly string[]
  readonly reports?: readonly string[]
  /** What `state` says before the answer comes. */
  readonly state: Readonly<Record<string, unknown>>
  readonly command?: string
}

const next = 'GET playback/sessions/{id}/next'
const previous = 'GET playback/sessions/{id}/previous'
const shuffle = 'PUT playback/sessions/{id}/shuffle'
const loop = 'PUT playback/sessions/{id}/loop'
const restore = 'POST playback/sessions/{id}/restore'

/** One after the other, on a playlist that plays. */
const steps: readonly Step[] = [
  { send: 'pause', reports: ['stop userStop'], state: { state: 'paused' } },
  { send: 'pause', state: { state: 'paused' } },
  { send: 'play', reports: ['start'], state: { state: 'playing' } },
  { send: ' PLAY\n', command: 'play', state: { state: 'playing' } },
  { send: 'play_pause', reports: ['stop userStop'], state: { state: 'paused' } },
  { send: '{"command":"play_pause"}', reports: ['start'], state: { state: 'playing' } },
  { send: 'next', calls: [next], reports: ['stop userNext', 'start'], state: { state: 'playing' } },
  {
    send: '{"command":"next"}',
    calls: [next],
    reports: ['stop userNext', 'start'],
    state: { state: 'playing' },
  },
  { send: 'previous', calls: [previous], reports: ['stop userPrev', 'start'], state: { state: 'playing' } },
  { send: '{"command":"seek","position":20}', state: { media_position: 20 } },
  { send: '{"command":"seek","offset":-5}', state: { media_position: 15 } },
  { send: '{"command":"seek","offset":-600}', state: { media_position: 0 } },
  { send: 'volume_up', state: { volume: 55 } },
  { send: '{"command":"volume_up","step":100}', state: { volume: 100 } },
  { send: 'volume_down', state: { volume: 95 } },
  { send: '{"command":"volume_down","step":35}', state: { volume: 60 } },
  { send: 'mute', state: { muted: true } },
  { send: 'toggle_mute', state: { muted: false } },
  { send: 'toggle_mute', state: { muted: true } },
  { send: '{"command":"unmute"}', state: { muted: false } },
  { send: 'shuffle_on', calls: [shuffle], state: { shuffle: true } },
  { send: 'shuffle_off', calls: [shuffle], state: { shuffle: false } },
  { send: 'repeat_all', calls: [loop], state: { repeat: 'all' } },
  { send: 'repeat_off', calls: [loop], state: { repeat: 'off' } },
  {
    send: 'stop',
    reports: ['stop userStop'],
    state: { state: 'idle', media_title: null, media_position: null, can_next: false },
  },
  { send: 'stop', state: { state: 'idle' } },
  {
    send: 'play',
    calls: [restore],
    reports: ['start'],
    state: { state: 'playing', context: 'sunday kitchen' },
  },
  { send: 'restore', calls: [restore], reports: ['stop userStop', 'start'], state: { state: 'playing' } },
]

onEachVersion('every verb does what it says, and `state` says so before the answer', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  for (const step of steps) {
    const [callsBefore, reportsBefore] = [calls(agent.sandbox).length, reports(agent.sandbox).length]
    const answer = await agent.ask('command', step.send)
    const said = stateBeforeAnswer(agent)
    assert.equal(answer.status, 'ok', `${step.send}: ${JSON.stringify(answer)}`)
    const verb = /[a-z_]+/.exec(step.send.replace('{"command":', ''))?.[0]
    assert.equal(answer.command, step.command ?? verb)
    assert.deepEqual(pick(said, step.state), step.state, step.send)
    for (const key of Object.keys(pick(step.state, answer.data ?? {}))) {
      if (key in step.state) assert.equal(answer.data?.[key], step.state[key], `${step.send}: data.${key}`)
    }
    const wantedReports = step.reports ?? []
    await agent.until(
      `${wantedReports.join(', ')} after ${step.send}`,
      () => reports(agent.sandbox).length >= reportsBefore + wantedReports.length,
    )
    assert.deepEqual(reports(agent.sandbox).slice(reportsBefore), wantedReports, step.send)
    const made = calls(agent.sandbox).slice(callsBefore)
    for (const wanted of step.calls ?? [])
      assert.ok(made.includes(wanted), `${step.send}: ${made.join(', ')}`)
    if (step.calls === undefined) assert.deepEqual(made, [], step.send)
  }
  assert.deepEqual(agent.sandbox.control.violations(), [])
})

onEachVersion('restore goes on with the session that is named', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  const first = agent.state()
  await agent.play('deep focus tones', 'playlist')
  const answer = await agent.ask(
    'command',
    JSON.stringify({ command: 'restore', session_id: first['session_id'] }),
  )
  assert.equal(answer.status, 'ok')
  assert.equal(agent.state()['session_id'], first['session_id'])
  assert.equal(agent.state()['media_title'], first['media_title'])
})

onEachVersion('logout forgets the tokens, and login shows a new code', async (agent) => {
  await agent.play('sunday kitchen', 'playlist')
  assert.equal((await agent.ask('command', 'logout')).status, 'ok')
  await agent.said('state', ({ text }) => text.includes('"state":"off"'))
  await agent.said('account', ({ text }) => text.includes('"linked":false'))
  const refused = await agent.ask('request/search', '{"query":"river"}')
  assert.equal(refused.error?.code, 'account/signed-out')
  assert.equal((await agent.ask('command', 'login')).status, 'ok')
  await agent.said('login/status', ({ text }) => text === 'pending')
  await agent.signIn()
  assert.equal((await agent.ask('request/search', '{"query":"river"}')).status, 'ok')
})

onEachVersion('restart is answered, then the agent says offline and ends without an error', async (agent) => {
  await agent.publish('command', '{"command":"restart","transaction":1}')
  await agent.said('availability', ({ text }) => text === 'offline')
  const said = agent.messages.findLast(({ topic }) => topic === 'a2m/kitchen/result')?.text ?? ''
  assert.match(said, /^{"status":"ok","command":"restart".*"transaction":1}$/)
  await agent.stop()
})
