import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { Liveness } from '../../../src/lib/liveness.ts'
import { aborted } from '../../../src/lib/async/tasks.ts'
import { PlaybackMetrics } from '../../../src/playback/reports/playback-metrics.ts'
import type { OpenPlayer } from '../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../src/playback/player/backends/none.ts'
import { runWatchdog } from '../../../src/systemd/watchdog.ts'
import { signedInAgent } from '../../support/agent.ts'
import { MortalPlayer } from '../../support/crashing-player.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { realTime } from '../../support/real-time.ts'
import { SuspendingClock } from '../../support/clocks/suspending-clock.ts'
import { startStage, type Stage } from '../playback/engine-harness.ts'
import { within } from '../../support/eventually.ts'

const minute = 60_000
const hour = 60 * minute
/** As the unit has it. */
const timeoutMs = minute

interface Watched {
  readonly stage: Stage
  readonly clock: SuspendingClock
  /** What does not answer, as it was said in the log, in order. */
  readonly stuck: () => readonly unknown[]
  /** How often systemd was told since the last call of this. */
  readonly meals: () => number
  /** Lets what hangs go on when the story ends, however it ends. */
  readonly atEnd: (free: () => void) => void
}

/** Runs `story` while the watchdog calls the engine's roll. */
async function watch(
  t: TestContext,
  story: (watched: Watched) => Promise<void>,
  makePlayer?: Parameters<typeof startStage>[2],
): Promise<void> {
  const clock = new SuspendingClock()
  const liveness = new Liveness()
  const stage = await startStage(t, { tps: Infinity }, makePlayer, { liveness }, clock)
  const { log } = stage.sink
  let meals = 0
  const freeing: (() => void)[] = []
  const stop = new AbortController()
  const dog = runWatchdog({ timeoutMs, liveness, clock, log, keepAlive: () => meals++ }, stop.signal)
  try {
    await story({
      stage,
      clock,
      stuck: () =>
        stage.sink
          .lines()
          .filter(({ code }) => code === 'service/stuck')
          .map(({ error }) => error),
      meals: () => {
        const eaten = meals
        meals = 0
        return eaten
      },
      atEnd: (free) => void freeing.push(free),
    })
  } finally {
    for (const free of freeing) free()
    stop.abort(new Error('over'))
    await assert.rejects(dog, /over/)
  }
}

test('a command that never ends is seen after an hour, and nothing is fed until it ends', async (t) => {
  await watch(t, async ({ stage, stuck, meals, atEnd }) => {
    const answer = stage.line.hold('POST', '/v1/playback/sessions')
    atEnd(answer)
    const play = stage.engine.play(
      { play: { id: stage.mrn('album') }, options: { autoplay: false }, context: 'album' },
      stage.signal,
    )
    await stage.pass(hour, 30_000)
    assert.equal(meals(), 120)
    assert.deepEqual(stuck(), [])
    await stage.pass(5 * minute, 30_000)
    assert.deepEqual(stuck(), ['No answer from: playback'])
    assert.ok(meals() <= 2, 'meals() <= 2')
    // What waits behind it has its hour from when it begins.
    const pause = stage.engine.pause()
    answer()
    await stage.done(play)
    await stage.done(pause)
    await stage.pass(minute, 30_000)
    assert.ok(meals() > 0, 'meals() > 0')
    assert.equal(stage.state.phase, 'paused')
  })
})

test('what follows by itself is seen likewise: nobody need give a command', async (t) => {
  let loads = 0
  const repaired = new AbortController()
  // From the third track on it does not answer, and the time limits for that are lost.
  const makePlayer = (clock: Stage['clock']): OpenPlayer => {
    const whole = clock.sleep.bind(clock)
    clock.sleep = (ms, signal) =>
      loads > 2 && (ms === 1_500 || ms === 20_000) ? aborted(repaired.signal) : whole(ms, signal)
    return async (onEvent, signal) => {
      const none = await createNonePlayer(clock)(onEvent, signal)
      const take = none.load.bind(none)
      const load: typeof none.load = (item, paused) =>
        ++loads > 2 ? aborted(repaired.signal) : take(item, paused)
      return Object.assign(none, { load, preloads: false, preload: () => Promise.resolve() })
    }
  }
  await watch(
    t,
    async ({ stage, stuck, atEnd }) => {
      atEnd(() => {
        loads = 0
        repaired.abort()
      })
      await stage.play('playlist')
      await stage.pass(hour, 10_000)
      assert.equal(loads, 3)
      assert.deepEqual(stuck(), [])
      await stage.pass(hour, 10_000)
      assert.deepEqual(stuck(), ['No answer from: playback'])
    },
    makePlayer,
  )
})

test('a report that never arrives is seen, though nobody waits for it', async (t) => {
  await watch(t, async ({ stage, stuck, meals, atEnd }) => {
    const answer = stage.line.hold('POST', '/v1/playback/event')
    atEnd(answer)
    await stage.play()
    meals()
    await stage.pass(10 * minute, 10_000)
    assert.equal(meals(), 20)
    assert.deepEqual(stuck(), [])
    await stage.pass(3 * minute, 10_000)
    assert.deepEqual(stuck(), ['No answer from: event reports'])
    answer()
    await stage.pass(minute, 10_000)
    assert.equal(stage.life.queue.waiting, 0)
  })
})

test('hours of play, days of pause, and a wall clock that jumps are no reason', async (t) => {
  await watch(t, async ({ stage, clock, stuck, meals }) => {
    await stage.pass(5 * minute, 10_000)
    assert.deepEqual(stuck(), [], 'nothing was ever done')
    await stage.play('playlist', 0, { autoplay: true })
    await stage.pass(3 * hour, 10_000)
    assert.equal(stage.state.phase, 'playing')
    for (const jumpMs of [365 * 24 * hour, -730 * 24 * hour]) {
      clock.jumpWallClock(jumpMs)
      stage.engine.clockSet(jumpMs)
      await stage.pass(5 * minute, 10_000)
    }
    await stage.done(stage.engine.pause())
    meals()
    await stage.pass(72 * hour, 30_000)
    assert.ok(meals() >= 72 * 120 - 1, 'meals() >= 72 * 120 - 1')
    assert.equal(stage.state.phase, 'paused')
    await stage.done(stage.engine.resume(stage.signal))
    await stage.pass(5 * minute, 10_000)
    assert.equal(stage.state.phase, 'playing')
    assert.deepEqual(stuck(), [])
  })
})

/** How the network treats each exchange. */
const bad = {
  'is slow': (clock: SuspendingClock) => (signal: AbortSignal) => clock.sleep(9_900, signal),
  'times out': (clock: SuspendingClock) => async (signal: AbortSignal) => {
    await clock.sleep(10_000, signal)
    throw new AppError('net/timeout', 'POST localhost: no answer in time')
  },
  'breaks off': (clock: SuspendingClock) => async (signal: AbortSignal) => {
    await clock.sleep(10_000, signal)
    throw new AppError('net/refused', 'POST localhost: ECONNREFUSED')
  },
}

for (const [how, before] of Object.entries(bad)) {
  test(`a service whose every answer ${how} is no reason, whatever is commanded`, async (t) => {
    await watch(t, async ({ stage, clock, stuck, meals, atEnd }) => {
      await stage.play('playlist')
      stage.line.before = before(clock)
      atEnd(() => (stage.line.before = undefined))
      const { engine, signal } = stage
      const request = { play: { id: stage.mrn('album') }, options: {}, context: 'album' }
      const begunMs = clock.monotonicMs()
      meals()
      for (let round = 0; round < 4; round++) {
        // All at once: each waits for those before it.
        const commands = [
          engine.next(signal),
          engine.setShuffle(round % 2 === 0, signal),
          engine.pause(),
          engine.resume(signal),
          engine.previous(signal),
          engine.enqueue(request.play, 'last', signal),
          engine.restore(undefined, signal),
          engine.play(request, signal),
        ]
        await stage.done(Promise.allSettled(commands), 5_000)
        await stage.pass(3 * minute, 5_000)
      }
      assert.deepEqual(stuck(), [])
      const rounds = Math.floor((clock.monotonicMs() - begunMs) / 30_000)
      assert.ok(
        rounds > 30 && Math.abs(meals() - rounds) <= 1,
        'rounds > 30 && Math.abs(meals() - rounds) <= 1',
      )
    })
  })
}

test('a command that waits for hundreds of reports, which go one by one and slowly, is no reason', async (t) => {
  await watch(t, async ({ stage, clock, stuck, atEnd }) => {
    await stage.play()
    await stage.done(stage.engine.stop())
    const { queue } = stage.life
    const entity = stage.heard.find(({ state }) => state.entity !== undefined)?.state.entity
    assert.ok(entity !== undefined, 'entity !== undefined')
    stage.control.fault({ path: '/v1/playback/events', times: 1e9, status: 404 })
    stage.line.before = (signal) => clock.sleep(9_900, signal)
    atEnd(() => (stage.line.before = undefined))
    for (let plays = 0; plays < 150; plays++) {
      const listening = new PlaybackMetrics(entity, clock)
      queue.add(listening.start(0))
      queue.add(listening.stop(1_000, 'userNext'))
    }
    const begunMs = clock.monotonicMs()
    await stage.play('playlist')
    const tookMs = clock.monotonicMs() - begunMs
    assert.ok(tookMs > 45 * minute, `${tookMs} ms`)
    assert.deepEqual(stuck(), [])
  })
})

test('a service that asks for pauses is no reason', async (t) => {
  await watch(t, async ({ stage, stuck, atEnd }) => {
    await stage.play('playlist')
    atEnd(() => stage.control.clearFaults())
    for (const retryAfter of [15, 19, 3_600]) {
      stage.control.fault({
        path: '/v1',
        times: 1e9,
        status: 429,
        headers: { 'retry-after': String(retryAfter) },
      })
      for (let round = 0; round < 5; round++) {
        await stage.done(Promise.allSettled([stage.engine.next(stage.signal), stage.engine.pause()]), 5_000)
        await stage.done(Promise.allSettled([stage.engine.resume(stage.signal)]), 5_000)
        await stage.pass(10 * minute, 10_000)
      }
      stage.control.clearFaults()
    }
    assert.deepEqual(stuck(), [])
  })
})

for (const how of ['fails', 'never gets ready', 'hangs'] as const) {
  test(`a player that ${how} for hours is no reason, and goes on after that`, async (t) => {
    let isBad = true
    const made: MortalPlayer[] = []
    const makePlayer = (clock: Stage['clock']): OpenPlayer => {
      return async (onEvent, signal) => {
        if (isBad && how === 'fails') throw new AppError('player/missing', 'not there')
        if (isBad && how === 'never gets ready') await aborted(signal)
        signal.throwIfAborted()
        const player = new MortalPlayer(clock, onEvent)
        player.isHung = isBad
        made.push(player)
        return player
      }
    }
    await watch(
      t,
      async ({ stage, stuck, atEnd }) => {
        atEnd(() => {
          isBad = false
          for (const player of made) player.isHung = false
        })
        const { engine, signal } = stage
        const request = { play: { id: stage.mrn('album') }, options: { autoplay: false }, context: 'album' }
        for (let round = 0; round < 20; round++) {
          const commands = [
            engine.play(request, signal),
            engine.next(signal),
            engine.setVolume(10 + round),
            engine.hold(round % 2 === 0),
            engine.release(),
            engine.pause(),
            engine.resume(signal),
          ]
          await stage.done(Promise.allSettled(commands), 500)
          await stage.pass(7 * minute, 5_000)
        }
        assert.deepEqual(stuck(), [])
        isBad = false
        for (const player of made.splice(0)) if (!player.isDead) player.die()
        await stage.pass(3 * minute, 1_000)
        await stage.done(engine.play(request, signal))
        await stage.pass(5_000)
        assert.equal(stage.state.phase, 'playing')
        assert.deepEqual(stuck(), [])
      },
      makePlayer,
    )
  })
}

test('a night of suspend in the middle of a command is no reason', async (t) => {
  await watch(t, async ({ stage, clock, stuck, atEnd }) => {
    await stage.play()
    const answer = stage.line.hold('GET', '/next')
    atEnd(answer)
    const next = stage.engine.next(stage.signal)
    await stage.pass(20 * minute, 10_000)
    clock.suspend(8 * hour)
    await stage.pass(20 * minute, 10_000)
    assert.deepEqual(stuck(), [])
    answer()
    await stage.done(Promise.allSettled([next]))
  })
})

test('in the whole agent a play command that never ends is named', { skip: noMosquitto }, async (t) => {
  // Takes the call and says nothing: the agent's clock is an hour on before the time limit of the real one is over.
  const called = { yet: false }
  const silent = createServer((socket) => {
    called.yet = true
    socket.on('error', () => undefined)
    t.after(() => socket.destroy())
  }).listen(0, 'localhost')
  await within('the silent to listen', once(silent, 'listening'))
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const halfMs = 30 * minute
  const agent = await signedInAgent(t, {
    // No refresh is under way when the roll is called: its time limit is short beside half an hour.
    sandbox: { accessTokenLifetime: 1e6 },
    env: {
      A2M_MUSIC_URL: `http://localhost:${port}`,
      NOTIFY_SOCKET: '/nowhere',
      WATCHDOG_USEC: String(2 * halfMs * 1000),
    },
  })
  const id = agent.sandbox.control.catalog().find(({ kind }) => kind === 'album')?.mrn
  const stuck = (): string | undefined => agent.log.find((line) => line.includes('service/stuck'))
  /** The broker's loop answers by the packets that come. */
  const round = async (): Promise<void> => {
    await agent.clock.advance(halfMs)
    const mark = agent.messages.length
    await agent.publish('get', '')
    await agent.until('a packet from the agent', () => agent.since(mark).length > 0)
    await realTime(20, 'packets come over a real socket')
  }
  for (let rounds = 0; rounds < 4; rounds++) await round()
  assert.equal(stuck(), undefined)
  await agent.publish('request/play', JSON.stringify({ id }))
  await agent.until('a call', () => called.yet)
  for (let rounds = 0; rounds < 5 && stuck() === undefined; rounds++) await round()
  assert.match(stuck() ?? 'nothing', /No answer from: playback"/)
})
