import assert from 'node:assert/strict'
import { test } from 'node:test'

import { eventually } from '../support/eventually.ts'
import {
  albumTracks,
  endWithWholeRecord,
  noSound,
  record,
  soundingAgent,
} from '../support/audio/recorded-agent.ts'

/** Each in a row is waited for longer: 0, 1, 2 and 4 s. */
const kills = 4

/** The 200 kills of one player after the other are those of test/integration/player/mpv-killed.test.ts. */
test(
  'mpv is killed again and again: commands are answered meanwhile, and it sounds on',
  { skip: noSound },
  async (t) => {
    const { agent, ear, mpv } = await soundingAgent(t)
    const tracks = albumTracks('Quiet Compass')
    await agent.play('Quiet Compass', 'album')
    await ear.untilTone(tracks[0]?.hz ?? 0, 0)
    const commands = [
      ['command', 'mute'],
      ['command', 'unmute'],
      ['set/volume', '80'],
      ['command', 'pause'],
      ['command', 'play'],
      ['set/media_position', '+2'],
      ['set/volume', '100'],
    ] as const
    const silencesMs: number[] = []
    let longestMs = 0
    for (let kill = 0; kill < kills; kill++) {
      await ear.listen(Math.random() * 1_000)
      const pid = await mpv.pid()
      process.kill(pid, 'SIGKILL')
      const killedAtMs = ear.nowMs
      await ear.untilTone(0)
      for (const [name, payload] of commands) {
        const askedAtMs = performance.now()
        const answer = await agent.ask(name, payload)
        longestMs = Math.max(longestMs, performance.now() - askedAtMs)
        assert.equal(answer.status, 'ok', JSON.stringify(answer))
      }
      await eventually('another mpv', async () => (await mpv.pid()) !== pid, { step: () => ear.listen(50) })
      await agent.until('sound', () => agent.state()['state'] === 'playing')
      const track = tracks.find(({ id }) => id === agent.state()['media_content_id'])
      silencesMs.push(await ear.untilTone(track?.hz ?? 0, killedAtMs + 200))
    }
    t.diagnostic(
      `${silencesMs.length} kills; silent for ${silencesMs.map((ms) => ms.toFixed(0)).join(' ')} ms`,
    )
    t.diagnostic(`longest answer ${longestMs.toFixed(0)} ms`)
    t.diagnostic(record(agent).join(', '))
    assert.ok(longestMs < 2_000, `a command took ${longestMs} ms`)
    await endWithWholeRecord(agent)
  },
)
