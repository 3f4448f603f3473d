import { AppError, toAppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { Clock } from '../../lib/clock.ts'
import { answerTopic, errorAnswer, okAnswer } from './answer.ts'
import { markOf } from './arguments.ts'
import type { ParallelCommand } from './parallel-commands.ts'
import type { Broker, IncomingMessage } from '../../mqtt/broker.ts'
import { mostCommandBytes } from '../../mqtt/connection/incoming.ts'
import { decodeCommand, verbIn } from './command-codec.ts'
import { CommandQueue } from './command-queue.ts'
import { changesPlayback, type Command, type CommandAction, type Query, type Transaction } from './command.ts'
import { RefusalLog } from './refusal-log.ts'
import { Repeats } from './repeats.ts'
import { decodeRequest } from './request-codec.ts'
import { decodeSet, decodeSetKey } from './set-codec.ts'
import type { Target, Topics } from '../topics.ts'

export interface InboxOptions {
  readonly topics: Topics
  readonly broker: Pick<Broker, 'send' | 'republish'>
  readonly clock: Clock
  readonly log: Log
  /** Executes the actions in order; resolves with the data of the answer. */
  readonly execute: (actions: readonly CommandAction[], signal: AbortSignal) => Promise<unknown>
  readonly answer: (query: Query, signal: AbortSignal) => Promise<unknown>
  readonly executeParallel: (aside: ParallelCommand) => Promise<unknown>
}

/** A command that is being answered. */
interface Request {
  readonly message: IncomingMessage
  readonly target: Target
  readonly transaction: Transaction | undefined
  /** Passes the answer on to repeats; undefined where the command may run twice. */
  readonly answered: ReturnType<Repeats['note']>
}

/** Receives commands. Every command gets exactly one answer, a result or an error. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #queue = new CommandQueue()
  readonly #repeats: Repeats
  readonly #refusals: RefusalLog
  readonly #life: AbortSignal

  /** @param life aborts running commands */
  constructor(options: InboxOptions, life: AbortSignal) {
    this.#options = options
    this.#repeats = new Repeats(options.clock)
    this.#refusals = new RefusalLog(options.clock, options.log, life)
    this.#life = life
  }

  receive(message: IncomingMessage): void {
    const target = this.#options.topics.parse(message.topic)
    if (target === undefined) return
    if (target.type === 'get') {
      // A retained `get` comes at each reconnect, which sends the retained messages anyway.
      if (!message.retained) this.#options.broker.republish()
      return
    }
    // An empty retained message clears a retained command, as the refusal of that command asks.
    if (message.retained && message.payload.length === 0) return
    try {
      const command = decode(message, target)
      this.#enqueue({ message, target, transaction: command.transaction, answered: undefined }, command)
    } catch (error) {
      const isSmall = message.payload.length <= mostCommandBytes
      const transaction = isSmall ? markOf(message.payload) : undefined
      const name = (isSmall && target.type === 'command' && verbIn(message.payload)) || nameOf(target)
      this.#refuse({ message, target, transaction, answered: undefined }, name, error)
    }
  }

  /** Refuses waiting and further commands; resolves when the running ones have ended. */
  async close(): Promise<void> {
    await this.#queue.close()
    this.#refusals.close()
  }

  #enqueue(first: Request, command: Command): void {
    const { name, wants } = command
    let request = first
    // A query changes nothing, so a repeat runs again.
    if (!('query' in wants) || changesPlayback(wants.query)) {
      const { message, transaction } = first
      const answered = this.#repeats.note(message, transaction, (answer) => this.#send(first, answer))
      if (answered === undefined) return
      request = { ...first, answered }
    }
    const refuse = (error: AppError): void => this.#refuse(request, name, error)
    if ('query' in wants) {
      const { query } = wants
      const run = (): Promise<void> => this.#run(request, name, () => this.#options.answer(query, this.#life))
      if (changesPlayback(query)) this.#queue.change(run, refuse)
      else this.#queue.ask(run, refuse)
    } else if ('parallel' in wants) {
      this.#queue.ask(
        () => this.#run(request, name, () => this.#options.executeParallel(wants.parallel)),
        refuse,
      )
    } else {
      const { actions } = wants
      const run = (): Promise<void> =>
        this.#run(request, name, () => this.#options.execute(actions, this.#life))
      this.#queue.change(run, refuse, supersedes(actions))
    }
  }

  async #run(request: Request, name: string, job: () => Promise<unknown>): Promise<void> {
    try {
      const { expiresAtMs } = request.message
      if (expiresAtMs !== undefined && this.#options.clock.monotonicMs() > expiresAtMs) {
        throw new AppError(
          'command/expired',
          'The command waited past its message expiry and was not carried out',
        )
      }
      const answer = okAnswer(name, await job(), request.transaction)
      this.#send(request, answer)
      request.answered?.(answer, false)
    } catch (error) {
      this.#refuse(
        request,
        name,
        this.#life.aborted ? new AppError('command/stopping', 'The agent stopped') : error,
      )
    }
  }

  #refuse(request: Request, name: string, error: unknown): void {
    this.#refusals.note(name, error)
    const answer = errorAnswer(name, error, request.transaction)
    this.#send(request, answer)
    request.answered?.(answer, toAppError(error).retryable)
  }

  #send({ message, target }: Request, answer: string): void {
    const { correlationData } = message
    this.#options.broker.send(answerTopic(message, target, this.#options.topics), answer, {
      contentType: 'application/json',
      ...(correlationData === undefined ? {} : { correlationData }),
    })
  }
}

function decode(message: IncomingMessage, target: Target): Command {
  if (message.retained) {
    throw new AppError('command/retained', 'The command arrived retained; send it without the retain flag')
  }
  if (message.payload.length > mostCommandBytes) {
    throw new AppError(
      'command/too-large',
      // Its full length is unknown: mqtt/connection/incoming.ts cuts it.
      `The payload is longer than ${mostCommandBytes} bytes`,
    )
  }
  switch (target.type) {
    case 'command':
      return decodeCommand(message.payload)
    case 'set':
      return decodeSet(message.payload)
    case 'set-key':
      return decodeSetKey(target.key, message.payload)
    case 'request':
      return decodeRequest(target.name, message.payload)
    case 'get':
      throw new AppError('internal/fault', 'get is not a command')
  }
}

/** An absolute volume or position makes a waiting one obsolete; a step does not. */
function supersedes(actions: readonly CommandAction[]): string | undefined {
  const [action, ...more] = actions
  if (action === undefined || more.length > 0) return undefined
  if (action.type === 'volume' && 'percent' in action.to) return 'volume'
  if (action.type === 'seek' && 'positionMs' in action.to) return 'seek'
  return undefined
}

function nameOf(target: Target): string {
  switch (target.type) {
    case 'set-key':
      return `set/${target.key}`
    case 'request':
      return target.name
    case 'command':
    case 'set':
    case 'get':
      return target.type
  }
}
