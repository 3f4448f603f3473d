import { startChild, type Child, type ChildEnd, type ChildOptions } from '../lib/child-process.ts'
import type { Clock } from '../lib/clock.ts'
import { toAppError } from '../lib/errors.ts'
import { readLines } from '../lib/lines.ts'
import { decodeMessage, type Message } from '../playback/player/backends/command/messages.ts'
import { createRate } from '../playback/player/backends/command/conversation.ts'

/** docs/player-protocol.md, "In time". */
const replyWithinMs = 5_000
const endWithinMs = 2_000
const longestLineBytes = 65_536
const mostLines = 2_000

/** A message of the program. */
export interface Said {
  readonly atMs: number
  readonly message: Message
}

export type Reply = Extract<Message, { readonly type: 'reply' }>
export type Happened = Extract<Message, { readonly item: string }>

/** One run of the tested program, and all its messages. */
export class Trial {
  readonly said: Said[] = []
  /** Breaches of the protocol so far, as text. */
  readonly breaches: string[] = []
  /** How it ended. */
  end: ChildEnd | undefined
  readonly #clock: Clock
  readonly #child: Child
  readonly #looking = new Set<() => void>()
  readonly #asked = new Set<number>()
  readonly #answered = new Set<number>()
  #isEnding = false

  /** @throws the operating system's error when it cannot be started */
  static async start(options: ChildOptions): Promise<Trial> {
    return new Trial(await startChild(options), options.clock)
  }

  constructor(child: Child, clock: Clock) {
    this.#clock = clock
    this.#child = child
    const isInTime = createRate(mostLines, clock)
    readLines(child.stdout, longestLineBytes, (line) => {
      if (isInTime()) this.#hear(line)
      else if (!child.stdout.destroyed) {
        this.breaches.push(`more than ${mostLines} lines in a second`)
        child.stdout.destroy()
        void this.close()
      }
    })
    void child.ended.then((end) => {
      if (!this.#isEnding) this.breaches.push(`it ended by itself (${endInWords(end)})`)
      this.end = end
      this.#lookAgain()
    })
  }

  get nowMs(): number {
    return this.#clock.monotonicMs()
  }

  /** Returns what `look` finds in the messages so far, or within `withinMs`; undefined: nothing. */
  async until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
    const found = new AbortController()
    let seen = look()
    const again = (): void => {
      seen = look()
      if (seen !== undefined || this.end !== undefined) found.abort()
    }
    if (seen !== undefined || this.end !== undefined) return seen
    this.#looking.add(again)
    await this.#clock.sleep(withinMs, found.signal).catch(() => undefined)
    this.#looking.delete(again)
    return seen
  }

  sleep(ms: number): Promise<unknown> {
    return this.until(() => undefined, ms)
  }

  /** The events of an item since `sinceMs`, in order. */
  events(item: string, sinceMs = 0): readonly (Said & { readonly message: Happened })[] {
    return this.said.filter(
      (said): said is Said & { message: Happened } =>
        'item' in said.message && said.message.item === item && said.atMs >= sinceMs,
    )
  }

  /** Sends a command and returns the reply; undefined: none came in time. */
  async ask(command: string, keys: Readonly<Record<string, unknown>> = {}): Promise<Reply | undefined> {
    const id = this.#asked.size + 1
    this.#asked.add(id)
    this.#child.stdin.write(`${JSON.stringify({ id, command, ...keys })}\n`)
    const isReply = ({ message }: Said): boolean => message.type === 'reply' && message.id === id
    const reply = await this.until(() => this.said.find(isReply), replyWithinMs)
    return reply?.message as Reply | undefined
  }

  /** Closes its stdin and returns the milliseconds until it ended; undefined: not within `withinMs`. */
  async hangUp(withinMs: number): Promise<number | undefined> {
    this.#isEnding = true
    const sinceMs = this.nowMs
    this.#child.stdin.end()
    await this.sleep(withinMs)
    return this.end === undefined ? undefined : this.nowMs - sinceMs
  }

  /** Ends it, by force if necessary. */
  close(): Promise<void> {
    this.#isEnding = true
    return this.#child.end(endWithinMs)
  }

  #hear(line: string): void {
    try {
      const message = decodeMessage(line)
      this.said.push({ atMs: this.nowMs, message })
      if (message.type === 'reply') this.#judgeReply(message.id)
    } catch (error) {
      this.breaches.push(`${toAppError(error).message}: ${line.slice(0, 120)}`)
    }
    this.#lookAgain()
  }

  #judgeReply(id: number): void {
    if (!this.#asked.has(id)) this.breaches.push(`a reply to ${id}, which no command has`)
    else if (this.#answered.has(id)) this.breaches.push(`a second reply to ${id}`)
    this.#answered.add(id)
  }

  #lookAgain(): void {
    for (const look of [...this.#looking]) look()
  }
}

export function endInWords({ code, signal }: ChildEnd): string {
  return code === null ? (signal ?? 'by a signal') : `exit code ${code}`
}
