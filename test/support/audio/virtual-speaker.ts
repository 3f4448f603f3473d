import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { eventually, within } from '../eventually.ts'
import type { Sound } from './sound-analysis.ts'
import { tempParent } from '../temp-folder.ts'
import { requireTool, toolPath } from '../tools.ts'

/** For the `skip` option of a test: why no speaker can be started, or false. */
export const noSpeaker: string | false = requireTool('pulseaudio') || requireTool('parec')

/** A virtual sound card with real timing and a known sample rate: the test's own PulseAudio daemon. */
export interface Speaker extends AsyncDisposable {
  /**
   * Environment variables for a program that plays to it: `{ ...process.env, ...speaker.env }`. mpv also
   * needs `--ao=pulse`.
   */
  readonly env: Readonly<Record<string, string>>
  /** Records from now on, including silence. Resolves when recording has started. */
  record(): Promise<Recorder>
}

export interface Recorder {
  /** Milliseconds recorded so far. */
  readonly ms: number
  /** The recording so far, from `fromMs` on. */
  sound(fromMs?: number): Sound
  /** Stops recording and returns all of it. */
  stop(): Promise<Sound>
}

const rate = 48_000

/** Starts a speaker; `await using` or {@link Speaker}'s dispose ends it. */
export async function startSpeaker(): Promise<Speaker> {
  const folder = await mkdtemp(join(tempParent, 'a2m-speaker-'))
  const socket = join(folder, 'native')
  // Own HOME and runtime folder: the daemon must neither read nor leave files of the user.
  const own = { HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder }
  const env = { ...own, PULSE_SERVER: `unix:${socket}` }
  const path = { PATH: process.env['PATH'] ?? '' }
  const daemon = spawn(
    toolPath('pulseaudio') ?? 'pulseaudio',
    [
      ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'],
      ...['-L', `module-null-sink sink_name=speaker rate=${rate} channels=2 format=s16le`],
      ...['-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...path, ...own } },
  )
  let said = ''
  daemon.stderr.on('data', (words: Buffer) => (said = (said + words.toString()).slice(-4_000)))
  const isUp = (): boolean => {
    if (daemon.exitCode !== null) throw new Error(`pulseaudio did not start: ${said}`)
    return existsSync(socket)
  }
  await eventually('pulseaudio has a socket', isUp, { seen: () => said })
  const recorders = new Set<ChildProcess>()
  return {
    env,
    async record() {
      const recorder = spawn(
        toolPath('parec') ?? 'parec',
        [
          '-d',
          'speaker.monitor',
          '--raw',
          '--format=s16le',
          `--rate=${rate}`,
          '--channels=1',
          '--latency-msec=20',
        ],
        { stdio: ['ignore', 'pipe', 'ignore'], env: { ...path, ...env } },
      )
      recorders.add(recorder)
      const tape = new Tape()
      recorder.stdout.on('data', (chunk: Buffer) => tape.add(chunk))
      await within('output of the recorder', once(recorder.stdout, 'data'))
      const sound = (fromMs = 0): Sound => fromS16(tape.from(2 * Math.round((fromMs * rate) / 1000)))
      return {
        get ms() {
          return (tape.length * 500) / rate
        },
        sound,
        async stop() {
          await end(recorder)
          recorders.delete(recorder)
          return sound()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...recorders, daemon].map(end))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A growing buffer. Reading the end of it copies nothing. */
class Tape {
  #bytes = Buffer.alloc(2 ** 20)
  length = 0

  add(chunk: Buffer): void {
    while (this.length + chunk.length > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)])
    }
    chunk.copy(this.#bytes, this.length)
    this.length += chunk.length
  }

  from(at: number): Buffer {
    return this.#bytes.subarray(at, this.length)
  }
}

function fromS16(bytes: Buffer): Sound {
  const samples = new Float32Array(Math.floor(bytes.length / 2))
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i) / 2 ** 15
  return { rate, samples }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await within('the end of the child', closed)
}
