import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startTestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test(
  'the hook is told what topic event is told, and the end of playback when the agent ends',
  { skip: noMosquitto },
  async (t) => {
    const folder = tempFolder(t)
    const told = join(folder, 'told')
    const program = join(folder, 'hook')
    writeFileSync(program, `#!/bin/sh\ncat >>'${told}'\n`)
    chmodSync(program, 0o755)
    const lines = (): readonly string[] =>
      existsSync(told) ? readFileSync(told, 'utf8').split('\n').slice(0, -1) : []
    const kinds = (texts: readonly string[]): readonly unknown[] =>
      texts.map((text) => (JSON.parse(text) as { event_type: unknown }).event_type)

    const agent = await startTestAgent(t, { env: { A2M_HOOK: program, A2M_PLAYER: 'none' } })
    await agent.signIn()
    await agent.play('sunday kitchen', 'playlist')
    await agent.ask('command', 'pause')
    await agent.until('the pause', () => kinds(lines()).includes('playback_paused'))
    const published = (): readonly string[] =>
      agent.messages.filter(({ topic }) => topic.endsWith('/event')).map(({ text }) => text)
    assert.deepEqual(lines(), published())
    const seen = kinds(lines())
    assert.deepEqual(
      ['login_required', 'login_succeeded', 'playback_started', 'playback_paused'].filter((kind) =>
        seen.includes(kind),
      ),
      seen.filter((kind) => String(kind).startsWith('login_') || String(kind).startsWith('playback_')),
    )

    await agent.ask('command', 'play')
    await agent.stop()
    assert.equal(kinds(lines()).at(-1), 'playback_stopped')
  },
)

test('a hook that fails at everything changes nothing for playback', { skip: noMosquitto }, async (t) => {
  const agent = await startTestAgent(t, { env: { A2M_HOOK: '/no/such/program', A2M_PLAYER: 'none' } })
  await agent.signIn()
  await agent.play('sunday kitchen', 'playlist')
  assert.equal((await agent.ask('command', 'next')).status, 'ok')
  assert.equal(agent.state()['state'], 'playing')
  const said = agent.log.filter((line) => line.includes('hook/failed'))
  assert.equal(said.length, 1)
})
