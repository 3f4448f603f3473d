import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { aborted } from '../../lib/async/tasks.ts'
import { isQuiet, untilBoundaryMs, type QuietHours } from './quiet-hours.ts'
import { Fade } from './fade.ts'

export interface VolumeControlOptions {
  /** Sets the player's volume, 0-100 with fractions; amplitude is (percent / 100) ** 3 (port Player). */
  readonly apply: (percent: number) => Promise<void>
  readonly clock: Clock
  /** 1-100. */
  readonly volumeLimit: number
  readonly night: { readonly limit: number; readonly hours: QuietHours } | undefined
  readonly fadeInMs: number
  readonly fadeOutMs: number
  readonly log: Log
  /** Whether nothing sounds: then the volume may rise by itself. */
  readonly isSilent: () => boolean
  /** {@link VolumeControl.volume} is another one. */
  readonly onChange: () => void
}

const usualVolume = 50
const duckMs = 300
const nightFallsMs = 5_000
/** A wall clock that was set is noticed after this long. */
const longestNapMs = 60_000

/**
 * What the player is told of its volume: what was asked for, cut to the limit in force, lowered under an announcement,
 * faded in and out. Mute is the player's own and stays out of it.
 */
export class VolumeControl {
  readonly #options: VolumeControlOptions
  readonly #fade: Fade
  #volume: number
  /** What the night took; undefined when nothing, or when somebody has set the volume since. */
  #dayVolume: number | undefined
  #duckedDb = 0
  #hasFallen = false

  constructor(options: VolumeControlOptions) {
    this.#options = options
    this.#fade = new Fade(options)
    this.#volume = Math.min(usualVolume, options.volumeLimit)
  }

  /** 0-100, whole: what was asked for, cut to the limit in force. */
  get volume(): number {
    return this.#volume
  }

  /** The highest volume there is at this moment. */
  get limit(): number {
    const { volumeLimit, night, clock } = this.#options
    return night !== undefined && isQuiet(night.hours, clock.epochMs())
      ? Math.min(volumeLimit, night.limit)
      : volumeLimit
  }

  /**
   * Cut to the limit; resolves when the player has taken it. While faded out it stays so, and this is where it rises
   * to; a fade under way ends with it.
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

  /** Lowers the music, for an announcement. Resolves when it is low. */
  duck(db: number): Promise<void> {
    this.#duckedDb = db
    return this.#fade.to(this.#level(), duckMs)
  }

  /** Back from {@link duck}. */
  unduck(): Promise<void> {
    return this.duck(0)
  }

  /** Sound is about to begin after silence: it will {@link fadeIn}, and must not be heard before. */
  prepareFadeIn(): void {
    if (this.#options.fadeInMs > 0) void this.fadeOut(0)
  }

  /** Sound begins after silence: it fades in, or is at its level at once. */
  fadeIn(): void {
    // The moment before was silent.
    this.#look(true)
    const { fadeInMs } = this.#options
    this.#hasFallen = false
    if (fadeInMs > 0) void this.#fade.to(0, 0)
    void this.#fade.to(this.#level(), fadeInMs)
  }

  /** Fades out and stays silent. Resolves when silent, or cut short by another word. */
  fadeOut(ms = this.#options.fadeOutMs): Promise<void> {
    this.#hasFallen = true
    return this.#fade.to(0, ms)
  }

  /** Ends fades: at the plain level at once. */
  cancelFade(): void {
    this.#hasFallen = false
    void this.#fade.to(this.#level(), 0)
  }

  /** Tells the player its level once more: somebody else has changed it. Never rejects. */
  async restate(): Promise<void> {
    await this.#fade.set(this.#level()).catch((error: unknown) => {
      this.#options.log.warn('The player did not take its volume', errorFields(error))
    })
  }

  /**
   * Watches the quiet hours until `signal` aborts: when they begin, what is louder than the night's limit sinks to it;
   * after their end the day's volume comes back, once nothing sounds.
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

  /** Looks at the hour. */
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
