import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { makeHome, type Answer } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import type { Received } from '../../support/mqtt/mqtt-client.ts'
import { readItems, readThing, type Channel } from '../../support/integrations/openhab-files.ts'
import { requireTool } from '../../support/tools.ts'

const folder = join(import.meta.dirname, '../../../docs/openhab')
const thing = readThing(readFileSync(join(folder, 'amazonmusic2mqtt.things'), 'utf8'))
const items = readItems(readFileSync(join(folder, 'amazonmusic2mqtt.items'), 'utf8'))

test('each channel has an item of its kind, and each item a channel', () => {
  const kinds: Readonly<Record<string, string>> = {
    string: 'String',
    number: 'Number',
    dimmer: 'Dimmer',
    switch: 'Switch',
    image: 'Image',
  }
  assert.ok(thing.channels.length > 20, `thing.channels.length > 20: ${thing.channels.length}`)
  assert.deepEqual(
    items.map(({ channel, type }) => `${channel} ${type}`),
    thing.channels
      // A trigger is no state.
      .filter(({ type }) => type !== 'trigger')
      .map(({ id, type }) => `${thing.name}:${id} ${kinds[type] ?? type}`),
  )
  for (const { name, channel, options } of items) {
    const allowed = thing.channels.find(({ id }) => channel.endsWith(`:${id}`))?.settings['allowedStates']
    if (options.length > 0 || allowed !== undefined) assert.deepEqual(options, allowed?.split(','), name)
  }
})

test(
  'the agent says what the openHAB files read, in words they know, and hears what they send',
  { skip: noMosquitto || requireTool('mpv') },
  async (t) => {
    const home = await makeHome(t)
    const witness = await home.visit()
    const agent = home.start({
      env: {
        A2M_BASE_TOPIC: 'amazonmusic2mqtt',
        A2M_DEVICE_NAME: 'kitchen',
        A2M_PLAYER: 'mpv',
        A2M_AUDIO_DEVICE: 'null',
      },
    })
    const prefix = 'amazonmusic2mqtt/kitchen'
    await home.client.next(`${prefix}/login/qr`, ({ payload }) => payload.length > 0)
    home.sandbox.control.approve()
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    const send = async (topic: string, payload: string): Promise<void> => {
      await home.client.publish(topic, payload)
      const request = /\/request\/(\w+)$/.exec(topic)?.[1]
      const { text } = await home.client.next(
        `${prefix}/${request === undefined ? 'result' : `response/${request}`}`,
      )
      assert.equal((JSON.parse(text) as Answer).status, 'ok', `${topic} ${payload}: ${text}`)
    }
    const play = { query: 'velvet orchard', type: 'album' }
    await send(`${prefix}/request/preset_save`, JSON.stringify({ name: samples['preset'], play }))
    for (const channel of thing.channels) {
      const { commandTopic, formatBeforePublish = '%s' } = channel.settings
      if (commandTopic === undefined) continue
      await send(`${prefix}/request/play`, JSON.stringify(play))
      // So that there is one before it.
      await send(`${prefix}/command`, 'next')
      for (const value of sent(channel)) await send(commandTopic, formatBeforePublish.replace('%s', value))
    }

    await home.client.next(`${prefix}/cover/status`, ({ text }) => text === 'available')

    for (const channel of thing.channels) {
      const { stateTopic } = channel.settings
      if (stateTopic === undefined) continue
      const said = witness.inbox.left.filter(({ topic }) => topic === stateTopic)
      assert.ok(
        said.some(({ payload }) => payload.length > 0),
        `${channel.id}: nothing was ever said on ${stateTopic}`,
      )
      for (const message of said) {
        assert.ok(isKnown(channel, message), `${channel.id}: ${message.text.slice(0, 200)}`)
      }
    }

    const { availabilityTopic = '', payloadAvailable, payloadNotAvailable } = thing.settings
    agent.kill('SIGTERM')
    await agent.ended()
    await witness.next(availabilityTopic, ({ text }) => text === payloadAvailable)
    await witness.next(availabilityTopic, ({ text }) => text === payloadNotAvailable)
  },
)

/** What a person might send where anything goes. */
const samples: Readonly<Record<string, string>> = {
  preset: 'Sunday',
  play: 'velvet orchard',
  announce: 'http://127.0.0.1:9/doorbell.mp3',
  position: '20',
  sleep: '30',
}

/** What openHAB sends on a channel, as its binding words it. */
function sent({ id, type, settings }: Channel): readonly string[] {
  const { allowedStates, on = 'ON', off = 'OFF' } = settings
  if (type === 'switch') return [on, off]
  // Whatever it is told, the agent's volume may be anything.
  if (type === 'dimmer') return ['0', '100', '20']
  if (allowedStates !== undefined) return allowedStates.split(',')
  const sample = samples[id]
  assert.ok(sample !== undefined, `${id}: what may it be sent?`)
  return [sample]
}

/** Whether openHAB's binding takes a payload for a state of a channel; no bytes are none. */
function isKnown({ type, settings }: Channel, { text, payload }: Received): boolean {
  const { transformationPattern, allowedStates, min, max, on = 'ON', off = 'OFF' } = settings
  if (transformationPattern !== undefined) {
    const [, plain, joined] = /^JSONPATH:\$\.(?:(\w+)|concat\(\$\.(\w+)\))$/.exec(transformationPattern) ?? []
    const found = (JSON.parse(text) as Readonly<Record<string, unknown>>)[plain ?? joined ?? '']
    // openHAB passes over what a path finds null, and keeps what was before; concat makes an empty text of it.
    return typeof found === 'string' || (found === null && joined !== undefined)
  }
  switch (type) {
    case 'image':
      return (
        payload.length === 0 ||
        ['\x89PNG', '\xff\xd8\xff'].some((magic) => payload.toString('latin1').startsWith(magic))
      )
    case 'switch':
      return text === on || text === off
    case 'dimmer':
      return /^\d+$/.test(text) && Number(text) >= Number(min) && Number(text) <= Number(max)
    case 'number':
      return /^\d*$/.test(text)
    default:
      return allowedStates === undefined || allowedStates.split(',').includes(text)
  }
}
