/** Templates that Home Assistant runs on our payloads. All keys they name are always present. */

/** A key of the JSON as it is; `null` becomes `None`, which Home Assistant shows as unknown. */
export function valueOf(key: string): string {
  return `{{ value_json.${key} }}`
}

/** Home Assistant writes JSON's `true` as `True`, which matches no payload. */
export function onOffOf(key: string): string {
  return `{{ 'ON' if value_json.${key} else 'OFF' }}`
}

/** A state has at most 255 characters, and half an address is none. */
export function addressOf(key: string): string {
  return `{{ value_json.${key} if value_json.${key} and value_json.${key} | length < 256 else none }}`
}

/**
 * A key whose value must be one of `words`, else unknown: Home Assistant logs an error for an option it has not, and a
 * list that changes and the state that goes with it come one after the other.
 */
export function oneOf(key: string, words: readonly string[]): string {
  return `{{ value_json.${key} if value_json.${key} in ${JSON.stringify(words)} else none }}`
}

/** What a person typed, as `request/play` takes it: its JSON, an id or link, or words to search for. */
export const playTemplate =
  "{% set text = value | trim %}{% if text[:1] == '{' %}{{ text }}" +
  "{% elif '://' in text or text[:4] == 'mrn:' %}{{ {'id': text} | to_json }}" +
  "{% else %}{{ {'query': text} | to_json }}{% endif %}"

export const announceTemplate =
  "{% set text = value | trim %}{% if text[:1] == '{' %}{{ text }}{% else %}{{ {'url': text} | to_json }}{% endif %}"

export const sleepTemplate = '{"minutes": {{ value | int }} }'

/** Of when the state was last sent: nobody is told the time each minute. */
export const sleepMinutesTemplate =
  '{{ 0 if value_json.sleep_at is none else ' +
  '[((as_timestamp(value_json.sleep_at) - as_timestamp(now())) / 60) | round(0, "ceil") | int, 0] | max }}'

/** All of `state`, and what a media player of Home Assistant's own kind wants to read otherwise. */
export const attributesTemplate =
  '{{ dict(value_json, volume_level=value_json.volume / 100, is_volume_muted=value_json.muted) | to_json }}'

/** Home Assistant takes no key it does not know, and no `null` for a version. */
export const updateTemplate =
  "{{ ({'installed_version': value_json.installed_version, 'latest_version': value_json.latest_version}" +
  " if value_json.latest_version else {'installed_version': value_json.installed_version}) | to_json }}"
