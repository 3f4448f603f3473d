/** Templates that Home Assistant applies to payloads. All keys in them are always present. */

/** The value of a key; `null` becomes `None`, which Home Assistant shows as unknown. */
export function valueOf(key: string): string {
  return `{{ value_json.${key} }}`
}

/** Home Assistant renders JSON's `true` as `True`, which matches no payload. */
export function onOffOf(key: string): string {
  return `{{ 'ON' if value_json.${key} else 'OFF' }}`
}

/** A state has at most 255 characters, and part of a URL is useless. */
export function addressOf(key: string): string {
  return `{{ value_json.${key} if value_json.${key} and value_json.${key} | length < 256 else none }}`
}

/**
 * The value of a key if it is one of `words`, else unknown. Home Assistant logs an error for an option that a
 * select does not have, and a new list of options and the matching state arrive one after the other.
 */
export function oneOf(key: string, words: readonly string[]): string {
  return `{{ value_json.${key} if value_json.${key} in ${JSON.stringify(words)} else none }}`
}

/** The user's input as `request/play` takes it: JSON, an id or link, or words to search for. */
export const playTemplate =
  "{% set text = value | trim %}{% if text[:1] == '{' %}{{ text }}" +
  "{% elif '://' in text or text[:4] == 'mrn:' %}{{ {'id': text} | to_json }}" +
  "{% else %}{{ {'query': text} | to_json }}{% endif %}"

export const announceTemplate =
  "{% set text = value | trim %}{% if text[:1] == '{' %}{{ text }}{% else %}{{ {'url': text} | to_json }}{% endif %}"

export const sleepTemplate = '{"minutes": {{ value | int }} }'

/** As of the last `state`: it is not sent each minute for this. */
export const sleepMinutesTemplate =
  '{{ 0 if value_json.sleep_at is none else ' +
  '[((as_timestamp(value_json.sleep_at) - as_timestamp(now())) / 60) | round(0, "ceil") | int, 0] | max }}'

/** All of `state`, and attributes with the names and units of Home Assistant's media players. */
export const attributesTemplate =
  '{{ dict(value_json, volume_level=value_json.volume / 100, is_volume_muted=value_json.muted) | to_json }}'

/** Home Assistant accepts neither an unknown key nor a `null` version. */
export const updateTemplate =
  "{{ ({'installed_version': value_json.installed_version, 'latest_version': value_json.latest_version}" +
  " if value_json.latest_version else {'installed_version': value_json.installed_version}) | to_json }}"
