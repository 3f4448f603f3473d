import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import type { PlayerItem } from '../../../../src/playback/player/player.ts'
import { SupervisedPlayer, type SoundEvent } from '../../../../src/playback/player/supervised-player.ts'
import { logSink } from '../../../support/log-sink.ts'
import { ManualClock } from '../../../support/clocks/manual-clock.ts'
import { MortalPlayers } from '../../../support/crashing-player.ts'

const steps = 1_500
const refusal = new AppError('player/unplayable', 'That is a picture')
const missing = new AppError('player/missing', 'There is no such program')

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

async function turns(count = 12): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

/** What was last wished, told by the commands that were not refused and the events. */
class Wish {
  item: PlayerItem | undefined
  next: PlayerItem | undefined
  isNextPromised = false
  isPaused = false
  /** The last word on that which was taken. */
  wasPaused = false
  pausings = 0
  volume = 100
  isMuted = false
  /** The next player may take what this one has not. */
  isVolumeRefused = false
  isMutedRefused = false
  isHeld = false
  isDeviceGivenUp = false
}

/** All that may be said of one item, in order. */
const sentence = /^(started( buffering rebuffered)*( buffering)? ?)?(ended|failed)?$/

async function live(seed: number): Promise<{ deaths: number; heard: number }> {
  const random = seeded(seed)
  const clock = new ManualClock()
  const mortals = new MortalPlayers(clock)
  const wish = new Wish()
  const said = new Map<string, string[]>()
  const onEvent = ({ type, id }: SoundEvent): void => {
    said.set(id, [...(said.get(id) ?? []), type])
    assert.equal(id, wish.item?.id, `${type} of what is not on`)
    if (type === 'failed') wish.item = undefined
    if (type === 'ended') wish.item = wish.isNextPromised ? wish.next : undefined
    if (type === 'failed' || type === 'ended') wish.next = undefined
  }
  const player = new SupervisedPlayer({
    name: 'mortal',
    open: mortals.open,
    clock,
    random,
    log: logSink('silent').log,
    onEvent,
    onProblem: () => undefined,
  })
  const over = new AbortController()
  const running = player.run(over.signal)
  mortals.raise = (last) => (last.latency = Math.floor(random() * 4))

  let dealt = 0
  let deaths = 0
  let before: { readonly id: string; readonly positionMs: number } | undefined
  const unanswered = new Set<{ readonly name: string; readonly sinceMs: number }>()
  const upTo = (count: number): number => Math.floor(random() * count)
  const alive = () => mortals.all.filter(({ isDead }) => !isDead)
  const deal = (): PlayerItem => ({
    id: String(++dealt),
    durationMs: [4_000, 30_000, 600_000, undefined][upTo(4)],
    stream: undefined,
    positionMs: upTo(2) * 1_000,
  })
  const command = (name: string, job: Promise<unknown>, onRefused: () => void): void => {
    const call = { name, sinceMs: clock.monotonicMs() }
    unanswered.add(call)
    job
      .catch((error: unknown) => {
        assert.ok(error instanceof AppError && error.code.startsWith('player/'), String(error))
        onRefused()
      })
      .finally(() => unanswered.delete(call))
      .catch((error: unknown) => {
        over.abort(error)
      })
  }

  const setPaused = (paused: boolean): void => {
    const pausing = ++wish.pausings
    wish.isPaused = paused
    const job = (paused ? player.pause() : player.play()).then(() => {
      wish.wasPaused = paused
    })
    command(paused ? 'pause' : 'play', job, () => {
      if (wish.pausings === pausing) wish.isPaused = wish.wasPaused
    })
  }
  const acts: (() => void)[] = [
    () => {
      const item = deal()
      wish.item = item
      wish.next = undefined
      wish.isPaused = random() < 0.3
      wish.wasPaused = wish.isPaused
      wish.pausings++
      command('load', player.load(item, wish.isPaused), () => {
        if (wish.item === item) wish.item = undefined
      })
    },
    () => {
      if (wish.item === undefined) return
      const next = random() < 0.8 ? deal() : undefined
      wish.next = next
      wish.isNextPromised = false
      const promised = player.preload(next).then((follows) => {
        if (wish.next === next && next !== undefined) wish.isNextPromised = follows
      })
      command('preload', promised, () => undefined)
    },
    () => setPaused(false),
    () => setPaused(true),
    () => {
      if (random() < 0.7) return
      wish.item = undefined
      wish.next = undefined
      command('stop', player.stop(), () => assert.fail('a stop was refused'))
    },
    () => {
      before = undefined
      const refused = (): void => (before = undefined)
      command('seek', player.seek(upTo(20_000)), refused)
    },
    () => {
      wish.volume = upTo(101)
      wish.isVolumeRefused = false
      command('volume', player.setVolume(wish.volume), () => (wish.isVolumeRefused = true))
    },
    () => {
      wish.isMuted = !wish.isMuted
      wish.isMutedRefused = false
      command('mute', player.setMuted(wish.isMuted), () => (wish.isMutedRefused = true))
    },
    () => {
      wish.isHeld = true
      const giveUpDevice = random() < 0.5
      wish.isDeviceGivenUp ||= giveUpDevice
      command('hold', player.hold({ giveUpDevice }), () => assert.fail('a hold was refused'))
    },
    () => {
      wish.isHeld = false
      wish.isDeviceGivenUp = false
      command('release', player.release(), () => assert.fail('a release was refused'))
    },
    () => {
      if (mortals.all.length === 0 || mortals.last.isDead) return
      deaths++
      mortals.last.die()
    },
    () => {
      if (mortals.all.length > 0 && random() < 0.2) mortals.last.isHung = true
    },
    () => {
      mortals.failure = mortals.failure === undefined && random() < 0.3 ? missing : undefined
    },
    () => {
      mortals.isHung = !mortals.isHung && random() < 0.1
    },
  ]

  const check = (): void => {
    over.signal.throwIfAborted()
    for (const [id, words] of said) assert.match(words.join(' '), sentence, `${id}: ${words.join(' ')}`)
    assert.ok(alive().length <= 1, 'two players live')
    const late = [...unanswered].find(({ sinceMs }) => clock.monotonicMs() - sinceMs > 2_000)
    assert.equal(late?.name, undefined, 'a command was not answered in two seconds')
    const positionMs = player.positionMs()
    if (before !== undefined && before.id === wish.item?.id) {
      // At its very end an item is put back a little.
      assert.ok(
        positionMs >= before.positionMs - 500,
        `back from ${String(before.positionMs)} to ${String(positionMs)}`,
      )
    }
    assert.ok(positionMs <= (wish.item?.durationMs ?? Infinity) || wish.item === undefined, 'behind its end')
    before = wish.item === undefined ? undefined : { id: wish.item.id, positionMs }
    if (said.size > 50) for (const id of [...said.keys()].slice(0, 40)) said.delete(id)
  }
  const pass = async (ms: number): Promise<void> => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 500) {
      await turns()
      await clock.advance(Math.min(leftMs, 500))
      await turns()
      check()
    }
  }
  /** After all that went wrong has passed, the player is as is wished. */
  const checkQuiet = async (): Promise<void> => {
    mortals.failure = undefined
    mortals.isHung = false
    await pass(125_000)
    const { last } = mortals
    assert.equal(last.isDead, false)
    const { item } = wish
    const on = wish.isDeviceGivenUp ? undefined : item
    assert.equal(last.item?.id, on?.id)
    assert.equal(last.sounds, on !== undefined && !wish.isPaused && !wish.isHeld)
    assert.equal(unanswered.size, 0)
    if (on !== undefined) {
      if (!wish.isVolumeRefused) assert.equal(last.volume, wish.volume)
      if (!wish.isMutedRefused) assert.equal(last.isMuted, wish.isMuted)
      assert.equal(last.next?.id, wish.isNextPromised ? wish.next?.id : undefined)
      assert.ok(Math.abs(last.positionMs - player.positionMs()) <= 1, 'at another position')
    }
  }

  for (let step = 0; step < steps; step++) {
    acts[upTo(acts.length)]?.()
    // Most come at the same time as others.
    if (random() < 0.3) await turns(upTo(8))
    if (random() < 0.3) await pass(upTo(3_000))
    if (mortals.all.length > 0 && random() < 0.05) mortals.last.refusal = refusal
    check()
    if (step % 100 === 99) await checkQuiet()
  }
  over.abort()
  await running
  await player.close()
  await turns()
  assert.equal(clock.sleeping, 0)
  assert.equal(alive().length, 0)
  return { deaths, heard: dealt }
}

for (let seed = 1; seed <= 4; seed++) {
  test(`whatever happens, each item starts once and the last wish counts (seed ${String(seed)})`, async () => {
    const { deaths, heard } = await live(seed)
    assert.ok(deaths > 20, `${String(deaths)} deaths`)
    assert.ok(heard > 100, `${String(heard)} items`)
  })
}
