import { topicProblem } from '../mqtt/topic.ts'

/** What a message on a subscribed topic is for. */
export type Target =
  | { readonly type: 'command' }
  | { readonly type: 'set' }
  | { readonly type: 'set-key'; readonly key: string }
  | { readonly type: 'get' }
  | { readonly type: 'request'; readonly name: string }

export interface Topics {
  /** The device name that the topics contain. */
  readonly device: string
  /** Changes the device name in all topics. */
  rename(device: string): void
  /** The full topic for a name such as `state` or `state/volume`. */
  of(name: string): string
  /** Topic filters of all command topics. */
  readonly commandFilters: readonly string[]
  /** Parses a received topic; undefined when it is not a command topic of this device. */
  parse(topic: string): Target | undefined
  /**
   * Whether an answer may be sent to this response topic: it must be valid, and outside of the topics of this
   * base topic and of Home Assistant. Otherwise anybody who may send commands could write there with the
   * agent's rights.
   */
  mayCarryAnswer(topic: string): boolean
}

/**
 * The topics in docs/mqtt.md: those of the device, and the shared `all` and `group/<g>` forms of `command`,
 * `set` and `set/<key>`.
 *
 * @param others prefixes of topics of other programs, such as Home Assistant's
 */
export function createTopics(
  base: string,
  name: string,
  groups: readonly string[],
  others: readonly string[],
): Topics {
  let device = name
  let own = `${base}/${device}/`
  const shared = [`${base}/all/`, ...groups.map((group) => `${base}/group/${group}/`)]
  return {
    get device() {
      return device
    },
    rename(to) {
      device = to
      own = `${base}/${device}/`
    },
    of: (topic) => own + topic,
    get commandFilters() {
      return [
        ...[own, ...shared].flatMap((prefix) => [`${prefix}command`, `${prefix}set`, `${prefix}set/+`]),
        `${own}get`,
        `${own}request/+`,
      ]
    },
    parse(topic) {
      const prefix = topic.startsWith(own) ? own : shared.find((start) => topic.startsWith(start))
      return prefix === undefined ? undefined : target(topic.slice(prefix.length), prefix === own)
    },
    mayCarryAnswer(topic) {
      if (topicProblem(topic) !== undefined || topic.startsWith('$')) return false
      if (topic.startsWith(own)) return /^(result|response\/[^/]*)$/.test(topic.slice(own.length))
      return ![base, ...others].some((foreign) => topic === foreign || topic.startsWith(`${foreign}/`))
    },
  }
}

function target(rest: string, own: boolean): Target | undefined {
  const [head, key, ...more] = rest.split('/')
  if (more.length > 0) return undefined
  if (key === undefined) {
    if (head === 'command' || head === 'set') return { type: head }
    return own && head === 'get' ? { type: 'get' } : undefined
  }
  if (head === 'set') return { type: 'set-key', key }
  return own && head === 'request' ? { type: 'request', name: key } : undefined
}
