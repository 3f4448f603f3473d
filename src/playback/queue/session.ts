import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { Serial } from '../../lib/async/serial.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type {
  MusicApi,
  PlaybackOptions,
  PlayParams,
  QueueRead,
  SessionWindow,
} from '../../amazon-music/api.ts'
import { windowSize } from './window.ts'

/** What a user asked for: enough to request it again when the service has lost the session. */
export interface PlayRequest {
  readonly play: PlayParams
  readonly options: PlaybackOptions
  /** In the user's words. */
  readonly context: string
  readonly preset?: string
}

/**
 * Called when {@link Session} was revived, with the new window; an empty window is still to be fetched. All
 * entities that were fetched before are invalid.
 */
export type OnRevived = (session: Session, entities: readonly Entity[]) => void

/** The playback session at the service. Revives it when the service has let it lapse. */
export class Session {
  readonly #api: MusicApi
  readonly #log: Log
  readonly #onRevived: OnRevived
  readonly #reviving = new Serial()
  #id: string
  #revivals = 0
  #request: PlayRequest | undefined

  /**
   * @param request undefined for a session that was opened without a known request: it cannot be created anew
   */
  constructor(
    api: MusicApi,
    log: Log,
    opened: { readonly id: string; readonly request: PlayRequest | undefined },
    onRevived: OnRevived,
  ) {
    this.#api = api
    this.#log = log
    this.#id = opened.id
    this.#request = opened.request
    this.#onRevived = onRevived
  }

  get id(): string {
    return this.#id
  }

  /** The request that creates it anew, with the current modes. */
  get request(): PlayRequest | undefined {
    return this.#request
  }

  setModes(modes: Pick<PlaybackOptions, 'shuffle' | 'loop'>): void {
    if (this.#request === undefined) return
    this.#request = { ...this.#request, options: { ...this.#request.options, ...modes } }
  }

  /** Undefined when the session had to be revived: its new window has what comes next. */
  getNextTracks(signal: AbortSignal): Promise<QueueRead | undefined> {
    const read = this.#reading((id) => this.#api.getNextTracks(id, windowSize, signal))
    return this.#reviveIfLost<QueueRead | undefined>(read, () => Promise.resolve(undefined), signal)
  }

  /** The current track with the service's latest data and a valid URL of its stream. */
  async getCurrentTrack(signal: AbortSignal): Promise<Entity | undefined> {
    const read = this.#reading((id) => this.#api.getCurrentTrack(id, signal))
    return (await this.#reviveIfLost(read, read, signal)).entities[0]
  }

  getPreviousTracks(signal: AbortSignal): Promise<QueueRead> {
    const read = this.#reading((id) => this.#api.getPreviousTracks(id, windowSize, signal))
    return this.#reviveIfLost(read, read, signal)
  }

  /** Restores the session, and takes the account's stream from the device that has it. */
  async takeOver(signal: AbortSignal): Promise<void> {
    const revive = async (): Promise<void> =>
      this.#adopt(await this.#api.restoreSession(this.#id, true, signal))
    await this.#reviving.run(revive)
  }

  /** Runs `change` (queue, loop, shuffle), and again if the session had lapsed. */
  change(change: (sessionId: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    const unlessAlive = async (id: string): Promise<void> => {
      try {
        await change(id)
      } catch (error) {
        // "Not found" may refer to the track to queue: reviving a live session would make its window invalid.
        if (isLost(error) && (await this.#isAlive(id, signal))) throw new StillAlive(error)
        throw error
      }
    }
    return this.#reviveIfLost(unlessAlive, change, signal).catch((error: unknown) => {
      throw error instanceof StillAlive ? error.cause : error
    })
  }

  /** Adopts a session that the service restores by itself while it answers. */
  #reading(ask: (id: string) => Promise<QueueRead>): (id: string) => Promise<QueueRead> {
    return async (id) => {
      const revivals = this.#revivals
      const read = await ask(id)
      // The session was revived during the request: the answer belongs to the old one.
      if (this.#revivals !== revivals) return this.#reading(ask)(this.#id)
      if (read.restoredAs !== undefined) this.#adopt({ sessionId: read.restoredAs, entities: [] })
      return read
    }
  }

  async #reviveIfLost<T>(
    ask: (id: string) => Promise<T>,
    askAgain: (id: string) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const revivals = this.#revivals
    try {
      return await ask(this.#id)
    } catch (error) {
      if (!isLost(error)) throw error
      await this.#reviving.run(async () => {
        // Another call may have revived it already.
        if (this.#revivals === revivals) await this.#revive(error, signal)
      })
      return askAgain(this.#id)
    }
  }

  /**
   * Tries to restore the session, otherwise creates it anew from its request. How the service answers for a
   * lapsed session is not documented; "not found" on a session route is taken for that.
   */
  async #revive(error: unknown, signal: AbortSignal): Promise<void> {
    this.#log.info('The session lapsed at the service: restoring it', { session: this.#id })
    let window: SessionWindow
    try {
      window = await this.#api.restoreSession(this.#id, false, signal)
    } catch (restoreError) {
      if (!cannotRestore(restoreError)) throw restoreError
      if (this.#request === undefined) throw error
      this.#log.info('The session could not be restored: asking for the same anew', errorFields(restoreError))
      window = await this.#api.createSession(this.#request.play, this.#request.options, windowSize, signal)
    }
    this.#adopt(window)
  }

  #adopt(window: SessionWindow): void {
    this.#id = window.sessionId
    this.#revivals++
    this.#onRevived(this, window.entities)
  }

  async #isAlive(id: string, signal: AbortSignal): Promise<boolean> {
    const read = this.#reading((asked) => this.#api.getCurrentTrack(asked, signal))
    try {
      return (await read(id)).restoredAs === undefined
    } catch (error) {
      if (cannotRestore(error)) return false
      throw error
    }
  }
}

class StillAlive extends Error {
  constructor(cause: unknown) {
    super('The session is alive', { cause })
  }
}

function isLost(error: unknown): boolean {
  return toAppError(error).code === 'music/not-found'
}

/** Whether there is nothing to restore, or no such route: then only a new session helps. */
export function cannotRestore(error: unknown): boolean {
  const { code } = toAppError(error)
  return code === 'music/not-found' || code === 'music/route'
}

/** The first entity of a window. @throws AppError `playback/no-stream` when it is empty */
export function firstOf(window: SessionWindow): Entity {
  const first = window.entities[0]
  if (first === undefined)
    throw new AppError('playback/no-stream', 'The service opened a queue with nothing in it')
  return first
}
