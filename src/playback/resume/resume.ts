import type { Clock } from '../../lib/clock.ts'
import { toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { backOffMs } from '../../lib/retry.ts'
import type { Entity } from '../../amazon-music/entity.ts'
import type { LastPlaying } from './stored-forms.ts'
import type { Opened } from '../queue/play-queue.ts'
import { isPassing } from '../problems.ts'

/** What happens after a restart: nothing; what played is loaded paused; it plays on. */
export type ResumePolicy = 'off' | 'paused' | 'playing'

export interface ResumeOptions {
  readonly last: LastPlaying
  readonly policy: ResumePolicy
  /** Whether it is quiet hours: then playback does not start by itself. */
  readonly isQuiet: () => boolean
  /** Restore Playback Session. */
  readonly restore: (signal: AbortSignal) => Promise<Opened>
  /** Plays `opened` from `entity` at `positionMs`, or loads it paused. */
  readonly open: (
    opened: Opened,
    entity: Entity,
    positionMs: number,
    paused: boolean,
    signal: AbortSignal,
  ) => Promise<void>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

/** Later than this after a start, music that resumes by itself would startle. */
const longestWaitMs = 10 * 60_000

/**
 * Resumes what played before the restart, at its position, as soon as the service can be reached. Never plays
 * during quiet hours: then it is loaded paused. Never throws: a restart that cannot resume is not an error.
 */
export async function resumeLast(options: ResumeOptions, signal: AbortSignal): Promise<void> {
  const { last, policy, isQuiet, restore, open, clock, random, log } = options
  if (policy === 'off') return
  const startedAtMs = clock.monotonicMs()
  const isStopped = (): boolean => signal.aborted
  for (let attempt = 0; !isStopped(); attempt++) {
    try {
      const opened = await restore(signal)
      const { entities } = opened.window
      const found =
        entities.find(({ referenceId }) => referenceId === last.referenceId) ??
        entities.find(({ id }) => id !== undefined && id === last.entityId)
      const entity = found ?? entities[0]
      if (entity === undefined || isStopped()) return
      const plays = policy === 'playing' && last.intent === 'playing' && !isQuiet()
      await open(opened, entity, found === undefined ? 0 : last.positionMs, !plays, signal)
      log.info('Goes on with what played before the restart', { entity: entity.id, plays })
      return
    } catch (error) {
      if (isStopped()) return
      const failure = toAppError(error)
      const waitedMs = clock.monotonicMs() - startedAtMs
      if (!isPassing(failure) || waitedMs > longestWaitMs) {
        log.warn('What played before the restart could not be gone on with', errorFields(failure))
        return
      }
      await clock.sleep(backOffMs(attempt, random), signal).catch(() => undefined)
    }
  }
}
