import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import { createHttp, type Http } from '../../../src/lib/http/http.ts'
import { Heartbeat } from '../../../src/lib/liveness.ts'
import { openStoredFile, type StoredFile } from '../../../src/lib/storage/stored-file.ts'
import { defaultRoutes } from '../../../src/amazon-music/routes/default-routes.ts'
import { createMusicClient, type MusicClient } from '../../../src/amazon-music/client.ts'
import type { PlaybackOptions } from '../../../src/amazon-music/api.ts'
import { Engine, type EngineOptions } from '../../../src/playback/engine.ts'
import {
  decodeLastMoment,
  decodeLastSession,
  decodeReports,
  encodeLastMoment,
  encodeLastSession,
  encodeReports,
  type LastMoment,
} from '../../../src/playback/resume/stored-forms.ts'
import type { PlaybackEvent, PlaybackState } from '../../../src/playback/playback-state.ts'
import type { OpenPlayer } from '../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../src/playback/player/backends/none.ts'
import { ReportQueue } from '../../../src/playback/reports/report-queue.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { signIn, type SignedIn } from '../../support/signed-in.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { HttpLine } from './http-gate.ts'

/** An event, and what the state was when it was told. */
export interface Heard {
  readonly event: PlaybackEvent
  readonly state: PlaybackState
}

type MakePlayer = (clock: ManualClock) => OpenPlayer

/** What a test sets of the engine. */
export type EngineSettings = Partial<
  Pick<EngineOptions, 'takeOver' | 'resume' | 'isQuiet' | 'volumeControl' | 'liveness'>
>

/** One life of the engine: from start to close. */
export interface Life {
  readonly engine: Engine
  readonly queue: ReportQueue
  /** Ends as the agent does: what plays is stopped, reports are sent or saved. */
  close(): Promise<void>
  /** Ends as a power cut does. */
  kill(): Promise<void>
}

/** The engine with everything real around it but time: the sandbox over HTTP, files on the disk, player `none`. */
export class Stage {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly line: HttpLine
  readonly api: MusicClient
  readonly tokens: SignedIn
  readonly folder: string
  readonly sink: LogSink
  readonly heard: Heard[] = []
  /** Codes of what the player could not do; undefined: it runs again. */
  readonly troubles: (string | undefined)[] = []
  /** For the lives to come. */
  settings: EngineSettings
  readonly signal = new AbortController().signal
  readonly #makePlayer: MakePlayer
  life: Life
  /** Of the present life. */
  lastMoment!: StoredFile<LastMoment>

  constructor(
    parts: Pick<Stage, 'clock' | 'sandbox' | 'line' | 'api' | 'tokens' | 'folder' | 'sink'>,
    makePlayer: MakePlayer,
    settings: EngineSettings,
  ) {
    this.settings = settings
    this.clock = parts.clock
    this.sandbox = parts.sandbox
    this.line = parts.line
    this.api = parts.api
    this.tokens = parts.tokens
    this.folder = parts.folder
    this.sink = parts.sink
    this.#makePlayer = makePlayer
    this.life = this.begin()
  }

  get engine(): Engine {
    return this.life.engine
  }

  get state(): PlaybackState {
    return this.life.engine.state
  }

  get control(): Sandbox['control'] {
    return this.sandbox.control
  }

  get title(): string | undefined {
    return this.state.entity?.title
  }

  /** A life of the engine on the same disk; becomes the present one. */
  begin(): Life {
    const { clock, api, folder } = this
    const { log } = this.sink
    const reports = openStoredFile({
      folder,
      name: 'reports',
      decode: decodeReports,
      encode: encodeReports,
      log,
    })
    const heartbeat = this.settings.liveness?.join('event reports') ?? new Heartbeat()
    const queue = new ReportQueue({ api, store: reports, clock, random: () => 0.5, log, heartbeat })
    this.lastMoment = openStoredFile({
      folder,
      name: 'playback',
      decode: decodeLastMoment,
      encode: encodeLastMoment,
      log,
    })
    const engine: Engine = new Engine({
      api,
      player: { name: 'none', open: this.#makePlayer(clock) },
      reports: queue,
      lastMoment: this.lastMoment,
      volumeControl: { volumeLimit: 100, night: undefined, fadeInMs: 0, fadeOutMs: 0 },
      takeOver: 'ask',
      resume: 'off',
      isQuiet: () => false,
      ...this.settings,
      lastSession: openStoredFile({
        folder,
        name: 'session',
        decode: decodeLastSession,
        encode: encodeLastSession,
        log,
      }),
      clock,
      random: () => 0.5,
      log,
      onChange: () => undefined,
      onPlayerProblem: (error) => this.troubles.push(error?.code),
      onEvent: (event) => this.heard.push({ event, state: engine.state }),
    })
    const { lastMoment } = this
    const ending = new AbortController()
    const running = engine.run(ending.signal)
    let isOpen = true
    this.life = {
      engine,
      queue,
      async close() {
        if (!isOpen) return
        isOpen = false
        const grace = new AbortController()
        const closed = engine.close(grace.signal)
        await Promise.race([closed, clock.sleep(2_000, grace.signal)])
        grace.abort()
        ending.abort()
        await closed
        await running
      },
      async kill() {
        if (!isOpen) return
        isOpen = false
        // What a dead process would not do any more must not show.
        const grace = new AbortController()
        grace.abort()
        const dead = { save: () => undefined, clear: () => undefined }
        Object.assign(reports, dead)
        Object.assign(lastMoment, dead)
        ending.abort()
        await engine.close(grace.signal)
        await running
      },
    }
    return this.life
  }

  /** The MRN of the nth entity of that kind in the sandbox's catalog. */
  mrn(kind: string, nth = 0): string {
    return this.items(kind)[nth]?.mrn ?? assert.fail(`the catalog has no ${kind} number ${String(nth)}`)
  }

  items(kind: string): ReturnType<Sandbox['control']['catalog']> {
    return this.control.catalog().filter((item) => item.kind === kind)
  }

  /** Titles of the tracks of the nth album, in order. */
  tracksOf(kind: string, nth = 0): string[] {
    const tracks = new Map(this.control.catalog().map(({ id, title }) => [id, title]))
    return (this.items(kind)[nth]?.holds ?? []).map((id) => tracks.get(id) ?? '')
  }

  async play(kind = 'album', nth = 0, options: PlaybackOptions = { autoplay: false }): Promise<void> {
    const request = { play: { id: this.mrn(kind, nth) }, options, context: `${kind} ${String(nth)}` }
    await this.done(this.engine.play(request, this.signal))
  }

  /** No exchange is under way, and nothing is left to do until the clock moves. */
  async quiet(): Promise<void> {
    let calm = 0
    const step = async (): Promise<void> => {
      await setImmediate()
      calm = this.line.busy === 0 ? calm + 1 : 0
    }
    await eventually('no exchange under way', () => calm >= 4, { seen: () => this.#seen(), step })
  }

  /** Lets `ms` pass, a little at a time, so that what happens by itself happens when it should. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    await this.quiet()
    for (let left = ms; left > 0; left -= stepMs) {
      await this.clock.advance(Math.min(left, stepMs))
      await this.quiet()
    }
  }

  /** The outcome of `command`, the clock moving as long as it waits for time to pass. */
  async done<T>(command: Promise<T>, stepMs = 500): Promise<T> {
    const outcome = { settled: false }
    const settle = (): void => {
      outcome.settled = true
    }
    command.then(settle, settle)
    await this.quiet()
    const step = async (): Promise<void> => {
      await this.clock.advance(stepMs)
      await this.quiet()
    }
    await eventually('the outcome of a command', () => outcome.settled, { seen: () => this.#seen(), step })
    return command
  }

  /** Lets time pass, a little at a time, until it `holds`. */
  async passUntil(what: string, holds: () => boolean, stepMs = 1_000): Promise<void> {
    await eventually(what, holds, { seen: () => this.#seen(), step: () => this.pass(stepMs, stepMs) })
  }

  /** For whoever waited in vain. */
  #seen(): unknown {
    return {
      phase: this.state.phase,
      title: this.title,
      exchanges: this.line.busy,
      sleeps: this.clock.sleeps,
      heard: this.heard.slice(-5).map(({ event }) => event),
    }
  }

  /** The events told since the last call, by name. */
  events(): string[] {
    return this.heard.splice(0).map(({ event }) => event.type)
  }

  /** The reports the service has, as `start <title>` and `stop <title>: <reason>`. */
  reported(): string[] {
    return this.control
      .reports()
      .map(({ event, title }) =>
        event.type === 'start' ? `start ${title}` : `stop ${title}: ${String(event.terminationReason)}`,
      )
  }

  /** Catalog ids of what was started, in order. */
  startedIds(): string[] {
    return this.control.reports().flatMap(({ event, entityId }) => (event.type === 'start' ? [entityId] : []))
  }

  /** Calls the sandbox has answered, as `METHOD last/part`, since the last call of this. */
  calls(): string[] {
    const calls = this.control
      .requests(undefined, '/v1')
      .map(({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`)
    this.control.clearRequests()
    return calls
  }

  /** From now on nothing of the API answers but with `status`, or not at all. */
  breakDown(status?: number, path = '/v1'): void {
    this.control.fault({ path, times: 1e9, ...(status === undefined ? { drop: 'before' } : { status }) })
  }

  repair(): void {
    this.control.clearFaults()
  }

  stored(name: 'reports' | 'session' | 'playback'): string {
    return join(this.folder, `${name}.json`)
  }
}

/** A stage that is cleared, and found clean, when the test ends. */
export async function startStage(
  t: TestContext,
  options: SandboxOptions = {},
  makePlayer: MakePlayer = createNonePlayer,
  settings: EngineSettings = {},
  clock = new ManualClock(),
): Promise<Stage> {
  const sandbox = await startSandbox({ clock, random: seeded(7), ...options })
  const http: Http = createHttp('amazonmusic2mqtt/test')
  const line = new HttpLine(http)
  const sink = logSink()
  const tokens = await signIn(sandbox, http, clock)
  const api = createMusicClient({
    http: line,
    clock,
    random: () => 0.5,
    log: sink.log,
    musicUrl: new URL(sandbox.url),
    securityProfileId: 'amzn1.application.0123456789abcdef',
    deviceId: 'device-1',
    locale: 'en-us',
    routes: defaultRoutes,
    tokens,
  })
  const stage = new Stage(
    { clock, sandbox, line, api, tokens, folder: tempFolder(t), sink },
    makePlayer,
    settings,
  )
  t.after(async () => {
    await stage.done(stage.life.close())
    http.close()
    await sandbox.close()
    assert.equal(clock.sleeping, 0)
  })
  return stage
}

/** Numbers in [0, 1) that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}
