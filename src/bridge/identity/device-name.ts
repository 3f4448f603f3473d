import { Condition } from '../../lib/async/condition.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { detach } from '../../lib/async/tasks.ts'
import type { IncomingMessage } from '../../mqtt/message.ts'
import type { Broker } from '../../mqtt/types.ts'
import { deviceIdIn } from '../state/info-codec.ts'
import { Repair } from './availability-repair.ts'
import type { Topics } from '../topics.ts'

export interface DeviceNameOptions {
  /** As the settings have it. */
  readonly wanted: string
  readonly deviceId: string
  readonly topics: Topics
  readonly broker: Pick<Broker, 'send' | 'republish' | 'sayOnline' | 'rename' | 'reconnect'>
  readonly clock: Clock
  readonly log: Log
  /** The name has changed, because another device has the wanted one. `before`: how its topics began. */
  readonly onRenamed: (problem: AppError, before: string) => void
}

/** How long the owner of a name has to answer before it counts as gone. */
const answerMs = 3_000

/**
 * Which name this device has at the broker (docs/mqtt.md#names). Another device that is online there and answers keeps
 * the name; the newcomer takes `<name>-<4 of its id>` until it starts again. Where `info` cannot be read, or the broker
 * keeps none, the name is ours.
 */
export class DeviceName {
  readonly #options: DeviceNameOptions
  readonly #life: AbortSignal
  readonly #online: Repair
  readonly #picture: Repair
  readonly #answered = new Condition()
  /** What was stored when this connection began. */
  #owner: string | undefined
  #isOwnerOnline = false
  /** Whether {@link holds} has said yes on this connection. */
  #isJudged = false
  #answers = 0
  #conflicts = 0

  /** @param life ends what waits */
  constructor(options: DeviceNameOptions, life: AbortSignal) {
    const { broker, clock } = options
    this.#options = options
    this.#life = life
    this.#online = new Repair(clock, life, () => broker.sayOnline())
    this.#picture = new Repair(clock, life, () => {
      broker.republish()
      broker.sayOnline()
    })
  }

  /** To be read before anything is said. */
  get topics(): readonly string[] {
    const { topics } = this.#options
    return [topics.of('info'), topics.of('availability')]
  }

  disconnected(): void {
    this.#owner = undefined
    this.#isOwnerOnline = false
    this.#isJudged = false
    this.#conflicts = 0
  }

  receive({ topic, payload, retained }: IncomingMessage): void {
    const { topics, deviceId } = this.#options
    if (topic === topics.of('availability')) {
      const text = payload.toString('utf8')
      if (retained) {
        this.#isOwnerOnline = text === 'online'
        if (this.#isJudged && this.#owner !== undefined) this.#judgeAgain()
      }
      // The last will of an earlier connection, or of another device of this name.
      else if (text === 'offline') this.#online.needed()
      return
    }
    if (topic !== topics.of('info')) return
    const id = deviceIdIn(payload)
    if (id === undefined || id === deviceId) return
    if (!retained) this.#live(id)
    else {
      this.#owner = id
      if (this.#isJudged) this.#judgeAgain()
    }
  }

  /** @returns false: another device has the name, and this one has taken another */
  async holds(): Promise<boolean> {
    const owner = this.#owner
    const holds =
      owner === undefined || !this.#isOwnerOnline || !(await this.#isThere(owner)) || !this.#takeOther(owner)
    this.#owner = undefined
    this.#isJudged = holds
    return holds
  }

  /** Some brokers hand out what is stored later than they answer the subscription. */
  #judgeAgain(): void {
    if (!this.#isOwnerOnline) return
    this.#isJudged = false
    const judged = this.holds().then((holds) => holds || this.#options.broker.reconnect())
    detach(judged, this.#life, (error) =>
      this.#options.log.error('Who has this name could not be found out', errorFields(error)),
    )
  }

  /** Somebody says `info` under our name now. */
  #live(id: string): void {
    this.#answers++
    this.#answered.notifyAll()
    // It was there before us: what is being waited for.
    if (id === this.#owner) return
    this.#conflicts++
    // It has heard us and goes on: both have begun at once. One of the two must go, and both know which.
    if (this.#conflicts > 1 && this.#options.deviceId > id && this.#takeOther(id)) {
      this.#options.broker.reconnect()
      return
    }
    this.#picture.needed()
  }

  /** Whether a device that is said to be online is: a broker that was killed keeps `online` of devices long gone. */
  async #isThere(owner: string): Promise<boolean> {
    const { broker, topics, clock, log } = this.#options
    const before = this.#answers
    broker.send(topics.of('get'), '')
    await this.#answered.waitFor(clock, answerMs, this.#life).catch(() => undefined)
    if (this.#answers > before) return true
    log.info('Another device had this name, and does not answer any more', { owner })
    return false
  }

  /** @returns false when there is none left to take */
  #takeOther(owner: string): boolean {
    const { wanted, deviceId, topics, broker, log, onRenamed } = this.#options
    const names = [
      wanted,
      ...[4, 8, deviceId.length].map((length) => `${wanted}-${deviceId.slice(0, length)}`),
    ]
    const name = names[names.indexOf(topics.device) + 1]
    if (name === undefined) return false
    const before = topics.of('')
    topics.rename(name)
    broker.rename(before, topics.of(''))
    const problem = new AppError(
      'mqtt/name-taken',
      `Another device at this broker has the name ${wanted}: this one is ${name} until it starts again`,
      { facts: { name, owner } },
    )
    log.warn('This device has another name', errorFields(problem))
    onRenamed(problem, before)
    return true
  }
}
