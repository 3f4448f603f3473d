import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { aborted } from '../../lib/async/tasks.ts'
import { isQuiet, untilBoundaryMs, type QuietHours } from './quiet-hours.ts'
import { Fade } from './fade.ts'

export interface VolumeControlOptions {
  /**
   * Sets the player's volume, 0-100 with fractions; amplitude is (percent / 100) ** 3, as in
   * `Player.setVolume`.
   */
  readonly apply: (percent: number) => Promise<void>
  readonly clock: Clock
  /** 1-100. */
  readonly volumeLimit: number
  readonly night: { readonly limit: number; readonly hours: QuietHours } | undefined
  readonly fadeInMs: number
  readonly fadeOutMs: number
  readonly log: Log
  /** Whether nothing sounds: only then the volume may rise by itself. */
  readonly isSilent: () => boolean
  /** {@link VolumeControl.volume} has changed. */
  readonly onChange: () => void
}

const usualVolume = 50
const duckMs = 300
const nightFallsMs = 5_000
/** A changed wall clock is noticed within this time. */
const longestNapMs = 60_000

/**
 * The volume for the player: the requested volume, cut to the current limit, lowered under an announcement,
 * faded in and out. Does not include mute, which the player does itself.
 */
export class VolumeControl {
  readonly #options: VolumeControlOptions
  readonly #fade: Fade
  #volume: number
  /**
   * The volume before the night limit lowered it; undefined when it did not, or when a user has set the
   * volume since.
   */
  #dayVolume: number | undefined
  #duckedDb = 0
  #hasFallen = false

  constructor(options: VolumeControlOptions) {
    this.#options = options
    this.#fade = new Fade(options)
    this.#volume = Math.min(usualVolume, options.volumeLimit)
  }

  /** The requested volume, 0-100, whole, cut to the current limit. */
  get volume(): number {
    return this.#volume
  }

  /** The highest volume allowed now. */
  get limit(): number {
    const { volumeLimit, night, clock } = this.#options
    return night !== undefined && isQuiet(night.hours, clock.epochMs())
      ? Math.min(volumeLimit, night.limit)
      : volumeLimit
  }

  /**
   * Sets the volume, cut to the limit; resolves when the player has accepted it. After a fade-out the player
   * stays silent, and this is the level of the next fade-in. Ends a fade under way.
   *
   * @param percent 0-100
   * @throws what `apply` throws: then nothing was changed
   */
  async set(percent: number): Promise<void> {
    this.#look()
    const before = { volume: this.#volume, dayVolume: this.#dayVolume, hasFallen: this.#hasFallen }
    const volume = Math.round(Math.min(Math.max(percent, 0), this.limit))
    this.#volume = volume
    this.#dayVolume = undefined
    if (this.#fade.isMoving) this.#hasFallen = false
    try {
      await this.#fade.set(this.#level())
    } catch (error) {
      this.#volume = before.volume
      this.#dayVolume = before.dayVolume
      this.#hasFallen = before.hasFallen
      throw error
    }
    if (volume !== before.volume) this.#options.onChange()
  }

  /** Lowers the music for an announcement. Resolves when it is low. */
  duck(db: number): Promise<void> {
    this.#duckedDb = db
    return this.#fade.to(this.#level(), duckMs)
  }

  /** Ends {@link duck}. */
  unduck(): Promise<void> {
    return this.duck(0)
  }

  /** Sound is about to begin after silence: keeps it silent until {@link fadeIn}. */
  prepareFadeIn(): void {
    if (this.#options.fadeInMs > 0) void this.fadeOut(0)
  }

  /** Sound begins after silence: fades in, or sets the level at once. */
  fadeIn(): void {
    // Until now it was silent.
    this.#look(true)
    const { fadeInMs } = this.#options
    this.#hasFallen = false
    if (fadeInMs > 0) void this.#fade.to(0, 0)
    void this.#fade.to(this.#level(), fadeInMs)
  }

  /** Fades out and stays silent. Resolves when silent, or when another call ends the fade. */
  fadeOut(ms = this.#options.fadeOutMs): Promise<void> {
    this.#hasFallen = true
    return this.#fade.to(0, ms)
  }

  /** Ends fades, and sets the plain level at once. */
  cancelFade(): void {
    this.#hasFallen = false
    void this.#fade.to(this.#level(), 0)
  }

  /** Sends the player its level again, after another program has changed it. Never rejects. */
  async restate(): Promise<void> {
    await this.#fade.set(this.#level()).catch((error: unknown) => {
      this.#options.log.warn('The player did not take its volume', errorFields(error))
    })
  }

  /**
   * Watches the quiet hours until `signal` aborts. When they begin, a volume above the night limit is lowered
   * to it; after their end the earlier volume returns, once nothing sounds.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { night, clock } = this.#options
    while (night !== undefined && !signal.aborted) {
      this.#look()
      const napMs = Math.min(untilBoundaryMs(night.hours, clock.epochMs()), longestNapMs)
      await clock.sleep(napMs, signal).catch(() => undefined)
    }
    await aborted(signal)
    this.#fade.cut()
  }

  /** Applies the night limit of this hour. */
  #look(isSilent = this.#options.isSilent()): void {
    const { night, clock, onChange } = this.#options
    if (night === undefined) return
    if (this.#volume > this.limit) {
      this.#dayVolume = this.#volume
      this.#volume = this.limit
      void this.#fade.to(this.#level(), nightFallsMs)
    } else if (this.#dayVolume !== undefined && isSilent && !isQuiet(night.hours, clock.epochMs())) {
      this.#volume = this.#dayVolume
      this.#dayVolume = undefined
      void this.#fade.to(this.#level(), 0)
    } else return
    onChange()
  }

  #level(): number {
    return this.#hasFallen ? 0 : this.#volume * 10 ** (-this.#duckedDb / 60)
  }
}
