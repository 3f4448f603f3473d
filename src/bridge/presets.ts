import { listOf, field, filledString, object, type Decoder, type JsonObject } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import type { StoredFile } from '../lib/storage/stored-file.ts'

/** A named thing to play: `play` is a payload of `request/play`, as sent. */
export interface Preset {
  readonly name: string
  readonly play: JsonObject
}

/** A select on a dashboard holds no more. */
const mostPresets = 100
/** Home Assistant would take 255 characters (the limit of a state); a longer name has no use. */
export const longestPresetName = 64

/** The presets of this device. Each save replaces the file atomically. */
export class Presets {
  readonly #file: StoredFile<readonly Preset[]>
  readonly #onChange: () => void

  constructor(file: StoredFile<readonly Preset[]>, onChange: () => void) {
    this.#file = file
    this.#onChange = onChange
  }

  /** In the order in which they were first saved. */
  get all(): readonly Preset[] {
    return this.#file.value ?? []
  }

  /** Names that `set/preset` accepts: a file edited by hand may contain others. */
  get names(): readonly string[] {
    return this.all.map(({ name }) => name).filter(isName)
  }

  /** @throws AppError `playback/preset` */
  named(name: string): Preset {
    const found = this.all.find((preset) => preset.name === name)
    if (found === undefined) throw unknown(name)
    return found
  }

  /**
   * Adds the preset, or replaces the one with its name.
   *
   * @throws AppError `command/payload`, `state/unwritable`
   */
  save(preset: Preset): void {
    const known = this.all.some(({ name }) => name === preset.name)
    if (!known && this.all.length >= mostPresets) {
      throw new AppError(
        'command/payload',
        `preset_save: there are ${mostPresets} presets already; delete one first`,
      )
    }
    this.#file.save(
      known ? this.all.map((old) => (old.name === preset.name ? preset : old)) : [...this.all, preset],
    )
    this.#onChange()
  }

  /** @throws AppError `playback/preset`, `state/unwritable` */
  delete(name: string): void {
    this.named(name)
    this.#file.save(this.all.filter((preset) => preset.name !== name))
    this.#onChange()
  }
}

/** File `presets.json`. */
export const decodePresets: Decoder<readonly Preset[]> = (value, path) =>
  field(object(value, path), 'presets', listOf(decodePreset), path)

export function encodePresets(presets: readonly Preset[]): JsonObject {
  return { presets }
}

const decodePreset: Decoder<Preset> = (value, path) => {
  const source = object(value, path)
  return { name: field(source, 'name', filledString, path), play: field(source, 'play', object, path) }
}

function isName(name: string): boolean {
  return name === name.trim() && name.length <= longestPresetName && !/\p{Cc}/u.test(name)
}

function unknown(name: string): AppError {
  return new AppError(
    'playback/preset',
    `There is no preset ${JSON.stringify(name.slice(0, longestPresetName))}`,
  )
}
