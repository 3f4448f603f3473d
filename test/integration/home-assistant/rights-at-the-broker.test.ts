import assert from 'node:assert/strict'
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { signedInAgent, type TestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const id = '0123456789abcdef'
const options = { skip: noMosquitto, timeout: 120_000 }

/** Lines `topic <access> <filter>` of docs/mqtt.md, for the names that tests use. */
function documentedRules(): readonly string[] {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'mqtt.md'), 'utf8')
  const [, block = ''] = /```\nuser kitchen\n(.*?)```/s.exec(docs) ?? []
  return block
    .split('\n')
    .filter((line) => line.startsWith('topic '))
    .map((line) => line.replaceAll('ID', id).replaceAll(' amazonmusic2mqtt/', ' a2m/'))
}

const dialects = ['mqtt_media_player', 'mqtt_media_player_shyndman', 'mqtt_universal_media_player'] as const

/** An agent at a broker that allows it what `rules` say and nobody else anything less than all. */
async function agentWith(
  t: TestContext,
  rules: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly agent: TestAgent; readonly log: () => string }> {
  const logFile = join(tempFolder(t), 'mosquitto.log')
  const stateDir = join(tempFolder(t), 'state')
  mkdirSync(stateDir, { mode: 0o700 })
  writeFileSync(join(stateDir, 'device.json'), JSON.stringify({ deviceId: id }), { mode: 0o600 })
  const agent = await signedInAgent(t, {
    broker: {
      passwords: { kitchen: 'secret' },
      acl: ['topic readwrite #', 'user kitchen', ...rules, ''].join('\n'),
      lines: ['allow_anonymous true', 'log_type all', `log_dest file ${logFile}`],
    },
    env: {
      A2M_MQTT_USERNAME: 'kitchen',
      A2M_MQTT_PASSWORD: 'secret',
      A2M_GROUPS: 'downstairs',
      A2M_STATE_DIR: stateDir,
      ...env,
    },
  })
  return { agent, log: () => readFileSync(logFile, 'utf8') }
}

/** Topics and filters that the agent's client used, by what the broker's log says. */
function used(log: string): { readonly written: readonly string[]; readonly read: readonly string[] } {
  const lines = log.split('\n')
  const of = (start: string): string[] => lines.filter((line) => line.includes(start))
  const written = of(`Received PUBLISH from a2m-${id}`).map((line) => /'([^']+)'/.exec(line)?.[1] ?? '')
  const read = of(`a2m-${id} 1 `).map((line) => line.split(' ').at(-1) ?? '')
  return { written: [...new Set(written)], read: [...new Set(read)] }
}

for (const mode of ['device', 'single'] as const) {
  for (const dialect of dialects) {
    test(`with the rights of docs/mqtt.md all works: ${mode}, ${dialect}`, options, async (t) => {
      const rules = documentedRules()
      const { agent, log } = await agentWith(t, rules, {
        A2M_DISCOVERY: mode,
        A2M_HA_MEDIA_PLAYER: dialect,
      })
      await agent.play('sunday kitchen', 'playlist')
      assert.equal((await agent.ask('command', 'volume_up')).status, 'ok')
      assert.equal((await agent.ask('set', '{"volume":30}')).status, 'ok')
      assert.equal((await agent.ask('set/volume', '31')).status, 'ok')
      const volume = (percent: number): Promise<unknown> =>
        agent.said('state', ({ text }) => text.includes(`"volume":${percent}`))
      const settings: readonly (readonly [string, string, number])[] = [
        ['/a2m/all/set/volume', '41', 41],
        ['/a2m/all/set', '{"volume":42}', 42],
        ['/a2m/group/downstairs/set/volume', '43', 43],
        ['/a2m/group/downstairs/set', '{"volume":44}', 44],
        ['/a2m/all/command', '{"command":"volume_up","step":1}', 45],
        ['/a2m/group/downstairs/command', '{"command":"volume_up","step":2}', 47],
        dialect === 'mqtt_universal_media_player'
          ? ['player/command', '{"volume":48}', 48]
          : ['player/set/volume', '0.48', 48],
      ]
      for (const [topic, payload, percent] of settings) {
        await agent.publish(topic, payload)
        await volume(percent)
      }
      const mark = agent.messages.length
      await agent.publish('get', '')
      await agent.until('the picture again', () =>
        agent.messages.slice(mark).some(({ topic }) => topic === 'a2m/kitchen/info'),
      )
      const config =
        mode === 'device'
          ? `homeassistant/device/amazonmusic2mqtt_${id}/config`
          : `homeassistant/button/amazonmusic2mqtt_${id}/pause/config`
      await agent.said(`/${config}`)
      await agent.said('/homeassistant/media_player/amazonmusic2mqtt_kitchen/config')
      // A person removes the device, and Home Assistant starts again.
      await agent.publish(`/${config}`, '', { retain: true })
      await agent.until('the removal is noticed', () =>
        agent.log.some((line) => line.includes('Removed in Home')),
      )
      await agent.publish('/homeassistant/status', 'online')
      await agent.drive('it comes back', () =>
        agent.messages.slice(mark).some(({ topic, payload }) => topic === config && payload.length > 0),
      )
      assert.doesNotMatch(log(), /Denied PUBLISH from a2m-/)

      // No right is without a use: each is what the agent subscribes to or writes in some mode.
      const { written, read } = used(log())
      const filters = (access: string): string[] =>
        rules.filter((rule) => rule.includes(access)).map((rule) => rule.split(' ').at(-1) ?? '')
      const isRead = new Set(filters('read'))
      for (const filter of read)
        assert.equal(isRead.has(filter), true, `${filter} is subscribed to and not documented`)
      assert.notEqual(read.length, 0)
      // Of another media player's integration, perhaps.
      const others = ['player/set/volume', 'player/set/play_media', 'player/command']
      for (const filter of isRead) {
        if (filter.endsWith('#')) continue
        const isOfOtherDialect = others.some((end) => filter.endsWith(end))
        assert.equal(read.includes(filter) || isOfOtherDialect, true, `nobody needs to read ${filter}`)
      }
      const isWritable = (topic: string): boolean =>
        filters('write').some((filter) =>
          new RegExp(`^${filter.replaceAll('+', '[^/]+').replace('#', '.*')}$`).test(topic),
        )
      for (const topic of written)
        assert.equal(isWritable(topic), true, `${topic} is written and not documented`)
    })
  }
}

test('nothing else is allowed: what is not in the list is kept from the agent', options, async (t) => {
  const { agent, log } = await agentWith(t, documentedRules(), {
    A2M_DISCOVERY: 'device',
    A2M_DEVICE_NAME: 'kitchen',
  })
  // A sender asks for an answer where the agent must not write.
  await agent.publish('command', 'volume_up', { properties: { responseTopic: 'elsewhere/x' } })
  await agent.settle()
  assert.match(log(), new RegExp(`Denied PUBLISH from a2m-${id} .*elsewhere/x`))
  assert.equal(
    agent.messages.some(({ topic }) => topic === 'elsewhere/x'),
    false,
  )
})
