import type { AccountEvent, AccountState } from '../account/account-state.ts'
import { isSameAccount, type AccountIdentity } from '../lib/account-identity.ts'
import { Emitter } from '../lib/async/emitter.ts'
import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import type { AppError } from '../lib/errors.ts'
import type { Http } from '../lib/http/http.ts'
import type { Log } from '../lib/log.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'
import { encodeAccountEvent } from './state/account-codec.ts'
import { answerQuery, type QuerySources } from './commands/answer-question.ts'
import { executeParallel, type ParallelCommand, type ParallelCommands } from './commands/parallel-commands.ts'
import { createBirthWatch } from './birth.ts'
import type { Broker, IncomingMessage } from '../mqtt/broker.ts'
import { executeAll, type Agent } from './commands/execute.ts'
import type { CommandAction } from './commands/command.ts'
import { Coalesced } from './state/coalesced.ts'
import { Cover, type Picture } from './state/cover.ts'
import { encodeEvent, encodeFacts, type EventPayload } from './state/event-codec.ts'
import { watchHealth, type Health } from './state/health.ts'
import { Inbox } from './commands/inbox.ts'
import { Problems, type ProblemSource } from './state/problems.ts'
import { Publisher } from './state/publisher.ts'
import { encodeState, type ServiceHealth, type StatePayload } from './state/state-codec.ts'
import type { Topics } from './topics.ts'

export interface BridgeOptions {
  readonly topics: Topics
  readonly broker: Pick<Broker, 'retain' | 'send' | 'republish'>
  readonly agent: Agent
  readonly parallelCommands: ParallelCommands
  readonly known: Omit<QuerySources, 'engine' | 'health' | 'info'>
  readonly accountState: () => AccountState
  readonly serviceHealth: () => ServiceHealth
  readonly health: () => Health
  readonly info: JsonObject
  readonly version: string
  readonly http: Http
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Also publish each key of `state` as its own topic. */
  readonly scalars: boolean
  /** Topic of Home Assistant's birth message. */
  readonly birthTopic: string
  /** Whether the user may be sent to this address. A QR code hides it: nobody reads it before scanning. */
  readonly mayOpen: (url: string) => boolean
}

/** Keys of `state` in the answer to a command. */
const answered = ['state', 'media_title', 'media_artist', 'media_album_name', 'context', 'volume', 'muted', 'shuffle', 'repeat', 'remaining_skips'] // prettier-ignore

/** Translates between the MQTT topics (docs/mqtt.md) and the agent. */
export class Bridge {
  /** Each event, as published and at the moment it happens. */
  readonly events = new Emitter<EventPayload>()
  /** Topic `state` as published; also emitted when it has not changed. */
  readonly states = new Emitter<StatePayload>()
  /** The image on topic `cover`; also emitted when it has not changed. */
  readonly covers = new Emitter<Buffer | undefined>()
  /** Home Assistant has started; the retained messages are about to be sent again. */
  readonly births = new Emitter<void>()
  /** A page that the service wants the user to see; undefined: no longer. */
  readonly pages = new Emitter<{ readonly url: string; readonly reason: string } | undefined>()
  readonly #options: BridgeOptions
  readonly #publisher: Publisher
  readonly #problems = new Problems()
  readonly #cover: Cover
  readonly #inbox: Inbox
  readonly #onBirth: ReturnType<typeof createBirthWatch>
  readonly #life: AbortSignal
  readonly #playback = new Coalesced(() => this.#publishPlaybackNow())
  #publishedHealth: ServiceHealth | undefined
  #account: AccountIdentity | undefined

  constructor(options: BridgeOptions, life: AbortSignal) {
    const { topics, broker, agent, known, http, clock, random, log } = options
    this.#options = options
    this.#life = life
    this.#publisher = new Publisher({ topics, broker, scalars: options.scalars })
    this.#cover = new Cover({ http, log, publish: (picture) => this.#publishCover(picture) })
    this.#onBirth = createBirthWatch(clock, random, () => {
      this.births.emit()
      broker.republish()
    })
    const sources: QuerySources = {
      ...known,
      engine: agent.engine,
      health: () => flat(options.health()),
      info: () => this.#info(),
    }
    this.#inbox = new Inbox(
      {
        topics,
        broker,
        clock,
        log,
        execute: (actions, signal) => this.#execute(actions, signal),
        answer: (query, signal) => answerQuery(query, sources, signal),
        executeParallel: (parallel) => this.#executeParallel(parallel),
      },
      life,
    )
    this.#publisher.info(this.#info())
    this.#publisher.update(options.version)
    this.#publishCover(undefined)
    this.#publisher.noPage()
    this.#publisher.problems(this.#problems)
    this.accountChanged()
    this.#playback.publish()
  }

  receive(message: IncomingMessage): void {
    if (message.topic === this.#options.birthTopic) this.#onBirth(message.payload, this.#life)
    else this.#inbox.receive(message)
  }

  /** Publishes the health periodically until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, health } = this.#options
    return watchHealth(clock, health, (values) => this.#publisher.health(values), signal)
  }

  /** Refuses further commands; resolves when the running ones have ended. */
  close(): Promise<void> {
    return this.#inbox.close()
  }

  accountChanged(): void {
    const account = this.#options.accountState()
    this.#publisher.account(account)
    this.#setProblem('account', account.error)
    const { identity } = account
    const isSame =
      identity !== undefined && this.#account !== undefined && isSameAccount(identity, this.#account)
    if (!account.linked || !isSame) this.#setServiceProblem(undefined)
    this.#account = identity
    this.#playback.changed()
  }

  accountEvent(event: AccountEvent): void {
    const { type, atEpochMs, ...facts } = encodeAccountEvent(event)
    const payload = encodeEvent(type, atEpochMs, facts)
    this.events.emit(payload)
    this.#publisher.event(payload)
  }

  playbackChanged(): void {
    this.#playback.changed()
  }

  playbackEvent({ type, facts }: PlaybackEvent): void {
    const event = encodeEvent(type, this.#options.clock.epochMs(), encodeFacts(facts))
    this.events.emit(event)
    const publish = (): void => this.#publisher.event(event)
    this.#playback.afterwards(publish)
  }

  /**
   * Call after each call to the music service, for a command or not. Some failures last until the user or the
   * operator acts, with or without a page to open: topic `error` shows them until the service works again. An
   * unreachable service neither sets nor clears them.
   */
  serviceCalled(failure: AppError | undefined): void {
    const isOfService = failure?.code.startsWith('music/') === true
    if (failure?.url !== undefined || (isOfService && failure.kind === 'config'))
      this.#setServiceProblem(failure)
    else if (failure === undefined || (isOfService && failure.kind === 'rejected'))
      this.#setServiceProblem(undefined)
    if (this.#options.serviceHealth() !== this.#publishedHealth) this.#playback.changed()
  }

  /** Call when the wall clock was set, by this many milliseconds. */
  clockSet(byMs: number): void {
    this.#problems.clockSet(byMs)
    this.#publisher.problems(this.#problems)
    this.#cover.retryNow(this.#life)
    this.#playback.changed()
  }

  /** @param problem why the player cannot run; undefined: it runs again */
  playerProblem(problem: AppError | undefined): void {
    this.#setProblem('player', problem)
  }

  /** @param problem why the state folder cannot be written or will be lost; undefined: it works */
  stateProblem(problem: AppError | undefined): void {
    this.#setProblem('state', problem)
  }

  /** Another device uses the name of this one, which has taken a new name. */
  renamed(problem: AppError): void {
    this.#publisher.info(this.#info())
    this.#setProblem('name', problem)
  }

  /** The payload of topic `error`. */
  get problem(): ReturnType<Problems['encode']> {
    return this.#problems.encode()
  }

  readonly logLine: Publisher['log'] = (line) => this.#publisher.log(line)

  async #execute(actions: readonly CommandAction[], signal: AbortSignal): Promise<unknown> {
    try {
      await executeAll(actions, this.#options.agent, signal)
    } finally {
      // Before the answer: a sender that receives it reads `state`.
      this.#playback.publish()
    }
    const state = this.#state()
    const { state: playback, volumeControl } = this.#options.agent.engine
    return {
      ...Object.fromEntries(answered.map((key) => [key, state[key]])),
      ...(actions.some((action) => isCut(action, playback.volume))
        ? { volume_limit: volumeControl.limit }
        : {}),
    }
  }

  async #executeParallel(parallel: ParallelCommand): Promise<unknown> {
    const data = await executeParallel(parallel, this.#options.parallelCommands)
    this.#playback.publish()
    return data
  }

  #setServiceProblem(problem: AppError | undefined): void {
    const { mayOpen } = this.#options
    const url = problem?.url !== undefined && mayOpen(problem.url) ? problem.url : undefined
    this.#setProblem('service', problem && { code: problem.code, message: problem.message, url })
    this.pages.emit(problem === undefined || url === undefined ? undefined : { url, reason: problem.message })
  }

  #setProblem(source: ProblemSource, problem: Parameters<Problems['set']>[1]): void {
    this.#problems.set(source, problem, this.#options.clock.epochMs())
    this.#publisher.problems(this.#problems)
  }

  #publishPlaybackNow(): void {
    const { engine } = this.#options.agent
    const facts = this.#facts()
    this.#publishedHealth = facts.service
    this.states.emit(this.#publisher.playback(engine.state, facts))
    this.#cover.show(engine.state.entity?.imageUrl, this.#life)
  }

  #info(): JsonObject {
    const { info, topics } = this.#options
    return { ...info, device_name: topics.device }
  }

  #publishCover(picture: Picture | undefined): void {
    this.#publisher.cover(picture)
    this.covers.emit(picture?.bytes)
  }

  #state(): ReturnType<typeof encodeState> {
    return encodeState(this.#options.agent.engine.state, this.#facts())
  }

  #facts(): Parameters<typeof encodeState>[1] {
    const { parallelCommands } = this.#options
    return {
      signedIn: this.#options.accountState().linked,
      service: this.#options.serviceHealth(),
      player: this.#options.agent.engine.playerName,
      isAnnouncing: parallelCommands.announcer.isAnnouncing,
      sleepAtEpochMs: parallelCommands.sleepTimer.endsAtEpochMs,
    }
  }
}

/** Whether the volume limit cut the requested volume. */
function isCut(action: CommandAction, volume: number): boolean {
  return action.type === 'volume' && 'percent' in action.to && action.to.percent > volume
}

function flat({ counts, ...moving }: Health): JsonObject {
  return { ...moving, ...counts }
}
