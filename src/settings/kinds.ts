import { resolve } from 'node:path'

import { logLevels, type LogLevel } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import { isSecure } from '../lib/http/secure-url.ts'
import type { Parsed, Parser } from './setting.ts'

/** Any text, unchanged. */
export const text: Parser<string> = yes

/** As {@link text}, wrapped in a Secret. */
export const secret: Parser<Secret> = (found) => yes(new Secret(found))

/** A web address that tokens may be sent to. A query or user is refused: no request would send it. */
export const webUrl: Parser<URL> = (found) => {
  const url = parseUrl(found)
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return no('expected a web address such as https://host or https://host:8443')
  }
  if (!isSecure(url)) {
    return no(
      'expected https: tokens are sent over plain http only to this machine (localhost, 127.0.0.1, [::1])',
    )
  }
  if (url.username !== '' || url.password !== '')
    return no('expected an address without user and password in it')
  if (url.search !== '' || url.hash !== '') return no('expected an address without "?" or "#"')
  return yes(url)
}

const brokerSchemes = ['mqtt:', 'mqtts:', 'ws:', 'wss:']

/** The broker's address, still with user and password. A problem never quotes it. */
export const brokerUrl: Parser<URL> = (found) => {
  const expected = 'expected mqtt://host:1883, mqtts://host:8883, ws://host:port/path or wss://host:port/path'
  const url = parseUrl(found)
  if (url === undefined || !brokerSchemes.includes(url.protocol) || url.hostname === '') return no(expected)
  const isWebSocket = url.protocol.startsWith('ws')
  if (!isWebSocket && !['', '/'].includes(url.pathname)) return no(`${expected}: only ws and wss have a path`)
  if (url.hash !== '' || (!isWebSocket && url.search !== '')) return no(`${expected}, without "?" or "#"`)
  try {
    if ([url.username, url.password].map(decodeURIComponent).join('').includes('\0')) {
      return no('expected a user and password without a zero byte')
    }
  } catch {
    return no('"%" in the user or password must be followed by two hex digits ("%" itself is written "%25")')
  }
  return yes(url)
}

function parseUrl(found: string): URL | undefined {
  return URL.canParse(found) ? new URL(found) : undefined
}

/** An absolute path of a file or folder. A relative one is resolved from the working directory. */
export const path: Parser<string> = (found) =>
  found.startsWith('~')
    ? no('expected a path without "~", which only a shell knows')
    : found.includes('\0')
      ? no('expected a path without a zero byte')
      : yes(resolve(found))

/** One of `words`, in upper or lower case. */
export function word<W extends string>(words: readonly W[]): Parser<W> {
  const parse: Parser<W> = (found) => {
    const match = words.find((known) => known === found.toLowerCase())
    return match === undefined ? no(`expected ${oneOf(words)}`) : yes(match)
  }
  return Object.assign(parse, { words })
}

export const logLevel: Parser<LogLevel> = word(logLevels)

const parseOnOff: Parser<boolean> = (found) => {
  const lower = found.toLowerCase()
  if (['on', 'true', '1', 'yes'].includes(lower)) return yes(true)
  if (['off', 'false', '0', 'no'].includes(lower)) return yes(false)
  return no('expected on or off')
}

export const onOff: Parser<boolean> = Object.assign(parseOnOff, { words: ['on', 'off'] })

/** A language tag for `Accept-Language`. `en_us` is read as `en-US`: people copy both. */
export const locale: Parser<string> = (found) => {
  const expected = 'expected a language and country such as en-US or de-DE'
  try {
    const [tag] = Intl.getCanonicalLocales(found.replaceAll('_', '-'))
    return tag === undefined ? no(expected) : yes(tag)
  } catch {
    return no(expected)
  }
}

const longestTopicBytes = 200

/** A topic without wildcards, to publish below or to subscribe to as it is. */
export const topic: Parser<string> = (found) => {
  if (/[+#]/.test(found)) return no('expected a topic without "+" and "#"')
  // MQTT 5 section 1.5.4: brokers may disconnect a client that sends these characters.
  if (/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(found)) {
    return no('expected a topic without control characters')
  }
  if (found.split('/').includes('')) return no('expected a topic without "/" at its ends or twice in a row')
  if (found.startsWith('$')) return no('expected a topic that does not begin with "$": brokers reserve those')
  if (Buffer.byteLength(found) > longestTopicBytes) {
    return no(`expected a topic of at most ${longestTopicBytes} bytes`)
  }
  return yes(found)
}

const slugForm = /^[a-z0-9_-]{1,64}$/
const slugCharacters = 'at most 64 small letters, digits, "-" and "_", such as living-room'

/** The slug closest to `found`; empty when none of its characters can be used. */
export function slugOf(found: string): string {
  return found
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
}

/** `<base>/all/…` and `<base>/group/…` address several devices, so no device may have these names. */
const takenNames = ['all', 'group']

/** The topic level that names this device. */
export const deviceName: Parser<string> = (found) => {
  if (!slugForm.test(found)) return no(`expected ${slugCharacters}`)
  return takenNames.includes(found)
    ? no(`expected a name other than ${takenNames.join(' and ')}`)
    : yes(found)
}

/** Slugs separated by commas, without duplicates. */
export const slugs: Parser<readonly string[]> = (found) => {
  const names = found
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.every((name) => slugForm.test(name))
    ? yes([...new Set(names)])
    : no(`expected names separated by commas, each of ${slugCharacters}`)
}

/** Host names or addresses, with or without a port, in the form of `URL.hostname` and `URL.host`. */
export const hosts: Parser<readonly string[]> = (found) => {
  const names = found
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const isHost = (name: string): boolean =>
    /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(name) && URL.canParse(`http://${name}`)
  if (!names.every(isHost)) {
    return no('expected hosts separated by commas, such as localhost, nas.lan:8123 or [::1]')
  }
  // An address has several spellings, and URL drops port 80.
  const plain = names.map((name) => {
    const port = /:(\d+)$/.exec(name)?.[1]
    return `${new URL(`http://${name}`).hostname}${port === undefined || name.endsWith(']') ? '' : `:${Number(port)}`}`
  })
  return yes([...new Set(plain)])
}

/** A whole number in plain digits. */
export function wholeNumber(least: number, most: number): Parser<number> {
  return (found) => {
    const value = /^\d{1,9}$/.test(found) ? Number(found) : Number.NaN
    return value >= least && value <= most
      ? yes(value)
      : no(`expected a whole number from ${least} to ${most}`)
  }
}

/**
 * From one time of day to another, in local time. The span includes midnight when the second time is the
 * earlier one.
 */
export interface Hours {
  /** Minutes since midnight. */
  readonly fromMinute: number
  readonly toMinute: number
  readonly text: string
}

export const hours: Parser<Hours> = (found) => {
  const [, fromHour, fromMinute, toHour, toMinute] =
    /^([01]?\d|2[0-3]):([0-5]\d) ?- ?([01]?\d|2[0-3]):([0-5]\d)$/.exec(found) ?? []
  const minute = (hour = '', rest = ''): number => Number(hour) * 60 + Number(rest)
  const read = { fromMinute: minute(fromHour, fromMinute), toMinute: minute(toHour, toMinute), text: found }
  return fromHour === undefined || read.fromMinute === read.toMinute
    ? no('expected two times of day such as 22:00-07:00')
    : yes(read)
}

/**
 * A program and its arguments, run without a shell: separated by white space, or a JSON list of strings when
 * an argument contains white space.
 */
export const commandLine: Parser<readonly string[]> = (found) => {
  const expected =
    'expected a program and its arguments, or a JSON list of them such as ["/opt/play","--on","front room"]'
  if (!found.startsWith('[')) return yes(found.split(/\s+/))
  try {
    const words: unknown = JSON.parse(found)
    const isList = Array.isArray(words) && words.length > 0 && words.every((item) => typeof item === 'string')
    return isList && words[0] !== '' ? yes(words) : no(expected)
  } catch {
    return no(expected)
  }
}

/** A control of an ALSA card, as `amixer -c CARD scontrols` lists it. */
export interface Mixer {
  readonly card: string
  readonly control: string
  readonly text: string
}

export const mixer: Parser<Mixer> = (found) => {
  const [, card, control] = /^([^/\s-][^/\s]*)\/([^/-][^/]*)$/.exec(found) ?? []
  return card === undefined || control === undefined
    ? no('expected CARD/CONTROL, such as 0/PCM or sndrpihifiberry/Digital')
    : yes({ card, control, text: found })
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

function yes<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

function no(problem: string): Parsed<never> {
  return { ok: false, problem }
}
