import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'

import { AppError } from '../../../../../src/lib/errors.ts'
import { Secret } from '../../../../../src/lib/secret.ts'
import type { Player, PlayerItem } from '../../../../../src/playback/player/player.ts'
import { clearOnly } from '../../../../../src/playback/player/protection/clear-only.ts'
import type { ProtectionCheck } from '../../../../../src/playback/player/protection/protection.ts'

interface Room {
  readonly player: Player
  /** What the backend was told, in order. */
  readonly told: readonly string[]
  /** The check of this item comes to its end. */
  readonly judge: (id: string, error?: AppError) => Promise<void>
  /** The items whose check was given up. */
  readonly givenUp: readonly string[]
}

/** Items whose name begins with a capital are looked at; the rest are files. */
async function room({ preloads = true } = {}): Promise<Room> {
  const told: string[] = []
  const givenUp: string[] = []
  const looks = new Map<string, (error?: AppError) => void>()
  const tell = (what: string): Promise<void> => {
    told.push(what)
    return Promise.resolve()
  }
  const backend: Player = {
    preloads,
    decrypts: false,
    load: (item, paused) => tell(`load ${item.id} ${item.positionMs} ${paused ? 'paused' : 'playing'}`),
    preload: (item) => tell(`preload ${item?.id ?? 'nothing'}`),
    play: () => tell('play'),
    pause: () => tell('pause'),
    stop: () => tell('stop'),
    seek: (positionMs) => tell(`seek ${positionMs}`),
    setVolume: (percent) => tell(`volume ${percent}`),
    setMuted: () => tell('muted'),
    close: () => tell('close'),
  }
  const check: ProtectionCheck = ({ url }, signal) => {
    const id = url.reveal()
    if (!/^[A-Z]/.test(id)) return undefined
    return new Promise((resolve, reject) => {
      looks.set(id, (error) => (error === undefined ? resolve(undefined) : reject(error)))
      signal.addEventListener('abort', () => {
        givenUp.push(id)
        reject(signal.reason as Error)
      })
    })
  }
  const player = await clearOnly(() => Promise.resolve(backend), check)(
    () => undefined,
    new AbortController().signal,
  )
  return {
    player,
    told,
    givenUp,
    async judge(id, error) {
      const settle = looks.get(id)
      assert.ok(settle, `${id} is not looked at`)
      settle(error)
      await setImmediate()
    },
  }
}

const stream = (url: string) => ({
  url: new Secret(url),
  protocol: undefined,
  format: undefined,
  drm: undefined,
  licenseHeaders: {},
  headers: {},
})

const item = (id: string, positionMs = 0): PlayerItem => ({
  id,
  durationMs: undefined,
  stream: stream(id),
  positionMs,
})

const refusal = new AppError('player/protected', 'protected')

test('a file is given on at once', async () => {
  const { player, told } = await room()
  await player.load(item('a'), false)
  await player.preload(item('b'))
  await player.preload(undefined)
  await player.load({ ...item('c'), stream: undefined }, true)
  assert.deepEqual(told, ['load a 0 playing', 'preload b', 'preload nothing', 'load c 0 paused'])
})

test('what came before is off while a manifest is looked at', async () => {
  const { player, told, judge } = await room()
  await player.load(item('a'), false)
  const loading = player.load(item('B'), false)
  await setImmediate()
  assert.deepEqual(told.slice(1), ['stop'])
  await judge('B')
  await loading
  assert.deepEqual(told.slice(1), ['stop', 'load B 0 playing'])
})

test('what is refused is not loaded, and leaves silence', async () => {
  const { player, told, judge } = await room()
  await player.load(item('a'), false)
  const loading = player.load(item('B'), false)
  const refused = assert.rejects(loading, { code: 'player/protected' })
  await judge('B', refusal)
  await refused
  assert.deepEqual(told.slice(1), ['stop'])
  await player.play()
  await player.pause()
  await player.seek(1)
  assert.deepEqual(told.slice(2), ['play', 'pause', 'seek 1'], 'the next commands are the backend’s again')
})

test('pause, play and seek are noted while it is looked at; volume is not held up', async () => {
  const { player, told, judge } = await room()
  const loading = player.load(item('A', 1_000), false)
  await player.pause()
  await player.seek(5_000)
  await player.setVolume(30)
  await judge('A')
  await loading
  assert.deepEqual(told, ['stop', 'volume 30', 'load A 5000 paused'])
  const again = player.load(item('B'), true)
  await player.play()
  await judge('B')
  await again
  assert.equal(told.at(-1), 'load B 0 playing')
})

for (const [name, command, last] of [
  ['a load of a file', (player: Player) => player.load(item('b'), false), ['load b 0 playing']],
  ['a stop', (player: Player) => player.stop(), ['stop']],
  ['the end', (player: Player) => player.close(), ['close']],
] as const) {
  test(`${name} does not wait for a look at what it replaces`, async () => {
    const { player, told, givenUp } = await room()
    const loading = player.load(item('A'), false)
    await command(player)
    assert.deepEqual(givenUp, ['A'])
    await loading
    await setImmediate()
    assert.deepEqual(told, ['stop', ...last])
  })
}

test('of two that are looked at the later one is put on, whichever is judged first', async () => {
  const { player, told, judge } = await room()
  const loadings = [player.load(item('A'), false), player.load(item('B'), false)]
  await judge('B')
  await judge('A')
  await Promise.all(loadings)
  assert.deepEqual(told, ['stop', 'stop', 'load B 0 playing'])
})

test('what is to follow is looked at first', async () => {
  const { player, told, judge } = await room()
  await player.load(item('a'), false)
  const preloading = player.preload(item('B'))
  await setImmediate()
  assert.deepEqual(told.slice(1), [])
  await judge('B')
  await preloading
  assert.deepEqual(told.slice(1), ['preload B'])
})

test('what is refused does not follow, nor does what was to follow before', async () => {
  const { player, told, judge } = await room()
  await player.load(item('a'), false)
  await player.preload(item('b'))
  const preloading = assert.rejects(player.preload(item('C')), { code: 'player/protected' })
  await judge('C', refusal)
  await preloading
  assert.deepEqual(told.slice(1), ['preload b', 'preload nothing'])
})

for (const [name, command, last] of [
  ['another', (player: Player) => player.preload(item('c')), ['preload c']],
  ['a load', (player: Player) => player.load(item('c'), false), ['load c 0 playing']],
  ['a stop', (player: Player) => player.stop(), ['stop']],
] as const) {
  test(`${name} takes the place of what was to follow and is still looked at`, async () => {
    const { player, told, givenUp } = await room()
    await player.load(item('a'), false)
    const preloading = player.preload(item('B'))
    await setImmediate()
    await command(player)
    await preloading
    assert.deepEqual(givenUp, ['B'])
    assert.deepEqual(told.slice(1), last)
  })
}

test('what follows waits for the item it is to follow', async () => {
  const { player, told, judge } = await room()
  const loading = player.load(item('A'), false)
  const preloading = player.preload(item('b'))
  await setImmediate()
  assert.deepEqual(told, ['stop'])
  await judge('A')
  await Promise.all([loading, preloading])
  assert.deepEqual(told, ['stop', 'load A 0 playing', 'preload b'])
})

test('nothing follows an item that was refused', async () => {
  const { player, told, judge } = await room()
  const refused = assert.rejects(player.load(item('A'), false), refusal)
  const preloading = player.preload(item('b'))
  await judge('A', refusal)
  await Promise.all([refused, preloading])
  assert.deepEqual(told, ['stop'])
})

test('nothing is looked at for a player that does not preload', async () => {
  const { player, told } = await room({ preloads: false })
  await player.preload(item('A'))
  assert.deepEqual(told, ['preload A'])
})

test('a player that decrypts is left alone', async () => {
  const { player } = await room()
  const decrypting = { ...player, decrypts: true }
  const check: ProtectionCheck = () => Promise.reject(refusal)
  const opened = await clearOnly(() => Promise.resolve(decrypting), check)(
    () => undefined,
    new AbortController().signal,
  )
  assert.equal(opened, decrypting)
})
