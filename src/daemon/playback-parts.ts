import type { AccountIdentity } from '../base/account-identity.ts'
import type { Clock } from '../base/clock.ts'
import type { AppError } from '../base/errors.ts'
import type { Http } from '../base/http.ts'
import type { Log } from '../base/log.ts'
import type { RollCall } from '../base/roll-call.ts'
import type { SaveTroubles } from '../base/save-troubles.ts'
import type { MusicApi } from '../music/music-api.ts'
import { Engine } from '../playback/engine.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'
import { clearOnly } from '../playback/players/clear-only.ts'
import { createProtectionCheck } from '../playback/protection.ts'
import { isQuiet } from '../playback/quiet-hours.ts'
import { ReportQueue } from '../playback/report-queue.ts'
import type { Settings } from '../settings/table.ts'
import type { ChosenPlayer } from './choose-player.ts'
import { openPlaybackFiles, watchOwner, type OwnerWatch } from './playback-files.ts'

export interface PlaybackPartsOptions {
  readonly settings: Settings
  readonly api: MusicApi
  readonly player: ChosenPlayer
  readonly http: Http
  readonly clock: Clock
  readonly random: () => number
  readonly rollCall: RollCall
  readonly log: Log
  readonly troubles: SaveTroubles
  /** The one that is signed in now. */
  readonly account: AccountIdentity | undefined
  readonly onChange: () => void
  readonly onEvent: (event: PlaybackEvent) => void
  readonly onPlayerTrouble: (error: AppError | undefined) => void
}

/** The engine and what it keeps on the disk. */
export function buildPlayback(options: PlaybackPartsOptions): {
  readonly engine: Engine
  readonly reports: ReportQueue
  readonly owner: OwnerWatch
} {
  const { settings, api, http, clock, random, rollCall, log, troubles, account } = options
  const { quietHours } = settings
  const files = openPlaybackFiles(settings.stateDir, log, troubles)
  const reports = new ReportQueue({
    api,
    store: files.reports,
    clock,
    random,
    log,
    presence: rollCall.join('event reports'),
  })
  const engine = new Engine({
    ...options,
    player: {
      name: options.player.name,
      open: clearOnly(options.player.open, createProtectionCheck(http, clock)),
    },
    reports,
    lastSession: files.lastSession,
    lastMoment: files.lastMoment,
    loudness: {
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
  })
  const owner = watchOwner(files, () => engine.forgetAccount(), log)
  if (account !== undefined) owner.signedIn(account)
  return { engine, reports, owner }
}
