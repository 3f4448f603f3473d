import { AppError, toAppError } from '../../lib/errors.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import { afterSkip, requireAllowed } from '../capabilities.ts'
import type { Deck } from '../now-playing.ts'
import type { PlaybackState } from '../playback-state.ts'
import type { Behind, Program } from './play-queue.ts'
import type { Session } from './session.ts'
import { isAccountLost, isSkipRefused } from '../problems.ts'

export interface Skip {
  readonly direction: 'next' | 'previous'
  readonly entity: Entity
  readonly session: Session
  readonly deck: Deck
  readonly program: Program
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
  const { direction, entity, deck } = skip
  try {
    // What is over can no longer be skipped: this only asks to go on now.
    if (!deck.isOver || direction === 'previous') requireAllowed(entity, direction)
    return direction === 'next' ? await toNext(skip) : await toPrevious(skip)
  } catch (error) {
    const { code, message, facts } = toAppError(error)
    if (isSkipRefused(code)) deck.event('skip_refused', { message, ...facts })
    throw error
  }
}

async function toNext({ entity, deck, program, signal }: Skip): Promise<Target> {
  const known = deck.state.upcoming
  // With nothing at hand the skip may come to nothing, and then none must be counted.
  if (known.length === 0) await program.fetch(signal)
  if (deck.state.upcoming.length === 0) throw endOfQueue('last')
  const ran = deck.reportStop('userNext')
  if (known.length > 0) {
    try {
      await program.fetch(signal)
    } catch (error) {
      // What was handed out may be played without another word, unless the service says no.
      if (signal.aborted || isNo(error)) {
        if (ran) deck.reportResumed()
        throw error
      }
    }
  }
  // What was handed out before this skip does not know of it.
  const [next, ...upcoming] = deck.state.upcoming.map((one) =>
    ran && known.includes(one) ? afterSkip(entity, one) : one,
  )
  if (next === undefined) {
    if (ran) deck.reportResumed()
    throw endOfQueue('last')
  }
  return { to: next, change: { upcoming, played: deck.historyWith(deck.state.entity ?? entity) } }
}

async function toPrevious({ entity, session, deck, program, signal }: Skip): Promise<Target> {
  const ran = deck.reportStop('userPrev')
  let behind: Behind | undefined
  try {
    behind = await program.previous(session, signal)
    if (behind === undefined) throw endOfQueue('first')
  } catch (error) {
    const previous = deck.state.played.at(-1)
    if (signal.aborted || isNo(error) || previous === undefined) {
      if (ran) deck.reportResumed()
      throw error
    }
    behind = { previous, following: [deck.state.entity ?? entity, ...deck.state.upcoming] }
  }
  const { previous, following } = behind
  const { played } = deck.state
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
