/**
 * The rules of Home Assistant for discovery payloads, from its source (`mqtt/schemas.py`, `mqtt/discovery.py`
 * and the platforms, 2024.12 to 2026.11). Stricter in one point: Home Assistant silently drops unknown keys
 * of a component, which these rules report.
 */

type Json = Readonly<Record<string, unknown>>

/** Descriptions of all problems; empty without any. */
export type Problems = readonly string[]

const text = (value: unknown): boolean => typeof value === 'string' && value !== ''
const bool = (value: unknown): boolean => typeof value === 'boolean'
const number = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const oneOf =
  (...words: readonly unknown[]) =>
  (value: unknown): boolean =>
    words.includes(value)
const listOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(fits)
const state = (value: unknown): boolean => text(value) && Array.from(value as string).length <= 255
const url = (value: unknown): boolean => text(value) && /^(https?|homeassistant):\/\/./.test(value as string)

const topic = (value: unknown): boolean =>
  text(value) &&
  Buffer.byteLength(value as string) <= 65_535 &&
  !/[+#\u0000-\u001f\u007f-\u009f]/.test(value as string)

/** Checks the syntax roughly. Only Home Assistant itself can check more. */
const template = (value: unknown): boolean => {
  if (!text(value)) return false
  // Quoted text is not syntax.
  const bare = (value as string).replace(/'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g, "''")
  if (/['"]/.test(bare.replaceAll("''", ''))) return false
  const outside = bare.replace(/\{\{[^{}]*(\{[^{}]*\}[^{}]*)*\}\}|\{%[^{}]*%\}/g, '')
  if (/\{\{|\}\}|\{%|%\}/.test(outside)) return false
  const opened = bare.match(/\{% if /g)?.length ?? 0
  const closed = bare.match(/\{% endif %\}/g)?.length ?? 0
  const round = (bare.match(/\(/g)?.length ?? 0) - (bare.match(/\)/g)?.length ?? 0)
  return opened === closed && round === 0
}

type Rule = (value: unknown) => boolean

interface Schema {
  readonly required: Readonly<Record<string, Rule>>
  readonly optional: Readonly<Record<string, Rule>>
}

const availabilityRules: Readonly<Record<string, Rule>> = {
  availability: listOf((item) => isObject(item) && check(item, availabilityItem, '').length === 0),
  availability_mode: oneOf('all', 'any', 'latest'),
  availability_topic: topic,
  availability_template: template,
  payload_available: text,
  payload_not_available: text,
}

const availabilityItem: Schema = {
  required: { topic },
  optional: { payload_available: text, payload_not_available: text, value_template: template },
}

const device: Schema = {
  required: { identifiers: listOf(text), name: text },
  optional: {
    connections: listOf(listOf(text)),
    manufacturer: text,
    model: text,
    model_id: text,
    serial_number: text,
    sw_version: text,
    hw_version: text,
    via_device: text,
    suggested_area: text,
    configuration_url: url,
  },
}

const origin: Schema = { required: { name: text }, optional: { sw_version: text, support_url: url } }

const root: Schema = {
  required: { device: isObject, origin: isObject, components: isObject },
  optional: {
    ...availabilityRules,
    state_topic: topic,
    command_topic: topic,
    qos: oneOf(0, 1, 2),
    encoding: text,
  },
}

const common: Schema = {
  required: { unique_id: text, default_entity_id: text, name: (value) => value === null || state(value) },
  optional: {
    ...availabilityRules,
    icon: (value) => text(value) && /^mdi:[a-z0-9-]+$/.test(value as string),
    entity_category: oneOf('diagnostic', 'config'),
    enabled_by_default: bool,
    visible_by_default: bool,
    json_attributes_topic: topic,
    json_attributes_template: template,
    qos: oneOf(0, 1, 2),
    encoding: text,
    device: isObject,
    origin: isObject,
  },
}

const reads = { state_topic: topic, value_template: template }
const commands = { command_topic: topic }
const commandTemplate = { command_template: template }

const platforms: Readonly<Record<string, Schema>> = {
  sensor: {
    required: { state_topic: topic },
    optional: {
      value_template: template,
      device_class: oneOf('enum', 'duration', 'timestamp'),
      options: listOf(state),
      unit_of_measurement: text,
      suggested_display_precision: number,
    },
  },
  binary_sensor: {
    required: { state_topic: topic },
    optional: { value_template: template, device_class: oneOf('connectivity', 'problem', 'running') },
  },
  button: {
    required: commands,
    optional: {
      ...commandTemplate,
      payload_press: text,
      device_class: oneOf('identify', 'restart', 'update'),
    },
  },
  number: {
    required: commands,
    optional: {
      ...reads,
      ...commandTemplate,
      min: number,
      max: number,
      step: number,
      mode: oneOf('auto', 'box', 'slider'),
      unit_of_measurement: text,
    },
  },
  switch: { required: commands, optional: { ...reads, payload_on: text, payload_off: text } },
  select: { required: { ...commands, options: listOf(state) }, optional: { ...reads, ...commandTemplate } },
  text: {
    required: commands,
    optional: {
      ...reads,
      ...commandTemplate,
      min: (value) => number(value) && (value as number) >= 0,
      max: (value) => number(value) && (value as number) <= 255,
      mode: oneOf('text', 'password'),
    },
  },
  notify: { required: commands, optional: commandTemplate },
  image: {
    required: {},
    optional: { image_topic: topic, url_topic: topic, image_encoding: oneOf('b64'), content_type: text },
  },
  event: {
    required: { state_topic: topic, event_types: listOf(text) },
    optional: { value_template: template },
  },
  update: { required: {}, optional: { ...reads, title: text } },
}

const trigger: Schema = {
  required: { automation_type: oneOf('trigger'), topic, type: text, subtype: text },
  optional: {
    payload: text,
    value_template: template,
    qos: oneOf(0, 1, 2),
    device: isObject,
    origin: isObject,
  },
}

/** Checks any message on a discovery topic. */
export function problemsOf(prefix: string, messageTopic: string, payload: string): Problems {
  if (!messageTopic.startsWith(`${prefix}/`)) return [`${messageTopic} is not under ${prefix}`]
  const levels = messageTopic.slice(prefix.length + 1).split('/')
  const [platform = ''] = levels
  const ids = levels.slice(1, -1)
  const isLegal =
    levels.at(-1) === 'config' &&
    [1, 2].includes(ids.length) &&
    ids.every((id) => /^[a-zA-Z0-9_-]+$/.test(id))
  if (!isLegal) return [`${messageTopic} is an illegal discovery topic`]
  const value: unknown = JSON.parse(payload)
  if (!isObject(value)) return ['the payload is no object']
  if (platform === 'device') return problemsOfDevice(value)
  if (platform === 'media_player') return problemsOfMediaPlayer(value)
  return problemsOfComponent(ids.at(-1) ?? '', { platform, ...value }, true)
}

function problemsOfDevice(payload: Json): Problems {
  const components = Object.entries(isObject(payload['components']) ? payload['components'] : {})
  const told = components.filter(([, component]) => isObject(component) && Object.keys(component).length > 1)
  const values = told.map(([, component]) => component as Json)
  const entities = values.filter((component) => component['platform'] !== 'device_automation')
  const uniqueIds = entities.map((component) => component['unique_id'])
  return [
    ...check(payload, root, ''),
    ...exclusive(payload, ''),
    ...problemsOfOwner(payload, ''),
    ...components
      .filter(([key]) => !/^[a-zA-Z0-9_-]+$/.test(key))
      .map(([key]) => `component ${key} has a key that cannot be a topic level`),
    ...components
      .filter(([, component]) => !isObject(component) || !text(component['platform']))
      .map(([key]) => `component ${key} has no platform`),
    ...told.flatMap(([key, component]) => problemsOfComponent(key, component as Json, false)),
    ...(new Set(uniqueIds).size === uniqueIds.length ? [] : ['a unique_id stands twice']),
    ...(entities.filter(({ name }) => name === null).length === 1 ? [] : ['not exactly one main entity']),
  ]
}

function problemsOfComponent(key: string, component: Json, isAlone: boolean): Problems {
  const { platform, ...rest } = component
  if (platform === 'device_automation') {
    return [...check(rest, trigger, `${key}.`), ...(isAlone ? problemsOfOwner(rest, `${key}.`) : [])]
  }
  const schema = Object.hasOwn(platforms, String(platform)) ? platforms[String(platform)] : undefined
  if (schema === undefined) return [`${key} is of a platform ${String(platform)} that is not known`]
  const both: Schema = {
    required: { ...common.required, ...schema.required },
    optional: { ...common.optional, ...schema.optional },
  }
  const { name, default_entity_id: entityId, entity_category: category, device_class: deviceClass } = rest
  const itsDevice = rest['device']
  const deviceName =
    isObject(itsDevice) && typeof itsDevice['name'] === 'string' ? itsDevice['name'] : undefined
  const rules: readonly (readonly [boolean, string])[] = [
    [
      new RegExp(`^${String(platform)}\\.[a-z0-9]+(_[a-z0-9]+)*$`).test(String(entityId)),
      'an entity id of its domain',
    ],
    [
      !(category === 'config' && ['sensor', 'binary_sensor'].includes(String(platform))),
      'no config category',
    ],
    [
      (deviceClass === 'enum') === (platform === 'sensor' && rest['options'] !== undefined),
      'options with enum only',
    ],
    [deviceClass !== 'enum' || asList(rest['options']).length > 0, 'options for an enum'],
    [
      rest['image_topic'] !== undefined || platform !== 'image' || rest['url_topic'] !== undefined,
      'a picture topic',
    ],
    [rest['image_topic'] === undefined || rest['url_topic'] === undefined, 'one picture topic only'],
    [
      platform !== 'number' || Number(rest['min'] ?? 1) < Number(rest['max'] ?? 100),
      'a minimum below its maximum',
    ],
    [
      rest['json_attributes_template'] === undefined || rest['json_attributes_topic'] !== undefined,
      'attributes',
    ],
    [new Set(asList(rest['options'])).size === asList(rest['options']).length, 'options that differ'],
    [typeof name !== 'string' || deviceName === undefined || !name.startsWith(deviceName), 'a short name'],
  ]
  return [
    ...check(rest, both, `${key}.`),
    ...exclusive(rest, `${key}.`),
    ...rules.filter(([holds]) => !holds).map(([, what]) => `${key}: expected ${what}`),
    ...(isAlone ? problemsOfOwner(rest, `${key}.`) : []),
  ]
}

function problemsOfOwner(payload: Json, path: string): Problems {
  const { device: itsDevice, origin: itsOrigin } = payload
  if (!isObject(itsDevice) || !isObject(itsOrigin)) return [`${path}device and origin are missing`]
  return [
    ...check(itsDevice, device, `${path}device.`),
    ...check(itsOrigin, origin, `${path}origin.`),
    ...(asList(itsDevice['identifiers']).length > 0 ? [] : [`${path}device has no identifier`]),
  ]
}

/**
 * Every key that ends in `_topic` must be a topic. grzegorz914's dialect names itself; the keys of bkbilly's
 * and MiCodesOrg's begin with `state_` and `command_`; the third, shyndman's, is a closed list.
 */
function problemsOfMediaPlayer(payload: Json): Problems {
  const isUniversal = payload['platform'] === 'mqtt_universal_media_player'
  const isPlain = payload['state_state_topic'] !== undefined
  if (!isUniversal && !isPlain) return check(payload, shyndmansPlayer, '')
  const needs = isUniversal
    ? ['unique_id', 'state_topic', 'command_topic', 'availability_topic', 'commands', 'sources']
    : ['name', 'unique_id', 'availability', 'command_mute_topic', 'state_mute_topic']
  return [
    ...needs.filter((key) => payload[key] === undefined).map((key) => `${key} is missing`),
    ...Object.entries(payload)
      .filter(([key, value]) => key.endsWith('_topic') && !topic(value))
      .map(([key]) => `${key} is no topic`),
    ...(isObject(payload['device']) ? check(payload['device'], device, 'device.') : ['device is missing']),
  ]
}

/** Accepts fewer keys of a device than Home Assistant does. */
const shyndmansDevice: Schema = {
  required: { identifiers: listOf(text) },
  optional: Object.fromEntries(
    ['manufacturer', 'model', 'name', 'sw_version', 'configuration_url'].map((key) => [key, text]),
  ),
}

const shyndmansPlayer: Schema = {
  required: {
    name: text,
    unique_id: text,
    device: (value) => isObject(value) && check(value, shyndmansDevice, '').length === 0,
    availability_topic: topic,
    state_topic: topic,
  },
  optional: Object.fromEntries(
    [
      ...['media_title', 'media_artist', 'media_album_name', 'media_album_artist', 'media_track'],
      ...['media_duration', 'media_position', 'media_content_type', 'media_image_url', 'media_playlist'],
      ...['volume_level', 'is_volume_muted', 'shuffle', 'repeat', 'source', 'source_list', 'app_name'],
      ...['play', 'pause', 'stop', 'next', 'previous', 'volume_set', 'mute', 'shuffle_set', 'repeat_set'],
      ...['seek', 'turn_on', 'turn_off', 'select_source', 'play_media', 'clear_playlist'],
    ].map((key) => [`${key}_topic`, topic]),
  ),
}

function check(value: Json, { required, optional }: Schema, path: string): Problems {
  const rules: Readonly<Record<string, Rule>> = { ...required, ...optional }
  return [
    ...Object.keys(required)
      .filter((key) => !Object.hasOwn(value, key))
      .map((key) => `${path}${key} is missing`),
    ...Object.entries(value).flatMap(([key, found]) => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
      if (rule === undefined) return [`${path}${key} is not known`]
      return rule(found) ? [] : [`${path}${key} cannot be ${JSON.stringify(found)}`]
    }),
  ]
}

function exclusive(value: Json, path: string): Problems {
  return value['availability'] !== undefined && value['availability_topic'] !== undefined
    ? [`${path}availability and availability_topic exclude each other`]
    : []
}

/** The JSON keys of a topic that a template reads. */
export function keysReadBy(source: string): readonly string[] {
  return [...source.matchAll(/value_json\.(\w+)/g)].map(([, key = '']) => key)
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
