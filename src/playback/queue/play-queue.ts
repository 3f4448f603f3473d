import { AppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { StoredFile } from '../../lib/storage/stored-file.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { MusicApi, SessionWindow } from '../../amazon-music/api.ts'
import type { NowPlaying } from '../now-playing.ts'
import type { LastSession } from '../resume/stored-forms.ts'
import type { PlayRequest } from './session.ts'
import type { ReportQueue } from '../reports/report-queue.ts'
import { cannotRestore, Session } from './session.ts'
import { isSame, mergeUpcoming, previousOf, resumeWindow, windowSize } from './window.ts'

export interface PlayQueueOptions {
  readonly api: MusicApi
  readonly nowPlaying: NowPlaying
  readonly reports: ReportQueue
  readonly lastSession: StoredFile<LastSession>
  readonly log: Log
}

/** A session that the service has just opened. */
export interface Opened {
  readonly window: SessionWindow
  /** The request that opened it, if known. */
  readonly request: PlayRequest | undefined
}

/** The previous entity, and the entities known to follow it. */
export interface Behind {
  readonly previous: Entity
  readonly following: readonly Entity[]
}

/** The play queue: the session at the service, and the window of its queue that is known here. */
export class PlayQueue {
  readonly #options: PlayQueueOptions
  #session: Session | undefined

  constructor(options: PlayQueueOptions) {
    this.#options = options
  }

  get session(): Session | undefined {
    return this.#session
  }

  /** Forgets the session: its account is gone. */
  forget(): void {
    const { lastSession, log } = this.#options
    this.#session = undefined
    try {
      lastSession.clear()
    } catch (error) {
      // SaveRetry logs it, once for all files.
      log.debug('The session could not be removed', errorFields(error))
    }
  }

  /** Plays the queue of session `sessionId` from now on. */
  adopt(sessionId: string, request: PlayRequest | undefined): void {
    const { api, log } = this.#options
    this.#session = new Session(api, log, { id: sessionId, request }, (session, window) =>
      this.#revived(session, window),
    )
    this.#keep()
  }

  /**
   * Restores session `sessionId`; undefined: the current session, or the one of the agent's last run. Only
   * the latter two are created anew when the service has lost them: a caller that names a session wants that
   * one, and not what was once requested.
   *
   * @param takeOver also take the account's stream from the device that has it
   * @throws AppError `playback/nothing`
   */
  async restore(sessionId: string | undefined, takeOver: boolean, signal: AbortSignal): Promise<Opened> {
    const { api, lastSession, reports, log } = this.#options
    const last = this.#session ?? lastSession.value
    const lastId = last instanceof Session ? last.id : last?.sessionId
    const id = sessionId ?? lastId
    if (id === undefined) throw new AppError('playback/nothing', 'There is no session to go on with')
    const request = id === lastId ? last?.request : undefined
    // The service restores a session at the position that was last reported.
    await reports.flush(signal)
    try {
      return { window: await api.restoreSession(id, takeOver, signal), request }
    } catch (error) {
      if (sessionId !== undefined || request === undefined || !cannotRestore(error)) throw error
      log.info('The session could not be restored: asking for the same anew', errorFields(error))
      return this.create(request, takeOver, signal)
    }
  }

  /** Takes the account's stream for the current session. @throws AppError the service's error */
  async takeOver(signal: AbortSignal): Promise<void> {
    const session = this.#session
    if (session !== undefined) await session.takeOver(signal)
  }

  /**
   * Create New Session. The actions of its first entity depend on earlier skips, so pending reports are sent
   * first.
   */
  async create(request: PlayRequest, takeOver: boolean, signal: AbortSignal): Promise<Opened> {
    const { api, reports } = this.#options
    await reports.flush(signal)
    const options = { ...request.options, takeOver }
    return { window: await api.createSession(request.play, options, windowSize, signal), request }
  }

  /**
   * Fetches the entities that come next. Pending reports are sent first: the answer continues from what was
   * reported.
   *
   * @throws AppError the reports could not be sent, or the queue could not be read
   */
  async fetch(signal: AbortSignal): Promise<void> {
    const { nowPlaying, reports } = this.#options
    const session = this.#session
    if (session === undefined) return
    await reports.settle(signal)
    const asked = nowPlaying.state.entity
    const answer = await session.getNextTracks(signal)
    if (answer === undefined || session !== this.#session || signal.aborted) return
    const { entity, upcoming } = nowPlaying.state
    const { entities, restoredAs } = answer
    if (restoredAs === undefined) nowPlaying.set({ upcoming: mergeUpcoming(entity, upcoming, entities) })
    // The answer does not contain the current entity, unless that began during the request.
    else if (entity === asked) nowPlaying.set({ upcoming: entities })
    else this.#resume(entities)
  }

  /**
   * Fetches the current entity again, for a fresh URL of its stream. If the service no longer returns it, or
   * returns another one, the known entity stays.
   *
   * @throws AppError as {@link fetch}
   */
  async renew(signal: AbortSignal): Promise<void> {
    const { nowPlaying, reports } = this.#options
    const session = this.#session
    if (session === undefined) return
    await reports.settle(signal)
    const fresh = await session.getCurrentTrack(signal)
    const { entity } = nowPlaying.state
    if (signal.aborted || session !== this.#session || entity === undefined) return
    if (fresh !== undefined && isSame(fresh, entity)) nowPlaying.set({ entity: fresh })
    // For the service, an entity whose start was not reported is still to come.
    else if (nowPlaying.stopNow === undefined) await this.#renewNext(session, entity, signal)
  }

  /**
   * As {@link renew}, for an entity that has not begun. What follows it was fetched no later, and is renewed
   * too.
   */
  async #renewNext(session: Session, entity: Entity, signal: AbortSignal): Promise<void> {
    const { nowPlaying } = this.#options
    const answer = await session.getNextTracks(signal)
    if (answer === undefined || signal.aborted || session !== this.#session) return
    if (nowPlaying.state.entity !== entity) return
    const { entities, restoredAs } = answer
    if (restoredAs === undefined) {
      const fresh = entities.find((one) => isSame(one, entity)) ?? entity
      nowPlaying.set({ entity: fresh, upcoming: mergeUpcoming(fresh, nowPlaying.state.upcoming, entities) })
    } else this.#resume(entities)
  }

  /** The previous entity according to the service. @throws AppError as {@link fetch} */
  async previous(session: Session, signal: AbortSignal): Promise<Behind | undefined> {
    const { nowPlaying, reports } = this.#options
    await reports.settle(signal)
    const { entities, restoredAs } = await session.getPreviousTracks(signal)
    const { entity, upcoming } = nowPlaying.state
    const previous = entity === undefined ? undefined : previousOf(entity, entities)
    if (entity === undefined || previous === undefined) return undefined
    return { previous, following: restoredAs === undefined ? [entity, ...upcoming] : [] }
  }

  /**
   * Changes the queue. Where the service inserts depends on what it knows to be playing, so pending reports
   * are sent first.
   *
   * @throws AppError as {@link fetch}, or the service's error: then nothing was changed
   */
  async change(session: Session, make: (id: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.#options.reports.settle(signal)
    await session.change(make, signal)
  }

  /**
   * Reads the queue after a change of it.
   *
   * @param isLonger nothing was removed; otherwise entities that were fetched before are invalid. Where Get
   *   Next Tracks advances the queue, a fetched but unplayed entity is then lost: to play a removed one would
   *   be worse
   * @throws AppError the queue could not be read
   */
  async changed(isLonger: boolean, signal: AbortSignal): Promise<void> {
    this.#keep()
    if (!isLonger) this.#options.nowPlaying.set({ upcoming: [] })
    await this.fetch(signal)
  }

  /**
   * A revived session has a new window, which replaces the known one. The current entity stays current if the
   * window contains it.
   */
  #revived(session: Session, window: readonly Entity[]): void {
    if (session !== this.#session) return
    this.#keep()
    this.#resume(window)
  }

  #resume(window: readonly Entity[]): void {
    const { nowPlaying } = this.#options
    if (nowPlaying.state.entity === undefined) return
    const { current, upcoming } = resumeWindow(nowPlaying.state.entity, window)
    nowPlaying.set({ entity: current, upcoming })
  }

  /** Publishes the session in the state, and saves it for the next start. */
  #keep(): void {
    const { nowPlaying, lastSession, log } = this.#options
    const session = this.#session
    if (session === undefined) return
    if (nowPlaying.state.sessionId !== session.id) nowPlaying.set({ sessionId: session.id })
    const kept = lastSession.value
    if (kept?.sessionId === session.id && kept.request === session.request) return
    try {
      lastSession.save({ sessionId: session.id, request: session.request })
    } catch (error) {
      // SaveRetry logs it, once for all files.
      log.debug('The session could not be saved', errorFields(error))
    }
  }
}
