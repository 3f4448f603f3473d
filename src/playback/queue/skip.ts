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

/** What a skip leads to. */
interface Target {
  readonly to: Entity
  readonly change: Partial<PlaybackState>
}

/**
 * Finds where a skip leads. The service counts skips by the stop reports, so the stop is told before more is asked
 * for; when the skip comes to nothing, what plays on is reported as started again.
 *
 * @throws AppError `playback/forbidden`, `playback/skip-limit`, `playback/end-of-queue`, or what the service answered
 */
export async function skipTo(skip: Skip): Promise<Target> {
  const { direction, entity, nowPlaying } = skip
  try {
    // What is over can no longer be skipped: this only asks to go on now.
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
  // With nothing at hand the skip may come to nothing, and then none must be counted.
  if (known.length === 0) await playQueue.fetch(signal)
  if (nowPlaying.state.upcoming.length === 0) throw endOfQueue('last')
  const ran = nowPlaying.reportStop('userNext')
  if (known.length > 0) {
    try {
      await playQueue.fetch(signal)
    } catch (error) {
      // What was handed out may be played without another word, unless the service says no.
      if (signal.aborted || isNo(error)) {
        if (ran) nowPlaying.reportResumed()
        throw error
      }
    }
  }
  // What was handed out before this skip does not know of it.
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

/** Whether the service was asked and refused, or there is nobody to ask for this account. */
function isNo(error: unknown): boolean {
  const { code } = toAppError(error)
  return code === 'playback/end-of-queue' || isSkipRefused(code) || isAccountLost(code)
}

function endOfQueue(which: 'first' | 'last'): AppError {
  return new AppError('playback/end-of-queue', `This is the ${which} entry of the queue`)
}
