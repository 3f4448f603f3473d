import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { PlayerItem } from '../../../src/playback/player/player.ts'
import { createMpv } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { SupervisedPlayer } from '../../../src/playback/player/supervised-player.ts'
import { logSink } from '../../support/log-sink.ts'
import { realTime } from '../../support/real-time.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { itemOf, mpvProgram, noMpv, until } from './mpv-harness.ts'
import { file, soundServer, wav } from './sound-server.ts'

const rooms = 4
const killsEach = 50
const answerWithinMs = 2_000
const seconds = 2

/** A queue without an end on a player of its own, as the engine plays one. */
class Room {
  readonly said = new Map<string, string[]>()
  readonly order: string[] = []
  readonly troubles: string[] = []
  readonly player: SupervisedPlayer
  present: PlayerItem
  next: PlayerItem | undefined
  readonly #deal: () => PlayerItem
  readonly #pidFile: string

  constructor(t: TestContext, deal: () => PlayerItem) {
    const folder = tempFolder(t)
    this.#deal = deal
    this.#pidFile = join(folder, 'pid')
    const program = join(folder, 'mpv')
    writeFileSync(program, `#!/bin/sh\necho $$ > '${this.#pidFile}'\nexec '${mpvProgram}' "$@"\n`, {
      mode: 0o755,
    })
    const { log } = logSink('silent')
    this.present = deal()
    this.player = new SupervisedPlayer({
      name: 'mpv',
      open: createMpv({
        program,
        env: plainEnvironment(process.env),
        clock: systemClock,
        log,
        audioDevice: 'null',
        mixer: undefined,
      }),
      clock: systemClock,
      random: Math.random,
      log,
      onProblem: (error) => this.troubles.push(error?.message ?? 'none'),
      onEvent: ({ type, id }) => {
        this.said.set(id, [...(this.said.get(id) ?? []), type])
        if (type === 'started') {
          this.order.push(id)
          this.next = this.#deal()
          void this.#preload(this.next)
        }
        if (type === 'ended' && this.next !== undefined) this.present = this.next
      },
      // Otherwise each item was blamed, and each death made to wait longer than the last.
      limits: { innocentMs: 0, provenMs: 0 },
    })
  }

  /** Of the mpv that was started last; 0 while that is being written. */
  get pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'))
  }

  async #preload(item: PlayerItem): Promise<void> {
    assert.equal(await this.player.preload(item), true)
  }

  /** Waits until a player other than `killed` sounds. */
  async sounds(killed: number): Promise<void> {
    const nowhere = { id: '', positionMs: Infinity }
    let before = nowhere
    await until(
      () => {
        const { id } = this.present
        const positionMs = this.player.positionMs()
        const isAnother = ![0, killed].includes(this.pid)
        const isOn = isAnother && id === before.id && positionMs > before.positionMs
        // While the death is not noticed the position goes on.
        before = isAnother ? { id, positionMs } : nowhere
        return isOn
      },
      `sound after ${killed}: ${JSON.stringify([...this.said].slice(-2))}`,
    )
  }

  /** @returns how long the longest command took */
  async command(random: number): Promise<number> {
    const { player } = this
    const commands = [
      () => [player.setVolume(Math.round(random * 100))],
      () => [player.pause(), player.play()],
      () => [player.hold(), player.release()],
      () => [player.setMuted(random > 0.5), player.pause(), player.setVolume(50), player.play()],
    ]
    const startedMs = performance.now()
    await Promise.all(commands[Math.floor(random * commands.length)]?.() ?? [])
    return performance.now() - startedMs
  }
}

test('mpv is killed 200 times and goes on each time where it was', { skip: noMpv }, async (t) => {
  const { url } = await soundServer(t, { '/tone.wav': file(wav(seconds, 440)) })
  const answersMs: number[] = []
  const silencesMs: number[] = []
  let resumed = 0
  await Promise.all(
    Array.from({ length: rooms }, async () => {
      const room = new Room(t, () => itemOf(`${url}/tone.wav`, { durationMs: seconds * 1000 }))
      const over = new AbortController()
      const running = room.player.run(over.signal)
      t.after(async () => {
        over.abort()
        await running
        await room.player.close()
      })
      await room.player.load(room.present)
      await until(() => room.order.length > 0, 'the first sound')
      for (let kill = 0; kill < killsEach; kill++) {
        // Now and then it lives long enough to come to an end.
        await realTime(kill % 10 === 9 ? 800 : Math.random() * 150, 'a life of mpv, of any length')
        const { pid, present } = room
        const beforeMs = room.player.positionMs()
        // To the system, 0 is all of us.
        assert.ok(pid > 1, `pid > 1: ${pid}`)
        process.kill(pid, 'SIGKILL')
        const killedMs = performance.now()
        answersMs.push(await room.command(Math.random()))
        await room.sounds(pid)
        silencesMs.push(performance.now() - killedMs)
        assert.deepEqual(room.troubles, [])
        if (room.present === present) {
          const jumpMs = room.player.positionMs() - beforeMs
          assert.ok(jumpMs > -700 && jumpMs < 1_500, `it went on ${jumpMs} ms from where it was`)
          resumed++
        }
      }
      for (const [id, words] of room.said) {
        assert.match(words.join(' '), /^started( buffering rebuffered)*( buffering)?( ended)?$/, id)
      }
      assert.ok(room.order.length > 1, 'the queue moved on')
    }),
  )
  const longest = (times: readonly number[]): number => Math.round(Math.max(...times))
  assert.equal(answersMs.length, rooms * killsEach)
  assert.ok(longest(answersMs) < answerWithinMs, `a command took ${longest(answersMs)} ms`)
  t.diagnostic(
    `${answersMs.length} kills, ${resumed} in the middle of an item; longest answer ${longest(answersMs)} ms, longest silence ${longest(silencesMs)} ms`,
  )
})
