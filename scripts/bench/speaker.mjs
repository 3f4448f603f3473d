import { existsSync, mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { start, within } from './processes.mjs'
import { nowMs } from './stats.mjs'

export const rate = 48_000

/** How much sound comes at a time, in milliseconds: to no less than that is a beginning exact. */
const pieceMs = 5

/** Below this (-72 dB) a sample is silence: a tone crosses it too, but not for long. */
const silence = 8

/**
 * Sound cards that nobody hears, with real time: a PulseAudio daemon of our own with one for each of `names`, and a
 * recorder at each.
 *
 * @returns `env`: what a program needs in its environment to play to them
 */
export async function startSpeakers(folder, names) {
  mkdirSync(folder, { recursive: true })
  const socket = join(folder, 'native')
  // HOME and the runtime folder: it must neither find nor leave anything of the user's.
  const own = { HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder }
  const env = { ...own, PULSE_SERVER: `unix:${socket}` }
  const daemon = start(
    'pulseaudio',
    [
      ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'],
      ...names.flatMap((name) => [
        '-L',
        `module-null-sink sink_name=${name} rate=${rate} channels=2 format=s16le`,
      ]),
      ...['-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    ],
    { env: own },
  )
  const open = async () => {
    while (!existsSync(socket)) await sleep(20)
  }
  await within('pulseaudio', open(), 10_000, daemon)
  const recorders = await Promise.all(names.map(async (name) => [name, await startRecorder(name, env)]))
  return { env, recorders: Object.fromEntries(recorders) }
}

async function startRecorder(name, env) {
  const child = start(
    'parec',
    [
      ...['-d', `${name}.monitor`, '--raw', '--format=s16le', `--rate=${rate}`, '--channels=1'],
      `--latency-msec=${pieceMs}`,
    ],
    { env, isSilent: true },
  )
  let pieces = []
  /** Of half a sample, should a piece end in one. */
  let rest = Buffer.alloc(0)
  let count = 0
  /** By the machine's clock, when the first sample was made: no later than any piece says. */
  let beganMs = Infinity
  child.stdout.on('data', (bytes) => {
    const atMs = nowMs()
    const whole = Buffer.concat([rest, bytes])
    const length = whole.length >> 1
    rest = whole.subarray(length * 2)
    pieces.push(Int16Array.from({ length }, (_, i) => whole.readInt16LE(i * 2)))
    count += length
    beganMs = Math.min(beganMs, atMs - (count * 1000) / rate)
  })
  await within(`a recording of ${name}`, once(child.stdout, 'data'), 10_000, child)
  const sound = () => {
    const all = new Int16Array(count)
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    return all
  }
  return {
    /** Forgets what it heard, and records anew. */
    forget() {
      pieces = []
      count = 0
      beganMs = Infinity
    },
    sound,
    /** When the first sound since {@link forget} was made, by the machine's clock; waits for it. */
    async firstSoundMs() {
      const heard = async () => {
        for (;;) {
          const at = sound().findIndex(isLoud)
          // A few more pieces: each makes it surer when the first sample was made.
          if (at >= 0 && count - at > rate / 4) return beganMs + (at * 1000) / rate
          await sleep(20)
        }
      }
      return within(`sound at ${name}`, heard(), 20_000, child)
    },
    /** Resolves once nothing has sounded for `ms`. */
    async silent(ms) {
      const quiet = async () => {
        for (;;) {
          const last = sound().findLastIndex(isLoud)
          if (count - last - 1 >= (ms * rate) / 1000) return
          await sleep(20)
        }
      }
      await within(`${name} silent`, quiet(), 20_000, child)
    },
  }
}

function isLoud(sample) {
  return Math.abs(sample) >= silence
}

/**
 * From the first sound to the last one, without the silences of at least 2 ms in between.
 *
 * @returns the sound, and of each silence how long it was and after how much of the sound it stood
 */
export function withoutSilences(recorded) {
  const first = recorded.findIndex(isLoud)
  const sound = new Int16Array(recorded.length)
  const silences = []
  let count = 0
  let last = first - 1
  recorded.forEach((sample, i) => {
    if (!isLoud(sample)) return
    const ms = ((i - last - 1) * 1000) / rate
    if (ms >= 2) silences.push({ ms, afterMs: (count * 1000) / rate })
    const from = ms >= 2 ? i : last + 1
    sound.set(recorded.subarray(from, i + 1), count)
    count += i + 1 - from
    last = i
  })
  return { sound: sound.subarray(0, count), silences }
}

/** Frequency of a single tone, by its zero crossings; to the nearest hertz in a second of it. */
export function pitchHz(sound) {
  let rises = 0
  for (let i = 1; i < sound.length; i++) if (sound[i - 1] < 0 && sound[i] >= 0) rises++
  return (rises * rate) / sound.length
}
