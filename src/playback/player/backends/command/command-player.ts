import { AppError } from '../../../../lib/errors.ts'
import type { Player, PlayerEvent, PlayerItem } from '../../player.ts'
import { wireItem, type Command } from './commands.ts'
import { breach, type Conversation } from './conversation.ts'
import type { Redactor } from './redactor.ts'
import { QueuedItems, type QueuedItem } from './queued-items.ts'
import type { Hello, Message, PlayerProblem } from './messages.ts'

/**
 * An end this much before the duration counts as a broken stream; less does not, because programs round and a
 * decoder's last samples are few.
 */
const earlyMs = 1_500

type ItemEvent = Extract<Message, { readonly item: string }>

/**
 * Translates the commands of {@link Player} into those of the program, and the program's events into
 * {@link PlayerEvent}.
 */
export class CommandPlayer implements Player {
  readonly preloads: boolean
  readonly decrypts: boolean
  readonly #conversation: Conversation
  readonly #redactor: Redactor
  readonly #onEvent: (event: PlayerEvent) => void
  readonly #queued = new QueuedItems()

  constructor(
    { preloads, decrypts }: Hello,
    conversation: Conversation,
    discretion: Redactor,
    onEvent: (event: PlayerEvent) => void,
  ) {
    this.preloads = preloads
    this.decrypts = decrypts
    this.#conversation = conversation
    this.#redactor = discretion
    this.#onEvent = onEvent
  }

  async load(item: PlayerItem, paused: boolean): Promise<void> {
    const command: Command = { command: 'load', item: this.#opened(item), paused }
    const before = this.#queued.all
    await this.#send(command, () => this.#queued.takeOff(before), this.#queued.put(item, false))
  }

  async preload(item: PlayerItem | undefined): Promise<void> {
    if (!this.preloads) return
    const command: Command = { command: 'preload', item: item === undefined ? null : this.#opened(item) }
    const before = this.#queued.all
    const lying = item === undefined ? undefined : this.#queued.put(item, true)
    // An item that became current meanwhile stays.
    const onTaken = (): void => this.#queued.takeOff(before.filter(({ isNext }) => isNext))
    await this.#send(command, onTaken, lying)
  }

  play(): Promise<void> {
    return this.#send({ command: 'play' })
  }

  pause(): Promise<void> {
    return this.#send({ command: 'pause' })
  }

  stop(): Promise<void> {
    const before = this.#queued.all
    return this.#send({ command: 'stop' }, () => this.#queued.takeOff(before))
  }

  seek(positionMs: number): Promise<void> {
    return this.#send({ command: 'seek', position_ms: Math.max(0, Math.round(positionMs)) })
  }

  setVolume(percent: number): Promise<void> {
    return this.#send({ command: 'volume', percent: Math.min(Math.max(percent, 0), 100) })
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#send({ command: 'mute', muted })
  }

  close(): Promise<void> {
    return this.#conversation.end()
  }

  /** The program ended by itself. */
  gone(error: AppError): void {
    this.#onEvent({ type: 'gone', error })
  }

  hear(message: Exclude<Message, { readonly type: 'reply' }>): void {
    if (message.type === 'hello') this.#conversation.breakOff(breach('a second hello'))
    if (!('item' in message)) return
    const lying = this.#queued.find(message.item)
    // The item may have been removed while this message was under way.
    if (lying === undefined) return
    if (!lying.isNext) this.#happened(message, lying)
    else if (message.type === 'failed') lying.failure = this.#inWords(message.trouble)
    else this.#conversation.breakOff(breach(`${message.type} of a preloaded item before its turn`))
  }

  #happened(message: ItemEvent, lying: QueuedItem): void {
    const { id } = lying.item
    switch (message.type) {
      case 'started':
        if (!lying.hasStarted) this.#onEvent({ type: 'started', id })
        lying.hasStarted = true
        return
      case 'position': {
        this.#onEvent({ type: 'position', id, positionMs: message.positionMs })
        return
      }
      case 'buffering':
      case 'rebuffered': {
        this.#onEvent({ type: message.type, id })
        return
      }
      case 'ended': {
        this.#ended(lying, message.positionMs, message.durationMs ?? lying.item.durationMs)
        return
      }
      case 'failed': {
        this.#failed(lying, this.#inWords(message.trouble))
        return
      }
    }
  }

  #ended(lying: QueuedItem, positionMs: number, durationMs = 0): void {
    if (positionMs < durationMs - earlyMs) {
      // The program considers the item ended, and would advance to the preloaded one.
      this.#send({ command: 'stop' }).catch(() => undefined)
      this.#failed(lying, endedEarly(positionMs, durationMs))
      return
    }
    this.#queued.takeOff([lying])
    const next = this.#queued.all.find(({ isNext }) => isNext)
    if (next !== undefined) next.isNext = false
    this.#onEvent({ type: 'ended', id: lying.item.id })
    if (next?.failure !== undefined) this.#failed(next, next.failure)
  }

  #failed(lying: QueuedItem, error: AppError): void {
    this.#queued.takeOff([lying, ...this.#queued.all.filter(({ isNext }) => isNext)])
    this.#onEvent({ type: 'failed', id: lying.item.id, error })
  }

  /** @param lying the item of the command, removed again if the program refuses it */
  #send(command: Command, onTaken: () => void = () => undefined, lying?: QueuedItem): Promise<void> {
    return this.#conversation.send(command, (refusal) => {
      if (refusal === undefined) {
        onTaken()
        return
      }
      if (lying !== undefined) this.#queued.takeOff([lying])
      throw this.#inWords(refusal)
    })
  }

  #opened(item: PlayerItem): ReturnType<typeof wireItem> {
    if (item.stream !== undefined) this.#redactor.tell(item.stream)
    return wireItem(item)
  }

  #inWords({ code, message }: PlayerProblem): AppError {
    return new AppError(code, `The player says: ${this.#redactor.clean(message)}`)
  }
}

function endedEarly(positionMs: number, durationMs: number): AppError {
  const [at, of] = [positionMs, durationMs].map((ms) => (ms / 1000).toFixed(1))
  return new AppError('player/network', `The stream ended at ${at} s of ${of} s`)
}
