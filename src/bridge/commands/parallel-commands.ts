import type { Announcement, Announcer } from '../../playback/announcements/announcer.ts'
import type { SleepTimer } from '../../playback/sleep-timer.ts'
import { time } from '../state/state-codec.ts'

/** What stands beside playback: it waits for no command's turn, and no command waits for it. */
export type ParallelCommand =
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'announce_stop' }
  /** `afterMs` 0 cancels. */
  | { readonly type: 'sleep'; readonly afterMs: number; readonly fadeMs: number }

export interface ParallelCommands {
  readonly announcer: Pick<Announcer, 'announce' | 'stop' | 'isAnnouncing'>
  readonly sleepTimer: Pick<SleepTimer, 'set' | 'cancel' | 'endsAtEpochMs'>
}

/** @returns the answer's data @throws AppError */
export async function executeParallel(
  parallel: ParallelCommand,
  { announcer, sleepTimer }: ParallelCommands,
): Promise<unknown> {
  switch (parallel.type) {
    case 'announce':
      return { queued: announcer.announce(parallel.announcement) }
    case 'announce_stop':
      await announcer.stop()
      return {}
    case 'sleep':
      if (parallel.afterMs === 0) sleepTimer.cancel()
      else sleepTimer.set(parallel.afterMs, parallel.fadeMs)
      return { sleep_at: time(sleepTimer.endsAtEpochMs) }
  }
}
