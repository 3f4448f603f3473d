import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { plainEnvironment } from '../../../../src/lib/child-process.ts'
import { systemClock } from '../../../../src/lib/clock.ts'
import { Secret } from '../../../../src/lib/secret.ts'
import type { OpenPlayer, PlayerItem } from '../../../../src/playback/player/player.ts'
import { createCommandPlayer } from '../../../../src/playback/player/backends/command/open-command.ts'
import { createMpv } from '../../../../src/playback/player/backends/mpv/open-mpv.ts'
import { program } from '../../../support/command-player.ts'
import { eventually, within } from '../../../support/eventually.ts'
import { logSink } from '../../../support/log-sink.ts'
import { signalGroup } from '../../../support/signal-group.ts'
import { mpvProgram, noMpv } from '../../player/mpv-harness.ts'
import { file, soundServer, wav } from '../../player/sound-server.ts'
import { startStage, type Stage } from '../engine-harness.ts'

/** Ends each item as soon as it has begun, and so before anything could be preloaded after it. */
const endsAtOnce = `
  hear = (message) => {
    ok(message)
    if (message.command !== 'load') return
    say({ event: 'started', item: message.item.id })
    say({ event: 'ended', item: message.item.id, position_ms: 0 })
  }`

/** A player whose items all are one sound, and whether the last one of them is over. */
class Watched {
  readonly open: OpenPlayer
  ends = 0
  isOpen = false
  #on: string | undefined
  #next: string | undefined

  constructor(open: OpenPlayer, soundUrl: string) {
    const sound = (item: PlayerItem): PlayerItem =>
      item.stream === undefined ? item : { ...item, stream: { ...item.stream, url: new Secret(soundUrl) } }
    this.open = async (onEvent, signal) => {
      const player = await open((event) => {
        if ((event.type === 'ended' || event.type === 'failed') && event.id === this.#on) {
          this.ends++
          this.#on = event.type === 'ended' ? this.#next : undefined
          this.#next = undefined
        }
        onEvent(event)
      }, signal)
      this.isOpen = true
      const load = player.load.bind(player)
      const preload = player.preload.bind(player)
      const stop = player.stop.bind(player)
      return Object.assign(player, {
        load: (item: PlayerItem, paused: boolean) => {
          this.#on = item.id
          this.#next = undefined
          return load(sound(item), paused)
        },
        preload: (item: PlayerItem | undefined) => {
          this.#next = item?.id
          return preload(item === undefined ? undefined : sound(item))
        },
        stop: () => {
          this.#on = this.#next = undefined
          return stop()
        },
      })
    }
  }

  get isDone(): boolean {
    return this.#on === undefined
  }
}

/** The player plays in real time, and everything else by a clock that stands still while something is on. */
async function life(
  t: TestContext,
  open: OpenPlayer,
  soundUrl: string,
): Promise<{ codes: unknown[]; ends: number }> {
  const watched = new Watched(open, soundUrl)
  const stage = await startStage(t, { lengths: 'missing' }, () => watched.open)
  await eventually('the player', () => watched.isOpen)
  const request = { play: { id: stage.mrn('station') }, options: {}, context: 'station' }
  await within('a station', stage.engine.play(request, stage.signal))
  await settled(stage, watched)
  const firstCalls = stage.calls()
  assert.ok(firstCalls.length <= 20, `calls before the first wait: ${firstCalls.join(', ')}`)
  assert.equal(watched.ends, 3, 'items before the first wait')
  for (let second = 1; second <= 300 && stage.state.phase !== 'idle'; second++) {
    const { ends } = watched
    for (let part = 0; part < 4; part++) {
      await stage.clock.advance(250)
      await settled(stage, watched)
    }
    const calls = stage.calls()
    assert.ok(watched.ends <= ends + 1, `${String(watched.ends - ends)} items in second ${String(second)}`)
    assert.ok(calls.length <= 6, `calls in second ${String(second)}: ${calls.join(', ')}`)
  }
  assert.equal(stage.state.phase, 'idle')
  const codes = stage.heard.flatMap(({ event }) => (event.type === 'error' ? [event.facts['code']] : []))
  assert.deepEqual(stage.control.violations(), [])
  return { codes, ends: watched.ends }
}

async function settled(stage: Stage, watched: Watched): Promise<void> {
  const seen = (): unknown => ({ ends: watched.ends, phase: stage.state.phase })
  await eventually('the end of what is on', () => watched.isDone, { step: () => stage.quiet(), seen })
  await stage.quiet()
  await eventually('the end of what came after it', () => watched.isDone, { step: () => stage.quiet(), seen })
}

test('a command player that ends each item at once is asked a few times a second at most, and then no more', async (t) => {
  const open = createCommandPlayer({
    commandLine: program(endsAtOnce),
    env: process.env,
    signalGroup,
    clock: systemClock,
    log: logSink().log,
  })
  assert.deepEqual(await life(t, open, 'http://127.0.0.1/sound'), { codes: ['playback/too-short'], ends: 10 })
})

test(
  'mpv with sounds of a few milliseconds is asked a few times a second at most, and then no more',
  { skip: noMpv },
  async (t) => {
    const sounds = await soundServer(t, { '/5ms.wav': file(wav(0.005, 440)) })
    const open = createMpv({
      program: mpvProgram,
      env: plainEnvironment(process.env),
      clock: systemClock,
      log: logSink().log,
      audioDevice: 'null',
      mixer: undefined,
    })
    assert.deepEqual(await life(t, open, `${sounds.url}/5ms.wav`), {
      codes: ['playback/too-short'],
      ends: 10,
    })
  },
)
