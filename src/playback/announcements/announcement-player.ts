import { Condition } from '../../lib/async/condition.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError, toAppError } from '../../lib/errors.ts'
import { inTime } from '../../lib/async/time-limit.ts'
import type { Secret } from '../../lib/secret.ts'
import { offerAnnouncement, type AnnouncementRelayOptions, type Offer } from './announcement-relay.ts'
import type { OpenPlayer, Player, PlayerEvent } from '../player/player.ts'

export interface AnnouncementPlayerOptions {
  readonly open: OpenPlayer
  readonly clock: Clock
  /** How to fetch announcements. Undefined: the player fetches them itself. */
  readonly fetching?: AnnouncementRelayOptions
}

export interface AnnouncementSound {
  readonly url: Secret
  /** 0-100, cubic. */
  readonly percent: number
  /** Longer announcements are cut off. */
  readonly longestMs: number
  readonly onStarted: () => void
}

/** From the request to the first sound. A text-to-speech service takes seconds to produce it. */
const longestStartMs = 10_000
/** A player sends `ended` with its last sample; the system takes this long to play it. */
const tailMs = 500
/** An idle player takes 50 MB; starting one takes a third of a second. */
const restMs = 60_000
/** A player whose driver hangs cannot be killed, not even by the system; the music does not wait for it. */
const closeMs = 5_000

/**
 * A player for announcements only. It is opened for the first announcement, and closed when none came for a
 * minute.
 */
export class AnnouncementPlayer {
  readonly #options: AnnouncementPlayerOptions
  #player: Player | undefined
  #rest = new AbortController()
  #playings = 0
  #onEvent: (event: PlayerEvent) => void = () => undefined

  constructor(options: AnnouncementPlayerOptions) {
    this.#options = options
  }

  /**
   * Plays one announcement at a time. Resolves when its sound is over.
   *
   * @throws AppError `player/*`, or the signal's reason
   */
  async play(sound: AnnouncementSound, signal: AbortSignal): Promise<'heard' | 'cut'> {
    const { fetching } = this.#options
    if (fetching === undefined) return this.#play(sound, undefined, signal)
    const offer = await offerAnnouncement(sound.url, fetching)
    try {
      return await this.#play({ ...sound, url: offer.url }, offer, signal)
    } finally {
      await offer.close()
    }
  }

  async #play(
    sound: AnnouncementSound,
    offer: Offer | undefined,
    signal: AbortSignal,
  ): Promise<'heard' | 'cut'> {
    const { clock } = this.#options
    this.#rest.abort()
    const id = String(++this.#playings)
    const changed = new Condition()
    const now: { isStarted: boolean; end?: 'heard' | AppError } = { isStarted: false }
    this.#onEvent = (event) => {
      if (event.type === 'gone') now.end ??= event.error
      else if (event.id !== id) return
      else if (event.type === 'started') now.isStarted = true
      else if (event.type === 'ended') now.end ??= 'heard'
      else if (event.type === 'failed') now.end ??= event.error
      changed.notifyAll()
    }
    const hasBegun = (): boolean => now.isStarted || now.end !== undefined
    const isOver = (): boolean => now.end !== undefined
    const starting = new AbortController()
    try {
      this.#start(id, sound, AbortSignal.any([signal, starting.signal])).catch((error: unknown) => {
        now.end ??= toAppError(error)
        changed.notifyAll()
      })
      if (!(await this.#until(changed, hasBegun, longestStartMs, signal))) {
        throw (
          offer?.failure ?? new AppError('player/network', `No sound came within ${longestStartMs / 1000} s`)
        )
      }
      if (now.isStarted) sound.onStarted()
      if (!(await this.#until(changed, isOver, sound.longestMs, signal))) return 'cut'
      if (now.end instanceof AppError) throw offer?.failure ?? withoutHope(now.end)
      await clock.sleep(tailMs, signal)
      return 'heard'
    } finally {
      starting.abort()
      this.#onEvent = () => undefined
      // After any other end the state of the player is unknown: the next announcement gets a fresh one.
      if (now.end === 'heard') this.#restAWhile()
      else await this.close()
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#rest.abort()
    const player = this.#player
    this.#player = undefined
    if (player !== undefined) await inTime(this.#options.clock, closeMs, player.close())
  }

  async #start(id: string, { url, percent }: AnnouncementSound, signal: AbortSignal): Promise<void> {
    const player = this.#player ?? (await this.#open(signal))
    await player.setVolume(percent)
    await player.load(
      {
        id,
        durationMs: undefined,
        stream: {
          url,
          protocol: undefined,
          format: undefined,
          drm: undefined,
          licenseHeaders: {},
          headers: {},
        },
        positionMs: 0,
      },
      false,
    )
  }

  async #open(signal: AbortSignal): Promise<Player> {
    const made: { player?: Player } = {}
    const player = await this.#options.open((event) => {
      // Ignore events of a player that was closed.
      if (this.#player !== made.player) return
      if (event.type === 'gone') this.#player = undefined
      this.#onEvent(event)
    }, signal)
    if (signal.aborted) {
      await player.close()
      throw signal.reason
    }
    made.player = player
    this.#player = player
    return player
  }

  #restAWhile(): void {
    this.#rest = new AbortController()
    this.#options.clock.sleep(restMs, this.#rest.signal).then(
      () => this.close(),
      () => undefined,
    )
  }

  /** Returns whether `isSo` became true within `ms`. */
  async #until(changed: Condition, isSo: () => boolean, ms: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options
    const endsMs = clock.monotonicMs() + ms
    signal.throwIfAborted()
    while (!isSo()) {
      const leftMs = endsMs - clock.monotonicMs()
      if (leftMs <= 0) return false
      await changed.waitFor(clock, leftMs, signal)
    }
    return true
  }
}

/** Music can get a fresh URL when one has expired; an announcement has no other URL. */
function withoutHope(error: AppError): AppError {
  return error.code === 'player/expired' ? new AppError('player/network', error.message) : error
}
