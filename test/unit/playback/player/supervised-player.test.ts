import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import type { PlayerItem } from '../../../../src/playback/player/player.ts'
import { SupervisedPlayer } from '../../../../src/playback/player/supervised-player.ts'
import { eventually, turn } from '../../../support/eventually.ts'
import { logSink, type LogSink } from '../../../support/log-sink.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'
import { MortalPlayers } from '../../../support/crashing-player.ts'

interface Room {
  readonly clock: ManualClock
  readonly mortals: MortalPlayers
  readonly player: SupervisedPlayer
  readonly events: string[]
  readonly troubles: (string | undefined)[]
  readonly sink: LogSink
}

function enter(t: TestContext, prepare: (mortals: MortalPlayers) => void = () => undefined): Room {
  const clock = new ManualClock()
  const mortals = new MortalPlayers(clock)
  prepare(mortals)
  const events: string[] = []
  const troubles: (string | undefined)[] = []
  const sink = logSink()
  const player = new SupervisedPlayer({
    name: 'mortal',
    open: mortals.open,
    clock,
    random: () => 0.5,
    log: sink.log,
    onEvent: (event) => events.push(`${event.type} ${event.id}`),
    onProblem: (error) => troubles.push(error?.code),
  })
  const over = new AbortController()
  const running = player.run(over.signal)
  t.after(async () => {
    over.abort()
    await running
    await player.close()
    await turns()
    assert.equal(clock.sleeping, 0)
  })
  return { clock, mortals, player, events, troubles, sink }
}

/** Lets all happen that needs no time. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

/** Moves the clock so slowly that all that happens meanwhile happens in its time. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  await turns()
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    await clock.advance(Math.min(leftMs, stepMs))
    await turns()
  }
}

const stepMs = 500

/** The first wait for a new player is none at all. */
async function reopened(clock: ManualClock): Promise<void> {
  await turns()
  await clock.advance(0)
  await turns()
}

function item(id: string, durationMs: number | undefined = 60_000, positionMs = 0): PlayerItem {
  return { id, durationMs, stream: undefined, positionMs }
}

const missing = new AppError('player/missing', 'There is no such program')
const refusal = new AppError('player/unplayable', 'That is a picture')
const isCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

test('an item is played by the player that runs', async (t) => {
  const { clock, mortals, player, events, troubles } = enter(t)
  await turns()
  await player.load(item('1'))
  await clock.advance(20_500)
  assert.equal(player.positionMs(), 20_500)
  await player.seek(50_000)
  await clock.advance(10_000)
  assert.deepEqual(events, ['started 1', 'ended 1'])
  assert.equal(player.positionMs(), 60_000)
  await player.stop()
  assert.equal(player.positionMs(), 0)
  assert.equal(mortals.openings, 1)
  assert.deepEqual(troubles, [])
})

test('a player that dies is opened again, and goes on where it was', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.setVolume(30)
  await player.setMuted(true)
  await player.load(item('1'))
  assert.equal(await player.preload(item('2')), true)
  await clock.advance(12_300)
  mortals.last.die()
  assert.deepEqual(events, ['started 1', 'buffering 1'])
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['volume 30', 'mute', 'load 1 @12300', 'preload 2'])
  assert.deepEqual(events, ['started 1', 'buffering 1', 'rebuffered 1'])
  await clock.advance(47_700)
  assert.deepEqual(events.slice(3), ['ended 1', 'started 2'])
  assert.equal(mortals.openings, 2)
})

test('volume is set before the first sound', async (t) => {
  const { mortals, player } = enter(t)
  await Promise.all([player.load(item('1')), player.setVolume(10)])
  await turns()
  assert.deepEqual(mortals.last.taken, ['volume 10', 'load 1 @0'])
})

test('a player that does not take the volume is not let loose at full volume', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.setVolume(10)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.raise = (last) => {
    if (mortals.openings < 4) last.refusal = refusal
  }
  mortals.last.die()
  await pass(clock, 10_000)
  assert.deepEqual(
    mortals.all.map(({ isDead, volume }) => (isDead ? 'dead' : volume)),
    ['dead', 'dead', 'dead', 10],
  )
  assert.deepEqual(events, ['started 1', 'buffering 1', 'rebuffered 1'])
})

test('a player that dies while it is paused is paused again, and nobody hears of it', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  await player.pause()
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['load 1 @20000 paused'])
  await clock.advance(5_000)
  assert.equal(player.positionMs(), 20_000)
  await player.play()
  await clock.advance(1_000)
  assert.equal(player.positionMs(), 21_000)
  assert.deepEqual(events, ['started 1'])
})

test('time that passes without a player is not played', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.isHung = true
  mortals.last.die()
  await clock.advance(10_000)
  assert.equal(player.positionMs(), 20_000)
})

test('an item that dies at its very end is not put behind its end', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(59_999)
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['load 1 @59500'])
})

test('what a dead player or a replaced item says is not heard', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  const first = mortals.last
  await player.load(item('2'))
  first.say({ type: 'failed', id: '1', error: refusal })
  first.die()
  await reopened(clock)
  first.say({ type: 'position', id: '2', positionMs: 44_000 })
  first.say({ type: 'ended', id: '2' })
  await clock.advance(1_000)
  assert.deepEqual(events, ['started 1', 'started 2', 'buffering 2', 'rebuffered 2'])
  assert.equal(player.positionMs(), 1_000)
})

test('a word too many is not passed on', async (t) => {
  const { mortals, player, events } = enter(t)
  await player.load(item('1'))
  for (const type of [
    'started',
    'rebuffered',
    'buffering',
    'buffering',
    'rebuffered',
    'rebuffered',
  ] as const) {
    mortals.last.say({ type, id: '1' })
  }
  assert.deepEqual(events, ['started 1', 'buffering 1', 'rebuffered 1'])
})

test('an item that kills its player three times is given up, and the next one plays', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await pass(clock, 10_000)
  for (let death = 0; death < 3; death++) {
    // The first had run too long for the item to be the cause.
    mortals.last.die()
    await pass(clock, 9_500)
  }
  assert.deepEqual(events.at(-1), 'rebuffered 1')
  mortals.last.die()
  assert.deepEqual(events.at(-1), 'failed 1')
  await pass(clock, 60_000)
  assert.deepEqual(mortals.last.taken, [])
  await player.load(item('2'))
  assert.deepEqual(events.at(-1), 'started 2')
})

test('a player that cannot be had is said once, and tried for ever', async (t) => {
  const { clock, mortals, player, troubles, sink } = enter(t, (all) => (all.failure = missing))
  await pass(clock, 600_000)
  assert.ok(mortals.openings >= 14, String(mortals.openings))
  assert.deepEqual(troubles, ['player/missing'])
  assert.equal(sink.lines().filter(({ level }) => level === 'error').length, 1)
  mortals.failure = new AppError('player/failed', 'It says nothing')
  await pass(clock, 120_000)
  assert.deepEqual(troubles, ['player/missing', 'player/failed'])
  mortals.failure = undefined
  await player.load(item('1'))
  assert.deepEqual(troubles, ['player/missing', 'player/failed', undefined])
  mortals.failure = missing
  mortals.last.die()
  await pass(clock, 60_000)
  assert.deepEqual(troubles.slice(3), ['player/missing'])
})

test('a load does not wait out the back-off, and says why nothing plays', async (t) => {
  const { clock, mortals, player, events } = enter(t, (all) => (all.failure = missing))
  await pass(clock, 100_000)
  const before = mortals.openings
  await assert.rejects(player.load(item('1')), isCode('player/missing'))
  assert.equal(mortals.openings, before + 1)
  mortals.failure = undefined
  await player.load(item('2'))
  assert.deepEqual(events, ['started 2'])
})

test('a load waits a moment for a player that is slow to open, and then is noted', async (t) => {
  const { clock, mortals, player, events } = enter(t, (all) => (all.isHung = true))
  const loading = player.load(item('1'))
  await clock.advance(1_500)
  await loading
  mortals.isHung = false
  await pass(clock, 32_000)
  assert.equal(mortals.openings, 2)
  assert.deepEqual(events, ['started 1'])
})

test('a load beside a player that is known to be missing is refused after a moment', async (t) => {
  const { clock, mortals, player, events } = enter(t, (all) => (all.failure = missing))
  await pass(clock, 100_000)
  mortals.isHung = true
  const loading = assert.rejects(player.load(item('1')), isCode('player/missing'))
  await clock.advance(1_500)
  await loading
  assert.deepEqual(events, [])
})

test('the wait before a new player grows with each death, until one has proved itself', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.setVolume(1)
  await turns()
  const waits: number[] = []
  const dieAfter = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    mortals.last.die()
    await turns()
    const [waitMs = 0] = clock.sleeps
    waits.push(waitMs)
    await clock.advance(waitMs)
    await turns()
  }
  for (let death = 0; death < 8; death++) await dieAfter(29_999)
  await dieAfter(30_000)
  await dieAfter(1)
  assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 10_000, 30_000, 60_000, 60_000, 0, 1_000])
})

test('what is told without a player is noted, at once', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.isHung = true
  mortals.last.die()
  await turns()
  await player.seek(40_000)
  await player.pause()
  await player.setVolume(55)
  await player.setMuted(true)
  assert.equal(await player.preload(item('2')), true)
  assert.equal(player.positionMs(), 40_000)
  mortals.isHung = false
  await pass(clock, 32_000)
  assert.deepEqual(mortals.last.taken, ['volume 55', 'mute', 'load 1 @40000 paused', 'preload 2'])
  mortals.isHung = true
  mortals.last.die()
  await turns()
  await player.stop()
  mortals.isHung = false
  await pass(clock, 32_000)
  assert.deepEqual(mortals.last.taken, ['volume 55', 'mute'])
  assert.deepEqual(events, ['started 1', 'buffering 1'])
})

test('a command to a dying player is carried over, whether it says so first or is found dead', async (t) => {
  const { clock, mortals, player } = enter(t, (all) => (all.raise = (last) => (last.latency = 3)))
  await player.load(item('1'))
  await clock.advance(20_000)
  const commands = [player.pause(), player.seek(5_000), player.setVolume(9), player.preload(item('2'))]
  mortals.last.die()
  await Promise.all(commands)
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['volume 9', 'load 1 @5000 paused', 'preload 2'])
  mortals.last.refusal = new AppError('player/failed', 'EPIPE')
  const playing = player.play()
  await turns()
  mortals.last.die()
  await playing
  await clock.advance(2_000)
  await turns()
  assert.deepEqual(mortals.last.taken, ['volume 9', 'load 1 @5000', 'preload 2'])
})

test('a load to a dying player is tried once more', async (t) => {
  const { clock, mortals, player, events } = enter(t, (all) => (all.raise = (last) => (last.latency = 3)))
  await turns()
  const loading = player.load(item('1'))
  mortals.last.die()
  await loading
  assert.deepEqual(events, ['started 1'])
  const second = assert.rejects(player.load(item('2')), isCode('player/failed'))
  mortals.last.die()
  await turns(3)
  mortals.last.die()
  await second
  await clock.advance(10_000)
  await turns()
  assert.deepEqual(mortals.last.taken, [])
  assert.deepEqual(events, ['started 1'])
})

test('what a living player refuses is an error, and changes nothing', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  for (const command of [() => player.pause(), () => player.seek(3_000), () => player.setVolume(5)]) {
    mortals.last.refusal = refusal
    await assert.rejects(command(), isCode('player/unplayable'))
  }
  await clock.advance(1_000)
  assert.equal(player.positionMs(), 21_000)
  assert.equal(mortals.openings, 1)
})

test('an item that is refused leaves silence', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  mortals.last.refusal = refusal
  await assert.rejects(player.load(item('2')), isCode('player/unplayable'))
  await turns()
  assert.equal(mortals.last.sounds, false)
  await clock.advance(60_000)
  assert.deepEqual(events, ['started 1'])
})

test('an item that is refused by the next player has failed', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.raise = (last) => (last.refusal = refusal)
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(events, ['started 1', 'buffering 1', 'failed 1'])
  assert.equal(mortals.last.sounds, false)
})

test('what was promised to follow follows, though the player knows nothing of it', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  assert.equal(await player.preload(item('2')), true)
  await clock.advance(59_000)
  mortals.raise = (last) => (last.latency = 5)
  mortals.last.die()
  await turns()
  await clock.advance(0)
  const isSpokenTo = (): boolean => mortals.all.length >= 2 && mortals.last.taken.length > 0
  await eventually('a word to the second player', isSpokenTo, { step: turn })
  mortals.last.refusal = refusal
  await turns()
  assert.deepEqual(mortals.last.taken, ['load 1 @59000'])
  await pass(clock, 1_000)
  assert.deepEqual(events.slice(2), ['rebuffered 1', 'ended 1', 'started 2'])
})

test('what is not taken does not follow, nor does what was to follow before', async (t) => {
  const { clock, mortals, player, events, sink } = enter(t)
  await player.load(item('1'))
  assert.equal(await player.preload(item('2')), true)
  mortals.last.refusal = refusal
  assert.equal(await player.preload(item('3')), false)
  await pass(clock, 60_000)
  assert.equal(mortals.last.sounds, false)
  assert.deepEqual(events, ['started 1', 'ended 1'])
  assert.match(sink.text(), /That is a picture/)
})

test('a player that dies between two items goes on with the second', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await player.preload(item('2'))
  await clock.advance(30_000)
  mortals.last.say({ type: 'ended', id: '1' })
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(events, ['started 1', 'ended 1', 'started 2'])
  assert.deepEqual(mortals.last.taken, ['load 2 @0'])
})

test('an end while what follows is being changed leaves silence', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await player.preload(item('2'))
  await clock.advance(59_999)
  mortals.last.latency = 10
  const changed = player.preload(item('3'))
  await clock.advance(1)
  assert.equal(await changed, false)
  await turns()
  assert.equal(mortals.last.sounds, false)
  assert.deepEqual(events, ['started 1', 'ended 1'])
})

test('a player that does not answer is replaced', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await clock.advance(15_000)
  mortals.last.isHung = true
  const answered = player.setVolume(5)
  await clock.advance(1_500)
  await answered
  assert.equal(mortals.openings, 1)
  await clock.advance(18_500)
  await turns()
  await reopened(clock)
  assert.equal(mortals.all[0]?.isDead, true)
  assert.deepEqual(events, ['started 1', 'buffering 1', 'rebuffered 1'])
  assert.equal(mortals.last.volume, 5)
})

test('a player that cannot be stopped is ended', async (t) => {
  const { clock, mortals, player } = enter(t)
  for (const silence of [() => player.stop(), () => player.hold()]) {
    await player.load(item('1'))
    await clock.advance(60_000 - 1)
    const { last } = mortals
    last.isHung = true
    const silent = silence()
    await clock.advance(1_500)
    await silent
    assert.equal(last.isDead, true)
    assert.equal(last.sounds, false)
  }
})

test('held, it is silent and stands still; released, it goes on', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  await player.hold()
  await player.hold()
  assert.equal(mortals.last.sounds, false)
  await clock.advance(5_000)
  assert.equal(player.positionMs(), 20_000)
  await player.release()
  await player.release()
  await clock.advance(1_000)
  assert.equal(player.positionMs(), 21_000)
  assert.deepEqual(mortals.last.taken, ['load 1 @0', 'pause', 'play'])
  assert.deepEqual(events, ['started 1'])
})

test('held, the device can be given up; released, the item is loaded where it was', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  assert.equal(await player.preload(item('2')), true)
  await clock.advance(20_000)
  await player.hold({ giveUpDevice: true })
  assert.equal(mortals.last.item, undefined)
  await player.seek(30_000)
  await player.play()
  await clock.advance(5_000)
  assert.equal(player.positionMs(), 30_000)
  await player.release()
  await clock.advance(29_000)
  assert.equal(player.positionMs(), 59_000)
  await clock.advance(1_000)
  assert.deepEqual(mortals.last.taken, ['load 1 @0', 'preload 2', 'stop', 'load 1 @30000', 'preload 2'])
  assert.deepEqual(events, ['started 1', 'ended 1', 'started 2'])
})

for (const giveUpDevice of [false, true]) {
  const how = giveUpDevice ? 'without the device' : 'paused'
  test(`held ${how}, what is told is noted, and done at the release`, async (t) => {
    const { clock, mortals, player, events } = enter(t)
    await player.load(item('1'))
    await clock.advance(20_000)
    await player.hold({ giveUpDevice })
    await player.pause()
    await player.release()
    await clock.advance(5_000)
    assert.equal(mortals.last.sounds, false)
    await player.hold({ giveUpDevice })
    await player.play()
    await player.load(item('2'))
    await player.load(item('3'))
    await clock.advance(5_000)
    assert.equal(mortals.last.sounds, false)
    assert.deepEqual(events, ['started 1'])
    await player.release()
    assert.equal(mortals.last.sounds, true)
    assert.deepEqual(events, ['started 1', 'started 3'])
    await player.hold({ giveUpDevice })
    await player.stop()
    await player.release()
    await clock.advance(100_000)
    assert.deepEqual(events, ['started 1', 'started 3'])
  })

  test(`held ${how}, a death is not heard`, async (t) => {
    const { clock, mortals, player, events } = enter(t)
    await player.load(item('1'))
    await clock.advance(20_000)
    await player.hold({ giveUpDevice })
    mortals.last.die()
    await pass(clock, 5_000)
    assert.deepEqual(mortals.last.taken, giveUpDevice ? [] : ['load 1 @20000 paused'])
    await player.release()
    await clock.advance(1_000)
    assert.equal(mortals.last.sounds, true)
    assert.equal(player.positionMs(), 21_000)
    assert.deepEqual(events, ['started 1'])
  })
}

test('while it stands still, so does the position', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.last.say({ type: 'buffering', id: '1' })
  await clock.advance(900)
  assert.equal(player.positionMs(), 20_000)
  mortals.last.say({ type: 'rebuffered', id: '1' })
  await clock.advance(50)
  assert.equal(player.positionMs(), 20_050)
})

test('an item does not go on before the player has taken the play', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  await player.pause()
  mortals.last.isHung = true
  const playing = player.play()
  await clock.advance(1_500)
  await playing
  assert.equal(player.positionMs(), 20_000)
})

test('an item that is silent beyond its end is at its end', async (t) => {
  const { clock, mortals, player } = enter(t)
  mortals.raise = (last) => (last.load = () => Promise.resolve())
  await player.load(item('1', 60_000))
  mortals.last.say({ type: 'started', id: '1' })
  await clock.advance(70_000)
  assert.equal(player.positionMs(), 60_000)
})

test('of two pauses, the one that is taken counts', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  mortals.last.refusal = refusal
  await Promise.allSettled([player.pause(), player.pause()])
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['load 1 @20000 paused'])
})

test('a seek that is refused moves nothing', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(20_000)
  await player.pause()
  mortals.last.refusal = refusal
  await assert.rejects(player.seek(5_000), refusal)
  assert.equal(player.positionMs(), 20_000)
})

test('an item is forgiven deaths that lie far apart', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1', 600_000))
  for (const livesMs of [1_000, 1_000, 20_000, 1_000, 1_000]) {
    await pass(clock, livesMs)
    mortals.last.die()
    await eventually('another player', () => !mortals.last.isDead, { step: () => pass(clock, 500) })
  }
  assert.equal(events.includes('failed 1'), false)
  assert.equal(mortals.last.sounds, true)
})

test('a volume that changes while a player gets ready is the one it has', async (t) => {
  const { mortals, player } = enter(t, (all) => (all.raise = (last) => (last.latency = 3)))
  await player.setVolume(10)
  await eventually('a player', () => mortals.all.length > 0, { step: turn })
  await setImmediate()
  await player.setVolume(20)
  await turns()
  assert.deepEqual(mortals.last.taken, ['volume 10', 'volume 20'])
})

test('a player that dies before it is ready is one that cannot be had', async (t) => {
  const { clock, mortals, player, troubles, sink } = enter(t)
  await player.setVolume(10)
  mortals.raise = (last) => {
    if (mortals.openings === 1) last.die()
    if (mortals.openings !== 2) return
    last.latency = 5
    void setImmediate().then(() => last.die())
  }
  await pass(clock, 2_000)
  assert.match(sink.text(), /cannot be started.*\n.*still cannot be started/)
  assert.match(sink.text(), /It was killed/)
  assert.deepEqual(troubles, ['player/failed', undefined])
  assert.deepEqual(mortals.last.taken, ['volume 10'])
})

test('a player that starts too late is closed', async (t) => {
  const { clock, mortals } = enter(t, (all) => (all.isLate = true))
  await turns()
  const { arrive } = mortals
  await clock.advance(30_000)
  arrive()
  await turns()
  assert.equal(mortals.last.isDead, true)
})

test('the wall clock does not matter', async (t) => {
  const { clock, mortals, player } = enter(t)
  await player.load(item('1'))
  await clock.advance(1_500)
  clock.jumpWallClock(-86_400_000)
  await clock.advance(1_200)
  clock.jumpWallClock(5 * 86_400_000)
  assert.equal(player.positionMs(), 2_700)
  mortals.last.die()
  await reopened(clock)
  assert.deepEqual(mortals.last.taken, ['load 1 @2700'])
})

test('closed, it is over, and stays so', async (t) => {
  const { clock, mortals, player, events } = enter(t)
  await player.load(item('1'))
  await player.close()
  assert.equal(mortals.last.isDead, true)
  await clock.advance(100_000)
  assert.equal(mortals.openings, 1)
  await assert.rejects(player.load(item('2')), isCode('player/failed'))
  await player.play()
  assert.deepEqual(events, ['started 1'])
})
