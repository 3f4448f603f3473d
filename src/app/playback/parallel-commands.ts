import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { Announcer } from '../../playback/announcements/announcer.ts'
import type { Engine } from '../../playback/engine.ts'
import type { PlaybackEvent } from '../../playback/playback-state.ts'
import { SleepTimer } from '../../playback/sleep-timer.ts'
import type { Settings } from '../../settings/table.ts'
import type { ChosenPlayer } from './choose-player.ts'

export interface ParallelCommandsOptions {
  readonly settings: Settings
  readonly engine: Engine
  /** The music player; announcements get their own instance of the same kind. */
  readonly player: ChosenPlayer
  /** PEM: authorities to trust; undefined: those of Node. */
  readonly ca: readonly string[] | undefined
  readonly clock: Clock
  readonly log: Log
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
}

/** Builds what acts on the music from outside: announcements and the sleep timer. */
export function buildParallelCommands(options: ParallelCommandsOptions): {
  readonly announcer: Announcer
  readonly sleepTimer: SleepTimer
} {
  const { settings, engine, player, ca, clock, log, onChange, onEvent } = options
  const { volumeControl } = engine
  return {
    announcer: new Announcer({
      music: engine,
      volumeControl,
      open: player.name === 'none' ? undefined : player.openForFiles,
      fetching: { allowedHosts: settings.announceHosts, log, ...(ca === undefined ? {} : { ca }) },
      mode: settings.announceMode,
      sharesVolume: player.name === 'mpv' && settings.mixer !== undefined,
      volume: settings.announceVolume,
      maxSeconds: settings.announceSeconds,
      duckDb: settings.duckDb,
      clock,
      log,
      onChange,
      onEvent,
    }),
    sleepTimer: new SleepTimer({ music: engine, volumeControl, clock, log, onChange, onEvent }),
  }
}
