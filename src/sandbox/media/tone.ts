/** Mono, 16 bit, 16 kHz: small enough to stream from a Pi, good enough to recognise the track. */
export const SAMPLE_RATE = 16_000
export const BYTES_PER_SAMPLE = 2
export const SECOND_BYTES = SAMPLE_RATE * BYTES_PER_SAMPLE

/** 12.2 dB below full scale. */
const PEAK = 8000

/** The tone played instead of a recording. */
export interface Tone {
  readonly toneHz: number
  /**
   * Whether it swells and fades once per second, which distinguishes it from a hum. Otherwise the level is
   * constant.
   */
  readonly swell: boolean
}

const seconds = new Map<string, Buffer>()

/**
 * One second as linear PCM, little endian. It contains whole periods, so that repetitions join without a
 * click.
 */
export function oneSecond({ toneHz, swell }: Tone): Buffer {
  const key = `${toneHz} ${swell}`
  const made = seconds.get(key)
  if (made) return made
  const second = Buffer.alloc(SECOND_BYTES)
  for (let i = 0; i < SAMPLE_RATE; i++) {
    const turn = (2 * Math.PI * i) / SAMPLE_RATE
    const loudness = swell ? 0.55 - 0.45 * Math.cos(turn) : 1
    second.writeInt16LE(Math.round(PEAK * loudness * Math.sin(turn * toneHz)), i * BYTES_PER_SAMPLE)
  }
  seconds.set(key, second)
  return second
}
