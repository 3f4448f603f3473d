import type { AccountEvent, AccountState } from '../account/account-state.ts'
import type { Clock } from '../base/clock.ts'
import type { JsonObject } from '../base/decode.ts'
import { AppError, toAppError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'
import type { Log } from '../base/log.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'
import { encodeAccountEvent } from './account-codec.ts'
import { answerQuestion, type Knowledge } from './answer-question.ts'
import { createBirthWatch } from './birth.ts'
import type { Broker, IncomingMessage } from './broker.ts'
import { carryOut, type Agent } from './carry-out.ts'
import type { Intent } from './command.ts'
import { Cover } from './cover.ts'
import { watchHealth, type Health } from './health.ts'
import { Inbox } from './inbox.ts'
import { Problems } from './problems.ts'
import { Publisher } from './publisher.ts'
import { encodeState, type ServiceHealth } from './state-codec.ts'
import type { Topics } from './topics.ts'

export interface BridgeOptions {
  readonly topics: Topics
  readonly broker: Pick<Broker, 'retain' | 'send' | 'republish'>
  readonly agent: Agent
  readonly known: Omit<Knowledge, 'engine' | 'health' | 'info'>
  readonly accountState: () => AccountState
  readonly serviceHealth: () => ServiceHealth
  readonly health: () => Health
  readonly info: JsonObject
  readonly version: string
  readonly http: Http
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Also publish each key of `state` as a topic of its own. */
  readonly scalars: boolean
  /** Where Home Assistant says that it has started. */
  readonly birthTopic: string
  /** A page the service wants the user to see. */
  readonly onPage: (page: { readonly url: string; readonly reason: string } | undefined) => void
}

/** Keys of `state` that answer a command: what plays now, and how. */
const answered = ['state', 'media_title', 'media_artist', 'media_album_name', 'context', 'volume', 'muted', 'shuffle', 'repeat', 'remaining_skips'] // prettier-ignore

/** Translates between the topics and what the agent does (mqtt-contract). */
export class Bridge {
  readonly #options: BridgeOptions
  readonly #publisher: Publisher
  readonly #problems = new Problems()
  readonly #cover: Cover
  readonly #inbox: Inbox
  readonly #onBirth: ReturnType<typeof createBirthWatch>
  readonly #life: AbortSignal
  #isStale = false

  constructor(options: BridgeOptions, life: AbortSignal) {
    const { topics, broker, agent, known, http, clock, random, log } = options
    this.#options = options
    this.#life = life
    this.#publisher = new Publisher({ topics, broker, scalars: options.scalars })
    this.#cover = new Cover({ http, log, publish: (picture) => this.#publisher.cover(picture) })
    this.#onBirth = createBirthWatch(clock, random, () => broker.republish())
    const knowledge: Knowledge = {
      ...known,
      engine: agent.engine,
      health: () => flat(options.health()),
      info: () => options.info,
    }
    this.#inbox = new Inbox(
      {
        topics,
        broker,
        clock,
        log,
        carryOut: (intents, signal) => this.#carryOut(intents, signal),
        answer: (question, signal) => answerQuestion(question, knowledge, signal),
      },
      life,
    )
    this.#publisher.info(options.info)
    this.#publisher.update(options.version)
    this.#publisher.cover(undefined)
    this.#publisher.problems(this.#problems)
    this.accountChanged()
    this.#publishPlayback()
  }

  receive(message: IncomingMessage): void {
    if (message.topic === this.#options.birthTopic) this.#onBirth(message.payload, this.#life)
    else this.#inbox.receive(message)
  }

  /** Publishes the health now and then until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, health } = this.#options
    return watchHealth(clock, health, (values) => this.#publisher.health(values), signal)
  }

  /** Refuses commands from now on; resolves when the one being carried out has ended. */
  close(): Promise<void> {
    return this.#inbox.close()
  }

  accountChanged(): void {
    const account = this.#options.accountState()
    this.#publisher.account(account)
    this.#setProblem('account', account.error)
    this.#playbackStale()
  }

  accountEvent(event: AccountEvent): void {
    const { type, atEpochMs, ...facts } = encodeAccountEvent(event)
    this.#publisher.event(type, atEpochMs, facts)
  }

  playbackChanged(): void {
    this.#playbackStale()
  }

  playbackEvent({ type, facts }: PlaybackEvent): void {
    this.#publisher.event(type, this.#options.clock.epochMs(), facts)
  }

  readonly logLine: Publisher['log'] = (line) => this.#publisher.log(line)

  async #carryOut(intents: readonly Intent[], signal: AbortSignal): Promise<unknown> {
    const done: string[] = []
    try {
      for (const intent of intents) {
        await carryOut(intent, this.#options.agent, signal)
        done.push(intent.type)
      }
      this.#noteService(undefined)
    } catch (error) {
      this.#noteService(error)
      throw done.length === 0 ? error : partly(error, done)
    } finally {
      // The state before the answer, so that who waits for the answer can read it.
      this.#publishPlayback()
    }
    const state = this.#state()
    return Object.fromEntries(answered.map((key) => [key, state[key]]))
  }

  /** The service may want the user to see a page: shown until a command goes through. */
  #noteService(error: unknown): void {
    const failure = error === undefined ? undefined : toAppError(error)
    if (failure !== undefined && !failure.code.startsWith('music/')) return
    const isLasting = failure?.url !== undefined || failure?.kind === 'config'
    this.#setProblem('service', failure !== undefined && isLasting ? failure : undefined)
    const page = failure?.url === undefined ? undefined : { url: failure.url, reason: failure.message }
    this.#options.onPage(page)
  }

  #setProblem(source: 'account' | 'service', problem: Parameters<Problems['set']>[1]): void {
    this.#problems.set(source, problem, this.#options.clock.epochMs())
    this.#publisher.problems(this.#problems)
  }

  /** Several changes in one turn of the event loop become one message. */
  #playbackStale(): void {
    if (this.#isStale) return
    this.#isStale = true
    setImmediate(() => {
      if (this.#isStale) this.#publishPlayback()
    })
  }

  #publishPlayback(): void {
    this.#isStale = false
    const { engine } = this.#options.agent
    this.#publisher.playback(engine.state, this.#facts())
    this.#cover.show(engine.state.entity?.imageUrl, this.#life)
  }

  #state(): ReturnType<typeof encodeState> {
    return encodeState(this.#options.agent.engine.state, this.#facts())
  }

  #facts(): Parameters<typeof encodeState>[1] {
    return {
      signedIn: this.#options.accountState().linked,
      service: this.#options.serviceHealth(),
      player: this.#options.agent.engine.playerName,
    }
  }
}

/** A set of several keys failed in the middle: the sender learns what was done. */
function partly(error: unknown, done: readonly string[]): AppError {
  const { code, message, facts, retryAfterMs, url } = toAppError(error)
  return new AppError(code, message, {
    facts: { ...facts, done: done.join(', ') },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(url === undefined ? {} : { url }),
  })
}

function flat({ counts, ...moving }: Health): JsonObject {
  return { ...moving, ...counts }
}
