import type { AccountIdentity } from '../../lib/account-identity.ts'
import type { Clock } from '../../lib/clock.ts'
import type { AppError } from '../../lib/errors.ts'
import type { Http } from '../../lib/http/http.ts'
import type { Log } from '../../lib/log.ts'
import type { Liveness } from '../../lib/liveness.ts'
import type { SaveRetry } from '../../lib/storage/save-retry.ts'
import type { MusicApi } from '../../amazon-music/api.ts'
import { Engine } from '../../playback/engine.ts'
import type { PlaybackEvent } from '../../playback/playback-state.ts'
import { clearOnly } from '../../playback/player/protection/clear-only.ts'
import { createProtectionCheck } from '../../playback/player/protection/protection.ts'
import { isQuiet } from '../../playback/player/quiet-hours.ts'
import { ReportQueue } from '../../playback/reports/report-queue.ts'
import type { Settings } from '../../settings/table.ts'
import type { ChosenPlayer } from './choose-player.ts'
import { openPlaybackFiles, watchOwner, type OwnerWatch } from './playback-files.ts'

export interface PlaybackPartsOptions {
  readonly settings: Settings
  readonly api: MusicApi
  readonly player: ChosenPlayer
  readonly http: Http
  readonly clock: Clock
  readonly random: () => number
  readonly liveness: Liveness
  readonly log: Log
  readonly saveRetry: SaveRetry
  /** The account that is signed in now. */
  readonly account: AccountIdentity | undefined
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
  readonly onPlayerProblem: (error: AppError | undefined) => void
}

/** Builds the engine and its files. */
export function buildPlayback(options: PlaybackPartsOptions): {
  readonly engine: Engine
  readonly reports: ReportQueue
  readonly owner: OwnerWatch
} {
  const { settings, api, player, http, clock, random, liveness, log, saveRetry, account } = options
  const { onChange, onEvent, onPlayerProblem } = options
  const { quietHours } = settings
  const files = openPlaybackFiles(settings.stateDir, log, saveRetry)
  const reports = new ReportQueue({
    api,
    store: files.reports,
    clock,
    random,
    log,
    heartbeat: liveness.join('event reports'),
  })
  const engine = new Engine({
    api,
    player: {
      name: player.name,
      open: clearOnly(player.open, createProtectionCheck(http, clock)),
    },
    reports,
    lastSession: files.lastSession,
    lastMoment: files.lastMoment,
    volumeControl: {
      volumeLimit: settings.volumeLimit,
      night:
        settings.nightVolumeLimit === undefined || quietHours === undefined
          ? undefined
          : { limit: settings.nightVolumeLimit, hours: quietHours },
      fadeInMs: settings.fadeInMs,
      fadeOutMs: settings.fadeOutMs,
    },
    takeOver: settings.takeOver,
    resume: settings.resume,
    isQuiet: () => quietHours !== undefined && isQuiet(quietHours, clock.epochMs()),
    clock,
    random,
    log,
    liveness,
    onChange,
    onEvent,
    onPlayerProblem,
  })
  const owner = watchOwner(files, () => engine.forgetAccount(), log)
  if (account !== undefined) owner.signedIn(account)
  return { engine, reports, owner }
}
