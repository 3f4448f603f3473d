import { plainEnvironment, type ChildOptions, type SignalGroup } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import { toAppError } from '../lib/errors.ts'
import { protocolVersion, type Hello } from '../playback/player/backends/command/messages.ts'
import { Broken } from './broken.ts'
import type { Course, TestStream, TestStreams } from './test-streams.ts'
import { endInWords, Trial, type Happened, type Said } from './trial.ts'

export interface BenchOptions {
  readonly commandLine: readonly string[]
  /** The agent's environment; the program gets it without the agent's settings, as it will later. */
  readonly env: ChildOptions['env']
  /** Ends the program with all processes that it started. */
  readonly signalGroup: SignalGroup
  readonly clock: Clock
  readonly streams: TestStreams
  /** Called with each line of the program's stderr. */
  readonly onStderr: (line: string) => void
}

/** A stream that the program got as an item. */
export interface Given {
  readonly id: string
  readonly stream: TestStream
  readonly positionMs: number
}

interface GiveOptions {
  readonly paused?: boolean
  readonly positionMs?: number
  /** Replaces the URL of the stream. */
  readonly url?: string
  readonly format?: string
}

/** docs/player-protocol.md, "In time". */
const helloWithinMs = 10_000
/** Time until sound: not a duty, because it depends on the sound card. */
export const soundWithinMs = 10_000
/** The duty is 1 s; the rest allows for a busy machine. */
export const tellWithinMs = 1_700

/** Sent with every stream; a player that drops them could not play the service's streams. */
export const streamHeaders = { 'x-a2m-check': 'stream', authorization: 'Check of-the-stream' }
const licenseHeaders = { 'x-a2m-license': 'licence' }

/** The test bench for the rules: the program, started again when it has ended, and streams for it. */
export class Bench {
  readonly streams: TestStreams
  /** All runs of the program. */
  readonly trials: Trial[] = []
  readonly #options: BenchOptions
  #hello: Hello | undefined
  #on: Given | undefined
  #items = 0

  constructor(options: BenchOptions) {
    this.#options = options
    this.streams = options.streams
  }

  /** The program's `hello`; without one it neither preloads nor decrypts. */
  get hello(): Pick<Hello, 'preloads' | 'decrypts'> {
    return this.#hello ?? { preloads: false, decrypts: false }
  }

  /** The current run. */
  get trial(): Trial {
    const trial = this.trials.at(-1)
    if (trial === undefined) throw new Broken('a program that runs', 'none')
    return trial
  }

  /** Makes sure that the program runs and has sent hello. @throws Broken */
  async begin(): Promise<Hello> {
    const running = this.trials.at(-1)
    if (running !== undefined && running.end === undefined && this.#hello !== undefined) return this.#hello
    await running?.close()
    this.#hello = this.#on = undefined
    const [program = '', ...args] = this.#options.commandLine
    const { clock, env, signalGroup, onStderr } = this.#options
    const expected = `hello of protocol ${protocolVersion} within ${helloWithinMs / 1000} s of the start`
    let trial: Trial
    try {
      trial = await Trial.start({ program, args, env: plainEnvironment(env), signalGroup, clock, onStderr })
    } catch (error) {
      throw new Broken('a program that can be started', toAppError(error).message)
    }
    this.trials.push(trial)
    const first = await trial.until(() => trial.said[0]?.message ?? trial.breaches[0], helloWithinMs)
    if (typeof first === 'object' && first.type === 'hello' && first.protocol === protocolVersion) {
      this.#hello = first
      return first
    }
    await trial.close()
    if (first === undefined) throw new Broken(expected, ending(trial) ?? 'nothing')
    if (typeof first === 'string') throw new Broken(expected, first)
    throw new Broken(expected, first.type === 'hello' ? `protocol ${first.protocol}` : first.type)
  }

  /** Ends the run: the next rule cannot use a program that hangs. */
  async end(): Promise<void> {
    await this.trials.at(-1)?.close()
    this.#on = undefined
  }

  /** @throws Broken unless the program answers with ok in time */
  async ask(command: string, keys: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const reply = await this.trial.ask(command, keys)
    const expected = `an answer to ${command} with ok`
    if (reply === undefined) {
      const seen = ending(this.trial) ?? 'none within 5 s'
      await this.end()
      throw new Broken(expected, seen)
    }
    if (reply.refusal !== undefined) throw new Broken(expected, `an error: ${reply.refusal.message}`)
  }

  /** Sends a stream with `load` or `preload`. @throws Broken */
  async give(command: 'load' | 'preload', course: Course, options: GiveOptions = {}): Promise<Given> {
    const { given, keys } = this.item(course, options)
    await this.ask(command, command === 'load' ? { ...keys, paused: options.paused ?? false } : keys)
    if (command === 'load') this.#on = given
    return given
  }

  /** Makes an item of a stream, and the keys of the command that sends it. */
  item(
    course: Course,
    { positionMs = 0, url, format }: GiveOptions = {},
  ): { readonly given: Given; readonly keys: Readonly<Record<string, unknown>> } {
    const stream = this.streams.add(course)
    const id = `check-${++this.#items}`
    const item = {
      id,
      url: url ?? stream.url,
      protocol: course.kind === 'protected' ? 'DASH' : null,
      format: format ?? null,
      headers: streamHeaders,
      // The service may send them with an unprotected stream, which is no reason to refuse it.
      license_headers: licenseHeaders,
      position_ms: positionMs,
      duration_ms: 'seconds' in course ? course.seconds * 1000 : 60_000,
    }
    return { given: { id, stream, positionMs }, keys: { item } }
  }

  /** Returns the stream that sounds; if none does, plays one of 60 s. @throws Broken */
  async sounding(): Promise<Given> {
    const on = this.#on
    if (on !== undefined && this.trial.events(on.id).some(({ message }) => message.type === 'started'))
      return on
    return this.anew()
  }

  /** Loads a stream of 60 s and waits until it sounds. @throws Broken */
  async anew(options: GiveOptions = {}): Promise<Given> {
    const given = await this.give('load', { kind: 'whole', seconds: 60 }, options)
    await this.heard(given, 'started', soundWithinMs)
    return given
  }

  /** Forgets the current stream: the next rule starts a new one. */
  clear(): void {
    this.#on = undefined
  }

  /**
   * Waits for the first event of that type of the item since `sinceMs`.
   *
   * @throws Broken when it does not arrive within `withinMs`, or the item fails or ends instead
   */
  async heard<T extends Happened['type']>(
    { id }: Given,
    type: T,
    withinMs: number,
    sinceMs = 0,
  ): Promise<Said & { readonly message: Extract<Happened, { readonly type: T }> }> {
    const { trial } = this
    const isIt = (said: Said): said is Said & { readonly message: Extract<Happened, { readonly type: T }> } =>
      said.message.type === type
    const isOver = ({ message }: Said): boolean => message.type === 'failed' || message.type === 'ended'
    const said = await trial.until(() => {
      const events = trial.events(id, sinceMs)
      return events.find(isIt) ?? events.find(isOver)
    }, withinMs)
    if (said !== undefined && isIt(said)) return said
    const seen = said === undefined ? (ending(trial) ?? this.lately(id, sinceMs)) : inWords(said.message)
    throw new Broken(`${type} within ${withinMs / 1000} s`, seen)
  }

  /** The last events of an item, as text. */
  lately(id: string, sinceMs = 0): string {
    const all = this.trial.events(id, sinceMs).map(({ message }) => inWords(message))
    return all.length === 0 ? 'nothing of it' : all.slice(-4).join(', ')
  }
}

function ending({ end }: Trial): string | undefined {
  return end && `it ended (${endInWords(end)})`
}

/** An event as text. */
export function inWords(message: Said['message']): string {
  switch (message.type) {
    case 'position':
      return `position ${message.positionMs} ms`
    case 'ended':
      return `ended at ${message.positionMs} ms of ${message.durationMs ?? 'unknown'}`
    case 'failed':
      return `failed (${message.trouble.code.replace('player/', '')}: ${message.trouble.message})`
    case 'hello':
    case 'reply':
    case 'started':
    case 'buffering':
    case 'rebuffered':
    case 'unknown':
      return message.type
  }
}
