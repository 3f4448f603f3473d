import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signedInAgent } from '../../../support/agent.ts'
import { integrationTest, onEachVersion } from '../each-mqtt-version.ts'

const morning = { query: 'sunday kitchen', type: 'playlist' }

onEachVersion('a preset is saved, started, replaced and deleted', async (agent) => {
  const save = (name: string, play: object): ReturnType<typeof agent.ask> =>
    agent.ask('request/preset_save', JSON.stringify({ name, play }))
  assert.equal((await save('Morning', morning)).status, 'ok')
  assert.equal((await save('Ünïcode 🎵', { query: 'jazz cellar', type: 'station' })).status, 'ok')
  assert.deepEqual((await agent.ask('request/presets')).data, [
    { name: 'Morning', play: morning },
    { name: 'Ünïcode 🎵', play: { query: 'jazz cellar', type: 'station' } },
  ])

  assert.equal((await agent.ask('set/preset', 'Morning')).status, 'ok')
  assert.deepEqual(
    [agent.state()['preset'], agent.state()['context'], agent.state()['state']],
    ['Morning', 'sunday kitchen', 'playing'],
  )
  assert.equal((await agent.ask('set', '{"preset":"Ünïcode 🎵","volume":12}')).status, 'ok')
  assert.deepEqual([agent.state()['preset'], agent.state()['volume']], ['Ünïcode 🎵', 12])
  await agent.ask('command', 'stop')
  assert.equal(agent.state()['preset'], null)

  await save('Morning', { query: 'deep focus tones', type: 'playlist' })
  assert.equal((await agent.ask('set/preset', ' Morning ')).status, 'ok')
  assert.equal(agent.state()['context'], 'deep focus tones')
  await agent.play('sunday kitchen', 'playlist')
  assert.equal(agent.state()['preset'], null, 'something else was asked for')

  assert.equal((await agent.ask('request/preset_delete', '{"name":"Morning"}')).status, 'ok')
  for (const [topic, payload] of [
    ['set/preset', 'Morning'],
    ['set/preset', 'morning'],
    ['request/preset_delete', '{"name":"Morning"}'],
  ] as const) {
    assert.equal((await agent.ask(topic, payload)).error?.code, 'playback/preset')
  }
})

test('presets outlive the agent', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  await agent.ask('request/preset_save', JSON.stringify({ name: 'Morning', play: morning }))
  await agent.stop()
  await agent.start()
  assert.deepEqual((await agent.ask('request/presets')).data, [{ name: 'Morning', play: morning }])
})

test('a hundred presets are enough', integrationTest, async (t) => {
  const agent = await signedInAgent(t)
  const save = (name: string): Promise<void> =>
    agent.publish('request/preset_save', JSON.stringify({ name, play: morning }))
  for (let number = 1; number <= 100; number++) await save(`Preset ${number}`)
  await agent.until(
    'a hundred answers',
    () => agent.since(0).filter(({ topic }) => topic.endsWith('/preset_save')).length === 100,
  )
  const refused = await agent.ask('request/preset_save', JSON.stringify({ name: 'One more', play: morning }))
  assert.equal(refused.error?.code, 'command/payload')
  assert.match(refused.error.message, /100/)
  const replaced = await agent.ask('request/preset_save', JSON.stringify({ name: 'Preset 7', play: morning }))
  assert.equal(replaced.status, 'ok')
})
