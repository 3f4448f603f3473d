import { topicProblem } from '../mqtt/topic.ts'

/** What a topic we are subscribed to asks for. */
export type Target =
  | { readonly type: 'command' }
  | { readonly type: 'set' }
  | { readonly type: 'set-key'; readonly key: string }
  | { readonly type: 'get' }
  | { readonly type: 'request'; readonly name: string }

export interface Topics {
  /** The name in all of them. */
  readonly device: string
  /** Gives the device another name. */
  rename(device: string): void
  /** The full topic of one that the agent publishes, such as `state` or `state/volume`. */
  of(name: string): string
  /** Topic filters for all that the agent hears as commands. */
  readonly commandFilters: readonly string[]
  /** What a received topic asks for; undefined when it is none of ours. */
  parse(topic: string): Target | undefined
  /**
   * Whether an answer may be sent where its sender wants it: where it can be published, and outside of what devices of
   * this base topic and Home Assistant say and hear. Anybody who may send commands could otherwise write there, with our
   * rights.
   */
  mayCarryAnswer(topic: string): boolean
}

/**
 * The topics in docs/mqtt.md: those of the device, and the shared `all` and `group/<g>` forms of `command`,
 * `set` and `set/<key>`.
 *
 * @param others starts of topics that belong to somebody else, such as Home Assistant's
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
