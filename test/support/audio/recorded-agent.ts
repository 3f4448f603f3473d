import assert from 'node:assert/strict'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { TONES_HZ } from '../../../src/sandbox/catalog/names.ts'
import { makeCatalog } from '../../../src/sandbox/catalog/make-catalog.ts'
import { systemClock } from '../../../src/sandbox/clock.ts'
import { signedInAgent, type AgentOptions, type TestAgent } from '../agent.ts'
import { eventually, patienceMs } from '../eventually.ts'
import type { ManualClock } from '../clocks/manual-clock.ts'
import { RunningClock } from '../clocks/running-clock.ts'
import { cut, durationMs, gaps, levelDb, pitchHz, stretches, type Sound } from './sound-analysis.ts'
import { noSpeaker, startSpeaker, type Recorder } from './virtual-speaker.ts'
import { tempFolder } from '../temp-folder.ts'
import { requireTool, toolPath } from '../tools.ts'

/** For the `skip` option of a test: why audio cannot be recorded, or false. */
export const noSound: string | false = requireTool('mpv') || noSpeaker

export interface MpvOfTest {
  /** Environment variables that make the agent use it. */
  readonly env: Readonly<Record<string, string>>
  /** Process id of the mpv started last. */
  pid(): Promise<number>
}

/**
 * An mpv that plays to the speaker with this `env`, and writes its process id to a file so that tests can
 * kill it.
 */
export async function mpvOfTest(t: TestContext, env: Readonly<Record<string, string>>): Promise<MpvOfTest> {
  const folder = tempFolder(t)
  const idFile = join(folder, 'pid')
  const program = join(folder, 'mpv')
  await writeFile(
    program,
    `#!/bin/sh\necho $$ > '${idFile}.new'\nmv '${idFile}.new' '${idFile}'\nexec '${toolPath('mpv') ?? 'mpv'}' "$@"\n`,
  )
  await chmod(program, 0o700)
  return {
    env: {
      ...env,
      PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
      A2M_PLAYER: 'mpv',
      A2M_AUDIO_DEVICE: 'pulse/speaker',
    },
    async pid() {
      const pid = Number(await readFile(idFile, 'utf8'))
      // For kill(), 0 means the whole process group.
      assert.ok(pid > 1, 'no process id')
      return pid
    },
  }
}

/** The whole agent in real time, signed in, with a real mpv on a speaker that is recorded. */
export interface SoundingAgent {
  readonly agent: TestAgent
  readonly clock: ManualClock
  readonly ear: Ear
  readonly mpv: MpvOfTest
}

/** Everything ends with the test. The sandbox's tones have a constant level unless an option changes it. */
export async function soundingAgent(t: TestContext, options: AgentOptions = {}): Promise<SoundingAgent> {
  const speaker = await startSpeaker()
  t.after(() => speaker[Symbol.asyncDispose]())
  const mpv = await mpvOfTest(t, speaker.env)
  const agent = await signedInAgent(t, {
    clock: new RunningClock(),
    ...options,
    // The service's clock is right, whatever the agent's clock is set to.
    sandbox: { clock: systemClock, swell: false, ...options.sandbox },
    env: { ...mpv.env, ...options.env },
  })
  return { agent, clock: agent.clock, mpv, ear: new Ear(await speaker.record()) }
}

/** Measures the recording of the speaker. */
export class Ear {
  readonly #recorder: Recorder

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** Milliseconds recorded so far: the present time for {@link heard}. */
  get nowMs(): number {
    return this.#recorder.ms
  }

  /** The recording from `fromMs` to `toMs`, or to now. */
  heard(fromMs = 0, toMs = Infinity): Sound {
    return cut(this.#recorder.sound(fromMs), 0, Math.min(toMs, this.nowMs) - fromMs)
  }

  /** Records `ms` from now. */
  async listen(ms: number): Promise<Sound> {
    const fromMs = this.nowMs
    const isHeard = (): boolean => this.nowMs >= fromMs + ms
    // A recorder that hangs delivers nothing.
    await eventually('sound from the recorder', isHeard, {
      withinMs: ms + patienceMs,
      seen: () => this.nowMs,
    })
    return this.heard(fromMs, fromMs + ms)
  }

  /** Waits until the level stays at `db` within `byDb`. @returns the level */
  async untilLevel(db: number, byDb = 0.5, withinMs = 10_000): Promise<number> {
    const endMs = performance.now() + withinMs
    // eslint-disable-next-line no-restricted-syntax -- bounded by withinMs
    for (;;) {
      const [before, after] = [levelDb(await this.listen(levelMs)), levelDb(await this.listen(levelMs))]
      if ([before, after].every((level) => Math.abs(level - db) <= byDb)) return after
      if (performance.now() > endMs) throw new Error(`${after} dB, and not ${db} within ${withinMs} ms`)
    }
  }

  /**
   * Waits until the tone `hz` plays (0: silence).
   *
   * @returns how many milliseconds after `sinceMs` it began, to within 20 ms. Audio already buffered when a
   * command arrives is recorded after it.
   */
  async untilTone(hz: number, sinceMs = this.nowMs, withinMs = 20_000): Promise<number> {
    const startedAtMs = performance.now()
    // eslint-disable-next-line no-restricted-syntax -- bounded by withinMs
    for (let fromMs = sinceMs; ;) {
      const sound = this.heard(fromMs)
      const frames = Math.floor(durationMs(sound) / frameMs)
      for (let i = 0; i + 2 <= frames; i++) {
        // Two frames in a row: the frame in which the tone changes may have any pitch.
        if ([i, i + 1].every((n) => isTone(cut(sound, n * frameMs, (n + 1) * frameMs), hz))) {
          // Enough to tell it from a fragment.
          await this.listen(leastToneMs + 2 * frameMs)
          return Math.round(fromMs + i * frameMs - sinceMs)
        }
      }
      fromMs += Math.max(frames - 1, 0) * frameMs
      if (performance.now() - startedAtMs > withinMs) {
        const last = stretches(this.heard(Math.max(0, this.nowMs - 5_000))).map((one) => one.hz)
        throw new Error(`${hz} Hz: not heard within ${withinMs} ms; the last 5 s: ${last.join(' ')} Hz`)
      }
      await sleep(20)
    }
  }
}

const frameMs = 20
/** On a busy machine the speaker stutters. This much of a tone counts as a tone. */
const leastToneMs = 100
const levelMs = 300

function isTone(sound: Sound, hz: number): boolean {
  return hz === 0 ? levelDb(sound) < -70 : levelDb(sound) > -70 && Math.abs(pitchHz(sound) - hz) < 6
}

const catalog = makeCatalog([])

/** Pitch and length of the audio that the sandbox plays for this id. */
export function soundOf(entityId: string): { readonly hz: number; readonly ms: number } {
  const sounding = catalog.sounding(entityId)
  assert.ok(sounding, `nothing sounds under ${entityId}`)
  return { hz: sounding.toneHz, ms: sounding.durationSeconds * 1000 }
}

/** The tracks of an album, in order. */
export function albumTracks(title: string): readonly { id: string; title: string; hz: number; ms: number }[] {
  const album = catalog.albums.find((one) => one.title === title)
  assert.ok(album, title)
  return album.tracks.map((track) => ({ id: track.id, title: track.title, ...soundOf(track.id) }))
}

/** One tone of the catalog. Times are in milliseconds of the recording. */
interface Tone {
  readonly hz: number
  readonly fromMs: number
  readonly toMs: number
  /** Without silences within it. */
  readonly ms: number
}

/** The catalog's tones in a recording, in order. Leaves out fragments that a busy machine caused. */
export function tonesIn(sound: Sound): readonly Tone[] {
  const tones: { -readonly [K in keyof Tone]: Tone[K] }[] = []
  for (const { hz: heard, fromMs, toMs } of stretches(sound)) {
    const hz = TONES_HZ.find((tone) => Math.abs(heard / tone - 1) < 0.025)
    const last = tones.at(-1)
    if (hz === undefined) continue
    if (last?.hz === hz) Object.assign(last, { toMs, ms: last.ms + toMs - fromMs })
    else if (toMs - fromMs >= leastToneMs) tones.push({ hz, fromMs, toMs, ms: toMs - fromMs })
  }
  return tones
}

/** The longest silence between two tones, in milliseconds. Silence within a tone is caused by the machine. */
export function longestGapMs(sound: Sound): number {
  const tones = tonesIn(sound)
  const changes = tones.slice(1).map(({ fromMs }, i) => ({ fromMs: tones[i]?.toMs ?? 0, toMs: fromMs }))
  const silences = gaps(sound).filter((gap) =>
    changes.some(({ fromMs, toMs }) => gap.fromMs > fromMs - 2 * frameMs && gap.fromMs < toMs + 2 * frameMs),
  )
  return Math.max(0, ...silences.map(({ ms }) => ms))
}

/** The reports that the service received, as `start TITLE` or `stop TITLE REASON`. */
export function record({ sandbox }: TestAgent): readonly string[] {
  return sandbox.control
    .reports()
    .map(({ title, event }) => [event.type, title, event.terminationReason ?? []].flat().join(' '))
}

/** Sends commands that change nothing; each must be answered within 2 s. @returns the longest time */
export async function answersInTime(agent: TestAgent): Promise<number> {
  let longestMs = 0
  for (const [name, payload] of [
    ['set/volume', '90'],
    ['command', 'mute'],
    ['command', 'unmute'],
    ['set/volume', '100'],
  ] as const) {
    const askedAtMs = performance.now()
    const { status } = await agent.ask(name, payload)
    assert.equal(status, 'ok', `${name} ${payload}`)
    longestMs = Math.max(longestMs, performance.now() - askedAtMs)
  }
  assert.ok(longestMs < 2_000, `a command took ${longestMs} ms`)
  return longestMs
}

/** Stops the agent and checks that the service has all reports: each start with its stop, in order. */
export async function endWithWholeRecord(agent: TestAgent): Promise<void> {
  await agent.stop()
  const { control } = agent.sandbox
  assert.deepEqual(
    control.violations().map(({ what }) => what),
    [],
    record(agent).join('\n'),
  )
  assert.deepEqual(
    control.unfinished().map(({ title }) => title),
    [],
    record(agent).join('\n'),
  )
}
