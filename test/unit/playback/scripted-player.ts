import type { AppError } from '../../../src/lib/errors.ts'
import type { OpenPlayer, Player, PlayerEvent, PlayerItem } from '../../../src/playback/player/player.ts'

/** A sound card that does what a test says. */
export class ScriptedPlayer implements Player {
  readonly preloads = false
  readonly decrypts = false
  readonly #onEvent: (event: PlayerEvent) => void
  readonly #said: (what: string) => void
  item: PlayerItem | undefined
  isClosed = false
  /** What a command rejects with, or one that is never answered. */
  refusal: AppError | 'hangs' | undefined

  constructor(onEvent: (event: PlayerEvent) => void, said: (what: string) => void) {
    this.#onEvent = onEvent
    this.#said = said
  }

  load(item: PlayerItem): Promise<void> {
    return this.#take(`load ${item.stream?.url.reveal() ?? ''}`, () => (this.item = item))
  }
  setVolume(percent: number): Promise<void> {
    return this.#take(`volume ${percent}`)
  }
  preload(): Promise<void> {
    return this.#take('preload')
  }
  play(): Promise<void> {
    return this.#take('play')
  }
  pause(): Promise<void> {
    return this.#take('pause')
  }
  stop(): Promise<void> {
    return this.#take('stop')
  }
  seek(): Promise<void> {
    return this.#take('seek')
  }
  setMuted(): Promise<void> {
    return this.#take('mute')
  }
  close(): Promise<void> {
    this.isClosed = true
    this.#said('close')
    return Promise.resolve()
  }

  /** Something happens to the item that is on. */
  say(type: 'started' | 'buffering' | 'ended', id = this.item?.id ?? ''): void {
    this.#onEvent({ type, id })
  }
  fail(error: AppError): void {
    this.#onEvent({ type: 'failed', id: this.item?.id ?? '', error })
  }
  die(error: AppError): void {
    this.isClosed = true
    this.#onEvent({ type: 'gone', error })
  }

  #take(what: string, done: () => void = () => undefined): Promise<void> {
    if (this.refusal === 'hangs') return new Promise(() => undefined)
    if (this.refusal !== undefined) return Promise.reject(this.refusal)
    this.#said(what)
    done()
    return Promise.resolve()
  }
}

interface NextOpening {
  readonly fails?: AppError
  readonly until?: (signal: AbortSignal) => Promise<void>
  /** Of every command of the player that is opened. */
  readonly refusal?: AppError | 'hangs'
}

/** Opens scripted players, and keeps them for the test. */
export function scriptedPlayers(said: (what: string) => void): {
  readonly open: OpenPlayer
  readonly players: ScriptedPlayer[]
  /** What the next opening does instead. */
  next: NextOpening
} {
  const players: ScriptedPlayer[] = []
  const made = {
    players,
    next: {} as NextOpening,
    open: async (onEvent: (event: PlayerEvent) => void, signal: AbortSignal): Promise<Player> => {
      const { fails, until, refusal } = made.next
      made.next = {}
      if (fails !== undefined) throw fails
      await until?.(signal)
      const player = new ScriptedPlayer(onEvent, said)
      player.refusal = refusal
      players.push(player)
      said('open')
      return player
    },
  }
  return made
}
