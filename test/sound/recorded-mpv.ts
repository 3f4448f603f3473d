import { chmod, readFile, writeFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { join } from 'node:path'

import { plainEnvironment } from '../../src/lib/child-process.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import {
  Announcer,
  type Announcement,
  type AnnouncementEvent,
  type AnnouncerOptions,
} from '../../src/playback/announcements/announcer.ts'
import { VolumeControl, type VolumeControlOptions } from '../../src/playback/player/volume.ts'
import type { OpenPlayer } from '../../src/playback/player/player.ts'
import { createMpv } from '../../src/playback/player/backends/mpv/open-mpv.ts'
import { SupervisedPlayer } from '../../src/playback/player/supervised-player.ts'
import { logSink } from '../support/log-sink.ts'
import { realTime } from '../support/real-time.ts'
import { startSpeaker, type Recorder } from '../support/audio/virtual-speaker.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { wav } from '../integration/player/sound-server.ts'
import { itemOf, mpvProgram, until } from '../integration/player/mpv-harness.ts'

/** A real mpv that plays music into a recorded speaker, with volumeControl and announcements over it. */
export interface SoundingMusic {
  readonly player: SupervisedPlayer
  readonly volumeControl: VolumeControl
  readonly announcer: Announcer
  readonly events: readonly AnnouncementEvent[]
  readonly recorder: Recorder
  /** Resolves when the announcement has ended and the music is back. */
  readonly announce: (url: string, wish?: Partial<Announcement>) => Promise<AnnouncementEvent['facts']>
  readonly killAnnouncer: () => Promise<void>
}

const musicVolume = 50

/** Plays `url`; resolves once it has sounded for a while. All ends with the test. */
export async function soundingMusic(
  t: TestContext,
  url: string,
  options: {
    readonly volumeControl?: Partial<VolumeControlOptions>
    readonly announcer?: Partial<AnnouncerOptions>
  } = {},
): Promise<SoundingMusic> {
  const speaker = await startSpeaker()
  const { log } = logSink()
  const env = { ...plainEnvironment(process.env), ...speaker.env }
  const mpv = (program: string): OpenPlayer =>
    createMpv({
      program,
      env,
      clock: systemClock,
      log,
      audioDevice: undefined,
      mixer: undefined,
      extraArgs: ['--ao=pulse'],
    })
  // The announcements' mpv leaves its process id, to be killed by.
  const folder = tempFolder(t)
  const idFile = join(folder, 'pid')
  const program = join(folder, 'mpv')
  await writeFile(program, `#!/bin/sh\necho $$ > '${idFile}'\nexec '${mpvProgram}' "$@"\n`)
  await chmod(program, 0o700)

  const heard: string[] = []
  const player = new SupervisedPlayer({
    name: 'mpv',
    open: mpv(mpvProgram),
    clock: systemClock,
    random: Math.random,
    log,
    onEvent: ({ type }) => heard.push(type),
    onProblem: () => undefined,
  })
  const volumeControl = new VolumeControl({
    apply: (percent) => player.setVolume(percent),
    clock: systemClock,
    volumeLimit: 100,
    night: undefined,
    fadeInMs: 0,
    fadeOutMs: 0,
    log,
    isSilent: () => false,
    onChange: () => undefined,
    ...options.volumeControl,
  })
  const events: AnnouncementEvent[] = []
  const announcer = new Announcer({
    open: mpv(program),
    music: {
      state: { muted: false },
      hold: (giveUpDevice) => player.hold({ giveUpDevice }),
      release: () => player.release(),
    },
    volumeControl,
    mode: 'duck',
    sharesVolume: false,
    volume: undefined,
    maxSeconds: 20,
    duckDb: 20,
    clock: systemClock,
    log,
    onChange: () => undefined,
    onEvent: (event) => events.push(event),
    ...options.announcer,
  })
  const life = new AbortController()
  const running = player.run(life.signal)
  t.after(async () => {
    await announcer.close()
    await player.close()
    life.abort()
    await running
    await speaker[Symbol.asyncDispose]()
  })
  await volumeControl.set(musicVolume)
  await player.load(itemOf(url))
  await until(() => heard.includes('started'), 'the music')
  const recorder = await speaker.record()
  await realTime(1_500, 'music is heard before anything is done to it')
  return {
    player,
    volumeControl,
    announcer,
    events,
    recorder,
    announce: async (announced, wish = {}) => {
      const ends = (): readonly AnnouncementEvent[] =>
        events.filter(({ type }) => type === 'announcement_ended')
      const before = ends().length
      announcer.announce({
        url: new Secret(announced),
        host: new URL(announced).host,
        volume: 80,
        mode: undefined,
        maxSeconds: undefined,
        transaction: undefined,
        ...wish,
      })
      await until(() => ends().length > before && !announcer.isAnnouncing, 'the end of the announcement')
      return ends().at(-1)?.facts ?? {}
    },
    killAnnouncer: async () => {
      process.kill(Number(await readFile(idFile, 'utf8')), 'SIGKILL')
    },
  }
}

/** A WAV file whose pitch tells the position: 400 Hz, and a hertz more every 20 ms. */
export function sweep(seconds: number): Buffer {
  const file = wav(seconds, 0)
  const rate = file.readUInt32LE(24)
  let turns = 0
  for (let i = 0; i < rate * seconds; i++) {
    turns += (400 + (i / rate) * 50) / rate
    file.writeInt16LE(Math.round(8192 * Math.sin(2 * Math.PI * turns)), 44 + 2 * i)
  }
  return file
}
