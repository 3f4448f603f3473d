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

/** A session the service has just opened. */
export interface Opened {
  readonly window: SessionWindow
  /** What was asked for, when that is known. */
  readonly request: PlayRequest | undefined
}

/** What was played before, and what is known to follow it. */
export interface Behind {
  readonly previous: Entity
  readonly following: readonly Entity[]
}

/** What is to be played: the session at the service, and the window of its queue that is known here. */
export class PlayQueue {
  readonly #options: PlayQueueOptions
  #session: Session | undefined

  constructor(options: PlayQueueOptions) {
    this.#options = options
  }

  get session(): Session | undefined {
    return this.#session
  }

  /** The account that the session belongs to is gone. */
  forget(): void {
    const { lastSession, log } = this.#options
    this.#session = undefined
    try {
      lastSession.clear()
    } catch (error) {
      // Said by base/save-troubles.ts, once for all files.
      log.debug('The session could not be removed', errorFields(error))
    }
  }

  /** From now on that session's queue is played. */
  adopt(sessionId: string, request: PlayRequest | undefined): void {
    const { api, log } = this.#options
    this.#session = new Session(api, log, { id: sessionId, request }, (session, window) =>
      this.#revived(session, window),
    )
    this.#keep()
  }

  /**
   * Restores the session named, else the one to go on with: the present one, or that of an earlier life. The latter
   * is made anew when it is gone; who names a session wants that one, and not what was once asked for.
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
    // A session comes back where the service knows it to be.
    await reports.flush(signal)
    try {
      return { window: await api.restoreSession(id, takeOver, signal), request }
    } catch (error) {
      if (sessionId !== undefined || request === undefined || !cannotRestore(error)) throw error
      log.info('The session could not be restored: asking for the same anew', errorFields(error))
      return this.create(request, takeOver, signal)
    }
  }

  /** Takes the account's stream for the present session. @throws AppError what the service answered */
  async takeOver(signal: AbortSignal): Promise<void> {
    const session = this.#session
    if (session !== undefined) await session.takeOver(signal)
  }

  /** Create New Session. What its first entity allows depends on the skips before, so they are told first. */
  async create(request: PlayRequest, takeOver: boolean, signal: AbortSignal): Promise<Opened> {
    const { api, reports } = this.#options
    await reports.flush(signal)
    const options = { ...request.options, takeOver }
    return { window: await api.createSession(request.play, options, windowSize, signal), request }
  }

  /**
   * Asks what comes next. The service is told first what was played: its answer follows on from that.
   *
   * @throws AppError why the service could not be told or asked
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
    // What plays is not among what follows it, unless it began while this was under way.
    else if (entity === asked) nowPlaying.set({ upcoming: entities })
    else this.#resume(entities)
  }

  /**
   * Asks for what plays now once more, for a fresh address of its stream. One that the service no longer names, or
   * another in its place, leaves what is known.
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
    // What has not begun is to the service still to come.
    else if (nowPlaying.stopNow === undefined) await this.#renewNext(session, entity, signal)
  }

  /** As {@link renew}, of an entity whose turn has come; what follows it was handed out no later, and is renewed too. */
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

  /** What was played before, as the service says it. @throws AppError as {@link fetch} */
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
   * Changes the queue. What the service puts where depends on what it knows to be playing, so it is told first.
   *
   * @throws AppError as {@link fetch}, or what the service answered: then nothing was changed
   */
  async change(session: Session, make: (id: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    await this.#options.reports.settle(signal)
    await session.change(make, signal)
  }

  /**
   * Reads the queue after a change of it.
   *
   * @param isLonger nothing went out of it; else what was handed out before is void. Where Get Next Tracks advances,
   *   an entity that was handed out but not played is then lost: playing what was taken out would be worse
   * @throws AppError the queue could not be read
   */
  async changed(isLonger: boolean, signal: AbortSignal): Promise<void> {
    this.#keep()
    if (!isLonger) this.#options.nowPlaying.set({ upcoming: [] })
    await this.fetch(signal)
  }

  /** Another window took the place of all that was handed out; what plays is found in it again if it is there. */
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

  /** Makes the session known: in the state, and on the disk for the next life. */
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
      // Said by base/save-troubles.ts, once for all files.
      log.debug('The session could not be saved', errorFields(error))
    }
  }
}
