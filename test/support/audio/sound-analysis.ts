/**
 * Measures recorded audio. It comes from a WAV file (`mpv --ao=pcm --ao-pcm-file=…`, {@link readWav}) or from
 * a virtual speaker ({@link startSpeaker}, recorded in real time). Levels are in dB below full scale.
 *
 * The sandbox's tones swell and fade once per second: compare their levels only over whole seconds.
 */
export interface Sound {
  /** Samples per second. */
  readonly rate: number
  /** Mono, -1 to 1. */
  readonly samples: Float32Array
}

export const durationMs = ({ samples, rate }: Sound): number => (samples.length * 1000) / rate

/** The part from `fromMs` to `toMs`. */
export function cut({ samples, rate }: Sound, fromMs: number, toMs: number): Sound {
  const at = (ms: number): number => Math.round((ms * rate) / 1000)
  return { rate, samples: samples.subarray(at(fromMs), at(toMs)) }
}

/** Mean level; -Infinity for silence. A sine at full scale has -3.01. */
export function levelDb({ samples }: Sound): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return 10 * Math.log10(sum / Math.max(samples.length, 1))
}

/** The level of each second, or of another step. Ignores a rest at the end. */
export function levelsDb(sound: Sound, stepMs = 1000): readonly number[] {
  const count = Math.floor(durationMs(sound) / stepMs)
  return Array.from({ length: count }, (_, i) => levelDb(cut(sound, i * stepMs, (i + 1) * stepMs)))
}

/**
 * Level of the tone `hz`, whatever else plays at the same time (Goertzel): for an announcement over music.
 * Distinguishes tones that differ by more than 2000 Hz divided by the length in milliseconds.
 */
export function toneDb({ samples, rate }: Sound, hz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / rate)
  let last = 0
  let before = 0
  samples.forEach((sample, i) => {
    // A Hann window suppresses loud neighbouring tones.
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length)
    const next = weight * sample + turn * last - before
    before = last
    last = next
  })
  const power = last * last + before * before - turn * last * before
  return 10 * Math.log10((8 * power) / samples.length ** 2)
}

/** One tone and its time. */
export interface Stretch {
  /** To the nearest hertz; 0 when it is not a single tone. */
  readonly hz: number
  readonly fromMs: number
  readonly toMs: number
}

const frameMs = 20

/**
 * The tones, in order: one stretch for each tone without a pause. Starts and ends at silence are exact to the
 * sample; changes from tone to tone are exact to {@link frameMs}. Tones must have at least 100 Hz.
 */
export function stretches(sound: Sound): readonly Stretch[] {
  return soundings(sound).flatMap(({ fromMs, toMs }) => {
    const found: { hz: number; fromMs: number; toMs: number }[] = []
    for (let at = fromMs; at < toMs; at += frameMs) {
      const to = Math.min(at + frameMs, toMs)
      const last = found.at(-1)
      const hz = to - at < frameMs && last !== undefined ? last.hz : pitchHz(cut(sound, at, to))
      if (last !== undefined && Math.abs(last.hz - hz) < 4) last.toMs = to
      else found.push({ hz, fromMs: at, toMs: to })
    }
    // The frame in which one tone changes to another has the pitch of neither.
    const clear = found.filter((part) => part.toMs - part.fromMs > frameMs + 0.5)
    return clear.map((part) => ({ ...part, hz: Math.round(pitchHz(cut(sound, part.fromMs, part.toMs))) }))
  })
}

/** Silence between two sounds. */
export interface Gap {
  readonly fromMs: number
  readonly ms: number
}

/** Every silence of at least `leastMs` within the recording, without those at its start and end. */
export function gaps(sound: Sound, leastMs = 2): readonly Gap[] {
  const heard = soundings(sound, leastMs)
  return heard
    .slice(1)
    .map(({ fromMs }, i) => ({ fromMs: heard[i]?.toMs ?? 0, ms: fromMs - (heard[i]?.toMs ?? 0) }))
}

/** A sample below this (-72 dB) is silence. Tones cross it too, but only briefly. */
const silence = 2.5e-4

/** Start and end of each sound. Includes silences shorter than `leastMs`. */
function soundings(
  { samples, rate }: Sound,
  leastMs = 2,
): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const found: { from: number; to: number }[] = []
  samples.forEach((sample, i) => {
    if (Math.abs(sample) < silence) return
    const last = found.at(-1)
    if (last !== undefined && ((i - last.to) * 1000) / rate < leastMs) last.to = i + 1
    else found.push({ from: i, to: i + 1 })
  })
  return found.map(({ from, to }) => ({ fromMs: (from * 1000) / rate, toMs: (to * 1000) / rate }))
}

/** Frequency of a single tone from its zero crossings, to a fraction of a hertz; 0 when there is none. */
export function pitchHz({ samples, rate }: Sound): number {
  let [first, last, count] = [0, 0, 0]
  for (let i = 1; i < samples.length; i++) {
    const [before = 0, now = 0] = [samples[i - 1], samples[i]]
    if (before >= 0 || now < 0) continue
    last = i - now / (now - before)
    if (count === 0) first = last
    count++
  }
  return count < 2 ? 0 : ((count - 1) * rate) / (last - first)
}

/**
 * Reads a WAV file of 16 or 32 bit integers or 32 bit floats and mixes its channels. Reads an unfinished file
 * as far as it goes.
 */
export function readWav(file: Buffer): Sound {
  let format = file.subarray(0, 0)
  for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4)) {
    const part = file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4))
    const name = file.toString('latin1', at, at + 4)
    if (name === 'fmt ') format = part
    // mpv writes the size when it closes the file; until then it is 0.
    if (name === 'data') return fromPcm(part.length === 0 ? file.subarray(at + 8) : part, format)
  }
  throw new Error('not a WAV file')
}

function fromPcm(bytes: Buffer, format: Buffer): Sound {
  const [channels, rate, bits] = [format.readUInt16LE(2), format.readUInt32LE(4), format.readUInt16LE(14)]
  // In the extensible format the first word of the subformat counts.
  const isFloat = (format.readUInt16LE(0) === 0xfffe ? format.readUInt16LE(24) : format.readUInt16LE(0)) === 3
  const read = (at: number): number =>
    isFloat
      ? bytes.readFloatLE(at)
      : bits === 16
        ? bytes.readInt16LE(at) / 2 ** 15
        : bytes.readInt32LE(at) / 2 ** 31
  const width = bits / 8
  const samples = new Float32Array(Math.floor(bytes.length / (width * channels)))
  for (let i = 0; i < samples.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += read((i * channels + channel) * width)
    samples[i] = sum / channels
  }
  return { rate, samples }
}
