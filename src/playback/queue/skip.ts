import { AppError, toAppError } from '../../lib/errors.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import { afterSkip, requireAllowed } from '../capabilities.ts'
import type { NowPlaying } from '../now-playing.ts'
import type { PlaybackState } from '../playback-state.ts'
import type { Behind, PlayQueue } from './play-queue.ts'
import type { Session } from './session.ts'
import { isAccountLost, isSkipRefused } from '../problems.ts'

export interface Skip {
  readonly direction: 'next' | 'previous'
  readonly entity: Entity
  readonly session: Session
  readonly nowPlaying: NowPlaying
  readonly playQueue: PlayQueue
  readonly signal: AbortSignal
}

/** The result of a skip. */
interface Target {
  readonly to: Entity
  readonly change: Partial<PlaybackState>
}

/**
 * Finds the entity that a skip leads to. The service counts skips by stop reports, so the stop is reported
 * before the queue is read. If the skip fails, the current entity is reported as started again.
 *
 * @throws AppError `playback/forbidden`, `playback/skip-limit`, `playback/end-of-queue`, or the service's
 *   error
 */
export async function skipTo(skip: Skip): Promise<Target> {
  const { direction, entity, nowPlaying } = skip
  try {
    // An entity that is over is not skipped: the command only asks to advance now.
    if (!nowPlaying.isOver || direction === 'previous') requireAllowed(entity, direction)
    return direction === 'next' ? await toNext(skip) : await toPrevious(skip)
  } catch (error) {
    const { code, message, facts } = toAppError(error)
    if (isSkipRefused(code)) nowPlaying.event('skip_refused', { message, ...facts })
    throw error
  }
}

async function toNext({ entity, nowPlaying, playQueue, signal }: Skip): Promise<Target> {
  const known = nowPlaying.state.upcoming
  // With an empty queue the skip may fail, and then it must not be counted.
  if (known.length === 0) await playQueue.fetch(signal)
  if (nowPlaying.state.upcoming.length === 0) throw endOfQueue('last')
  const ran = nowPlaying.reportStop('userNext')
  if (known.length > 0) {
    try {
      await playQueue.fetch(signal)
    } catch (error) {
      // Entities that were fetched before may be played without asking, unless the service refuses.
      if (signal.aborted || isNo(error)) {
        if (ran) nowPlaying.reportResumed()
        throw error
      }
    }
  }
  // Entities that were fetched before this skip do not include it in their count.
  const [next, ...upcoming] = nowPlaying.state.upcoming.map((one) =>
    ran && known.includes(one) ? afterSkip(entity, one) : one,
  )
  if (next === undefined) {
    if (ran) nowPlaying.reportResumed()
    throw endOfQueue('last')
  }
  return { to: next, change: { upcoming, played: nowPlaying.historyWith(nowPlaying.state.entity ?? entity) } }
}

async function toPrevious({ entity, session, nowPlaying, playQueue, signal }: Skip): Promise<Target> {
  const ran = nowPlaying.reportStop('userPrev')
  let behind: Behind | undefined
  try {
    behind = await playQueue.previous(session, signal)
    if (behind === undefined) throw endOfQueue('first')
  } catch (error) {
    const previous = nowPlaying.state.played.at(-1)
    if (signal.aborted || isNo(error) || previous === undefined) {
      if (ran) nowPlaying.reportResumed()
      throw error
    }
    behind = { previous, following: [nowPlaying.state.entity ?? entity, ...nowPlaying.state.upcoming] }
  }
  const { previous, following } = behind
  const { played } = nowPlaying.state
  const place = played.findLastIndex(({ referenceId }) => referenceId === previous.referenceId)
  return { to: previous, change: { upcoming: following, played: played.slice(0, place) } }
}

/** Whether the service refused, or the account cannot be used. */
function isNo(error: unknown): boolean {
  const { code } = toAppError(error)
  return code === 'playback/end-of-queue' || isSkipRefused(code) || isAccountLost(code)
}

function endOfQueue(which: 'first' | 'last'): AppError {
  return new AppError('playback/end-of-queue', `This is the ${which} entry of the queue`)
}
