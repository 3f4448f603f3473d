import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import { aborted } from '../../lib/async/tasks.ts'
import { leadsNear } from '../../lib/http/web-stream.ts'
import { AnnouncementPlayer } from './announcement-player.ts'
import type { AnnouncementRelayOptions } from './announcement-relay.ts'
import type { VolumeControl } from '../player/volume.ts'
import type { OpenPlayer } from '../player/player.ts'

export type AnnouncementMode = 'duck' | 'pause'

/** An announcement request; settings apply for what is undefined. */
export interface Announcement {
  readonly url: Secret
  /** To display: the rest of the URL may be secret. */
  readonly host: string
  /** 0-100. */
  readonly volume: number | undefined
  readonly mode: AnnouncementMode | undefined
  readonly maxSeconds: number | undefined
  readonly transaction: string | number | undefined
}

export interface AnnouncementEvent {
  readonly type: 'announcement_started' | 'announcement_ended'
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** The engine, as far as an announcement silences it. */
export interface HeldMusic {
  readonly state: { readonly muted: boolean }
  /**
   * Resolves when the music is silent, whatever it was doing; with `giveUpDevice` the sound card is free,
   * too.
   */
  hold(giveUpDevice: boolean): Promise<void>
  /** Restores the music, or what was requested meanwhile. */
  release(): Promise<void>
}

export interface AnnouncerOptions {
  /** Undefined: there is no player for announcements. */
  readonly open: OpenPlayer | undefined
  /** How to fetch announcements. Undefined: the player fetches them itself. */
  readonly fetching?: AnnouncementRelayOptions
  readonly music: HeldMusic
  readonly volumeControl: Pick<VolumeControl, 'volume' | 'limit' | 'duck' | 'unduck' | 'restate'>
  readonly mode: AnnouncementMode
  /**
   * The volume is the sound card's (a mixer): to lower the music would lower the announcement too, so only
   * mode `pause` is possible.
   */
  readonly sharesVolume: boolean
  /** Undefined: the volume of the music. */
  readonly volume: number | undefined
  readonly maxSeconds: number
  readonly duckDb: number
  readonly clock: Clock
  readonly log: Log
  /** {@link Announcer.isAnnouncing} has changed. */
  readonly onChange: () => void
  readonly onEvent: (event: AnnouncementEvent) => void
}

const mostWaiting = 8

/**
 * Plays announcements one after the other, over music that is lowered or silent meanwhile. The music is
 * restored once, after the last announcement in the queue, whether they succeeded or not.
 */
export class Announcer {
  readonly #options: AnnouncerOptions
  readonly #player: AnnouncementPlayer | undefined
  #waiting: Announcement[] = []
  #row: Promise<void> | undefined
  #stop = new AbortController()
  #isClosed = false
  #isDucked = false
  #held: 'no' | 'held' | 'without-device' = 'no'

  constructor(options: AnnouncerOptions) {
    this.#options = options
    this.#player =
      options.open === undefined
        ? undefined
        : new AnnouncementPlayer({
            open: options.open,
            clock: options.clock,
            ...(options.fetching === undefined ? {} : { fetching: options.fetching }),
          })
  }

  /** True from the first announcement in the queue until the music is restored. */
  get isAnnouncing(): boolean {
    return this.#row !== undefined
  }

  /**
   * Queues an announcement; events report its progress.
   *
   * @returns the number of announcements before it; 0: it starts now
   * @throws AppError `player/missing`, `playback/muted`, `playback/announce-host`, `command/*`
   */
  announce(wanted: Announcement): number {
    const { maxSeconds } = this.#options
    if (this.#player === undefined) {
      throw new AppError('player/missing', 'The player is none, which makes no sound')
    }
    if (this.#isClosed) throw new AppError('command/stopping', 'The agent is stopping')
    if (wanted.maxSeconds !== undefined && wanted.maxSeconds > maxSeconds) {
      throw new AppError(
        'command/payload',
        `announce: max_seconds must be at most ${maxSeconds} (A2M_ANNOUNCE_SECONDS)`,
      )
    }
    this.#refuseNear(wanted)
    this.#percentOf(wanted)
    if (this.#waiting.length >= mostWaiting) {
      throw new AppError('command/queue-full', `${mostWaiting} announcements are waiting already`)
    }
    const before = this.#waiting.length + (this.#row === undefined ? 0 : 1)
    this.#waiting.push(wanted)
    if (this.#row === undefined) {
      this.#row = this.#playRow(this.#player)
      this.#options.onChange()
    }
    return before
  }

  /** Stops the current announcement and drops the queue. Resolves when the music is restored. */
  async stop(): Promise<void> {
    const dropped = this.#waiting
    this.#waiting = []
    for (const each of dropped) this.#ended(each, 'stopped')
    this.#stop.abort()
    await this.#row
  }

  /** Like {@link stop}, and takes no more announcements. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.stop()
    await this.#player?.close()
  }

  /** Calls {@link close} when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal)
    await this.close()
  }

  async #playRow(player: AnnouncementPlayer): Promise<void> {
    while (this.#waiting.length > 0) {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#stop = new AbortController()
        try {
          this.#ended(next, await this.#play(next, player, this.#stop.signal))
        } catch (error) {
          this.#ended(next, this.#stop.signal.aborted ? 'stopped' : toAppError(error))
        }
      }
      await this.#bringMusicBack(player)
    }
    this.#row = undefined
    this.#options.onChange()
  }

  async #play(
    wanted: Announcement,
    player: AnnouncementPlayer,
    signal: AbortSignal,
  ): Promise<'heard' | 'cut'> {
    const { mode, sharesVolume, maxSeconds } = this.#options
    const percent = this.#percentOf(wanted)
    const sound = {
      url: wanted.url,
      percent,
      longestMs: (wanted.maxSeconds ?? maxSeconds) * 1000,
      onStarted: () => this.#started(wanted, percent),
    }
    if (sharesVolume || (wanted.mode ?? mode) === 'pause') await this.#hold(false)
    try {
      return await player.play(sound, signal)
    } catch (error) {
      if (toAppError(error).code !== 'player/device') throw error
      // The sound card plays one stream at a time.
      await this.#hold(true)
      return await player.play(sound, signal)
    }
  }

  /** @throws AppError `playback/muted` */
  #percentOf(wanted: Announcement): number {
    const { music, volumeControl, volume } = this.#options
    const percent = Math.min(wanted.volume ?? volume ?? volumeControl.volume, volumeControl.limit)
    if (wanted.volume === undefined && (music.state.muted || percent === 0)) {
      throw new AppError('playback/muted', 'The device is muted; an announcement with a volume is heard')
    }
    return percent
  }

  /** Refuses at once a URL that names a forbidden host. @throws AppError `playback/announce-host` */
  #refuseNear({ url, host }: Announcement): void {
    const { fetching } = this.#options
    if (fetching !== undefined && leadsNear(new URL(url.reveal()), fetching.allowedHosts)) {
      throw new AppError('playback/announce-host', `${host} is this device itself, or on its own link`)
    }
  }

  #started(wanted: Announcement, percent: number): void {
    const { volumeControl, duckDb } = this.#options
    // Not earlier: a URL that hangs would leave the music low for nothing.
    if (this.#held === 'no') {
      this.#isDucked = true
      void volumeControl.duck(duckDb)
    }
    this.#event('announcement_started', wanted, { volume: percent })
  }

  async #hold(giveUpDevice: boolean): Promise<void> {
    if (this.#held === 'without-device' || (this.#held === 'held' && !giveUpDevice)) return
    this.#held = giveUpDevice ? 'without-device' : 'held'
    try {
      await this.#options.music.hold(giveUpDevice)
    } catch (error) {
      this.#options.log.warn('The music could not be silenced for an announcement', errorFields(error))
    }
  }

  async #bringMusicBack(player: AnnouncementPlayer): Promise<void> {
    const { volumeControl, music, sharesVolume, log } = this.#options
    if (this.#isDucked) await volumeControl.unduck()
    this.#isDucked = false
    // The sound card must be free before the music opens it.
    if (this.#held === 'without-device') await player.close()
    if (this.#held === 'no') return
    this.#held = 'no'
    if (sharesVolume) await volumeControl.restate()
    try {
      await music.release()
    } catch (error) {
      log.error('The music could not be brought back after an announcement', errorFields(error))
    }
  }

  #ended(wanted: Announcement, end: 'heard' | 'cut' | 'stopped' | AppError): void {
    const failure = end instanceof AppError ? end : undefined
    if (failure !== undefined) this.#options.log.warn('An announcement was not heard', errorFields(failure))
    this.#event('announcement_ended', wanted, {
      ok: end === 'heard' || end === 'cut',
      outcome: end instanceof AppError ? 'failed' : end,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
    })
  }

  #event(type: AnnouncementEvent['type'], wanted: Announcement, facts: AnnouncementEvent['facts']): void {
    const { host, transaction } = wanted
    this.#options.onEvent({
      type,
      facts: { host, ...facts, ...(transaction === undefined ? {} : { transaction }) },
    })
  }
}
