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
  /** The name in the settings. */
  readonly wanted: string
  readonly deviceId: string
  readonly topics: Topics
  readonly broker: Pick<Broker, 'send' | 'republish' | 'sayOnline' | 'rename' | 'reconnect'>
  readonly clock: Clock
  readonly log: Log
  /** Another device has the wanted name. `before`: the former prefix of the topics. */
  readonly onRenamed: (problem: AppError, before: string) => void
}

/** Time for the owner of a name to answer before it counts as gone. */
const answerMs = 3_000

/**
 * Determines the name of this device at the broker (docs/mqtt.md#names). Another device that is online under
 * the name and answers keeps it; this one takes `<name>-<4 of its id>` until it restarts. If `info` cannot be
 * read, or the broker retains nothing, this device keeps the name.
 */
export class DeviceName {
  readonly #options: DeviceNameOptions
  readonly #life: AbortSignal
  readonly #online: Repair
  readonly #picture: Repair
  readonly #answered = new Condition()
  /** The device id in the `info` that was retained when this connection began. */
  #owner: string | undefined
  #isOwnerOnline = false
  /** Whether {@link holds} has returned true on this connection. */
  #isJudged = false
  #answers = 0
  #conflicts = 0

  /** @param life aborts pending waits */
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

  /** Topics to read before the agent publishes anything. */
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
      // The last will of an earlier connection, or of another device with this name.
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

  /** @returns false: another device has the name, and this one has taken a new one */
  async holds(): Promise<boolean> {
    const owner = this.#owner
    const holds =
      owner === undefined || !this.#isOwnerOnline || !(await this.#isThere(owner)) || !this.#takeOther(owner)
    this.#owner = undefined
    this.#isJudged = holds
    return holds
  }

  /** Some brokers send stored messages after the SUBACK. */
  #judgeAgain(): void {
    if (!this.#isOwnerOnline) return
    this.#isJudged = false
    const judged = this.holds().then((holds) => holds || this.#options.broker.reconnect())
    detach(judged, this.#life, (error) =>
      this.#options.log.error('Who has this name could not be found out', errorFields(error)),
    )
  }

  /** Another device publishes `info` under this name now. */
  #live(id: string): void {
    this.#answers++
    this.#answered.notifyAll()
    // The owner that was there first has answered; `#isThere` waits for this.
    if (id === this.#owner) return
    this.#conflicts++
    // The other device received this one's `info` and continues: both began at once. The higher id gives way.
    if (this.#conflicts > 1 && this.#options.deviceId > id && this.#takeOther(id)) {
      this.#options.broker.reconnect()
      return
    }
    this.#picture.needed()
  }

  /** Whether the device really is online: a killed broker may retain `online` of one long gone. */
  async #isThere(owner: string): Promise<boolean> {
    const { broker, topics, clock, log } = this.#options
    const before = this.#answers
    broker.send(topics.of('get'), '')
    await this.#answered.waitFor(clock, answerMs, this.#life).catch(() => undefined)
    if (this.#answers > before) return true
    log.info('Another device had this name, and does not answer any more', { owner })
    return false
  }

  /** @returns false when no name is left */
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
