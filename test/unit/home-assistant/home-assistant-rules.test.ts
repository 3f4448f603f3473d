import assert from 'node:assert/strict'
import { test } from 'node:test'

import { problemsOf } from '../../support/integrations/home-assistant-rules.ts'

type Json = Record<string, unknown>

interface Payload extends Json {
  device: Json
  origin: Json
  components: Record<string, Json>
}

const topic = 'homeassistant/device/d_1/config'

function sound(): Payload {
  const entity = (platform: string, key: string, more: Json): Json => ({
    platform,
    name: key,
    unique_id: `d_1_${key}`,
    default_entity_id: `${platform}.player_${key}`,
    ...more,
  })
  return {
    device: { identifiers: ['d_1'], name: 'Player' },
    origin: { name: 'a2m' },
    availability: [{ topic: 'a/b' }],
    qos: 1,
    components: {
      main: entity('sensor', 'main', {
        name: null,
        state_topic: 'a/b',
        value_template: '{{ value_json.x }}',
      }),
      button: entity('button', 'button', { command_topic: 'a/c', payload_press: 'x' }),
      number: entity('number', 'number', { command_topic: 'a/c', min: 0, max: 5 }),
      select: entity('select', 'select', { command_topic: 'a/c', options: ['a', 'b'] }),
      text: entity('text', 'text', { command_topic: 'a/c', max: 255 }),
      image: entity('image', 'image', { image_topic: 'a/i' }),
      trigger: {
        platform: 'device_automation',
        automation_type: 'trigger',
        topic: 'a/t',
        type: 'x',
        subtype: 'y',
      },
      gone: { platform: 'sensor' },
    },
  }
}

const part = (payload: Payload, key: string): Json => payload.components[key] ?? {}

const faults: Readonly<Record<string, (payload: Payload) => unknown>> = {
  'a key at the root that is not known': (p) => (p['name'] = 'x'),
  'a topic base': (p) => (p['~'] = 'a'),
  'no origin': (p) => Reflect.deleteProperty(p, 'origin'),
  'an origin without a name': (p) => (p.origin = {}),
  'a key in origin that is not known': (p) => (p.origin['url'] = 'http://x'),
  'no device': (p) => Reflect.deleteProperty(p, 'device'),
  'a device without identifiers': (p) => (p.device['identifiers'] = []),
  'a device without a name': (p) => Reflect.deleteProperty(p.device, 'name'),
  'a null in device': (p) => (p.device['model'] = null),
  'a key in device that is not known': (p) => (p.device['unique_id'] = 'x'),
  'an address of the device that is none': (p) => (p.device['configuration_url'] = '192.0.2.1'),
  'two kinds of availability': (p) => (p['availability_topic'] = 'a/b'),
  'availability without a topic': (p) => (p['availability'] = [{}]),
  'a component without a platform': (p) => Reflect.deleteProperty(part(p, 'button'), 'platform'),
  'a platform that is not known': (p) => (part(p, 'button')['platform'] = 'media_player'),
  'a component without a unique id': (p) => Reflect.deleteProperty(part(p, 'button'), 'unique_id'),
  'a unique id twice': (p) => (part(p, 'button')['unique_id'] = 'd_1_text'),
  'no main entity': (p) => (part(p, 'main')['name'] = 'Main'),
  'two main entities': (p) => (part(p, 'button')['name'] = null),
  object_id: (p) => (part(p, 'button')['object_id'] = 'x'),
  'an entity id without its domain': (p) => (part(p, 'button')['default_entity_id'] = 'player_x'),
  'an entity id of another domain': (p) => (part(p, 'button')['default_entity_id'] = 'sensor.player_x'),
  'an entity id with capitals': (p) => (part(p, 'button')['default_entity_id'] = 'button.Player'),
  'a misspelt key': (p) => (part(p, 'button')['payload_pres'] = 'x'),
  'a button without a command topic': (p) => Reflect.deleteProperty(part(p, 'button'), 'command_topic'),
  'a wildcard in a topic': (p) => (part(p, 'button')['command_topic'] = 'a/+'),
  'an empty topic': (p) => (part(p, 'button')['command_topic'] = ''),
  'a sensor in category config': (p) => (part(p, 'main')['entity_category'] = 'config'),
  'an enum without options': (p) => (part(p, 'main')['device_class'] = 'enum'),
  'options without an enum': (p) => (part(p, 'main')['options'] = ['a']),
  'a minimum above its maximum': (p) => (part(p, 'number')['min'] = 9),
  'a select without options': (p) => Reflect.deleteProperty(part(p, 'select'), 'options'),
  'an option longer than a state': (p) => (part(p, 'select')['options'] = ['x'.repeat(256)]),
  'an option twice': (p) => (part(p, 'select')['options'] = ['x', 'x']),
  'a text longer than a state': (p) => (part(p, 'text')['max'] = 256),
  'an image without a picture': (p) => Reflect.deleteProperty(part(p, 'image'), 'image_topic'),
  'an image with two pictures': (p) => (part(p, 'image')['url_topic'] = 'a/u'),
  'an icon that is none': (p) => (part(p, 'button')['icon'] = 'play'),
  'a template that is not closed': (p) => (part(p, 'main')['value_template'] = '{{ value_json.x }'),
  'a template with a quote too many': (p) => (part(p, 'main')['value_template'] = "{{ value_json.x == 'a }}"),
  'a template with a bracket too many': (p) => (part(p, 'main')['value_template'] = '{{ (value_json.x }}'),
  'a template with an if too many': (p) => (part(p, 'main')['value_template'] = '{% if a %}x'),
  'attributes from nowhere': (p) => (part(p, 'main')['json_attributes_template'] = '{{ value }}'),
  'a trigger without a subtype': (p) => Reflect.deleteProperty(part(p, 'trigger'), 'subtype'),
}

test('a sound payload has no fault', () => {
  assert.deepEqual(problemsOf('homeassistant', topic, JSON.stringify(sound())), [])
})

for (const [name, spoil] of Object.entries(faults)) {
  test(`${name} is found`, () => {
    const payload = sound()
    spoil(payload)
    assert.equal(problemsOf('homeassistant', topic, JSON.stringify(payload)).length > 0, true)
  })
}

for (const illegal of [
  'homeassistant/device/a b/config',
  'homeassistant/device/ü/config',
  'homeassistant/device/config',
  'homeassistant/device/a/b/c/config',
  'homeassistant/device/a',
  'ha/device/a/config',
]) {
  test(`topic ${illegal} is illegal`, () => {
    assert.notDeepEqual(problemsOf('homeassistant', illegal, JSON.stringify(sound())), [])
  })
}
