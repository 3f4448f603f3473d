import type { Announcement, Announcer } from '../../playback/announcements/announcer.ts'
import type { SleepTimer } from '../../playback/sleep-timer.ts'
import { time } from '../state/state-codec.ts'

/** A command that runs in parallel to playback: it waits for no other command, and none waits for it. */
export type ParallelCommand =
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'announce_stop' }
  /** `afterMs` 0 cancels. */
  | { readonly type: 'sleep'; readonly afterMs: number; readonly fadeMs: number }

export interface ParallelCommands {
  readonly announcer: Pick<Announcer, 'announce' | 'stop' | 'isAnnouncing'>
  readonly sleepTimer: Pick<SleepTimer, 'set' | 'cancel' | 'endsAtEpochMs'>
}

/** @returns the data of the answer @throws AppError */
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
