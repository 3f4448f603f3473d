import { AppError, toAppError } from '../base/errors.ts'
import { errorFields, type Log } from '../base/log.ts'
import type { Entity } from '../music/entity.ts'
import type { MusicApi, SessionWindow } from '../music/music-api.ts'
import type { PlayRequest } from './play-request.ts'
import { windowSize } from './window.ts'

/** The playback session at the service, and how it comes back when the service has let it lapse. */
export class Session {
  readonly #api: MusicApi
  readonly #log: Log
  #id: string
  /** Unknown for a session that was made in an earlier life. */
  readonly #request: PlayRequest | undefined

  constructor(api: MusicApi, log: Log, id: string, request: PlayRequest | undefined) {
    this.#api = api
    this.#log = log
    this.#id = id
    this.#request = request
  }

  get id(): string {
    return this.#id
  }

  get request(): PlayRequest | undefined {
    return this.#request
  }

  getNextTracks(signal: AbortSignal): Promise<readonly Entity[]> {
    return this.#read((id) => this.#api.getNextTracks(id, windowSize, signal), signal)
  }

  getPreviousTracks(signal: AbortSignal): Promise<readonly Entity[]> {
    return this.#read((id) => this.#api.getPreviousTracks(id, windowSize, signal), signal)
  }

  /** Runs `change` (queue, loop, shuffle) on the session, once more on the one that took its place if it lapsed. */
  async change(change: (sessionId: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await change(this.#id)
    } catch (error) {
      await this.#revive(error, signal)
      await change(this.#id)
    }
  }

  async #read(
    read: (id: string) => Promise<readonly Entity[]>,
    signal: AbortSignal,
  ): Promise<readonly Entity[]> {
    try {
      return await read(this.#id)
    } catch (error) {
      const restored = await this.#revive(error, signal)
      // A session made anew begins at its beginning: its first entity is what there is to go on with.
      return restored.madeAnew ? restored.window.entities : await read(this.#id)
    }
  }

  /**
   * Restores the session once, else makes it anew from what was asked for. How a lapsed session answers is not
   * documented; "not found" on a session route is taken as that.
   */
  async #revive(error: unknown, signal: AbortSignal): Promise<{ window: SessionWindow; madeAnew: boolean }> {
    if (toAppError(error).code !== 'music/not-found') throw error
    this.#log.info('The session lapsed at the service: restoring it', { session: this.#id })
    try {
      const window = await this.#api.restoreSession(this.#id, signal)
      this.#id = window.sessionId
      return { window, madeAnew: false }
    } catch (restoreError) {
      const { code } = toAppError(restoreError)
      if (code !== 'music/not-found' && code !== 'music/route') throw restoreError
      const request = this.#request
      if (request === undefined) throw error
      this.#log.info('The session could not be restored: asking for the same anew', errorFields(restoreError))
      const window = await this.#api.createSession(request.play, request.options, windowSize, signal)
      this.#id = window.sessionId
      return { window, madeAnew: true }
    }
  }
}

/** The first entity of a window. @throws AppError `playback/no-stream` when it is empty */
export function firstOf(window: SessionWindow): Entity {
  const first = window.entities[0]
  if (first === undefined)
    throw new AppError('playback/no-stream', 'The service opened a queue with nothing in it')
  return first
}
