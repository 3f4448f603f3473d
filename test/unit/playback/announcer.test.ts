import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

import type { ErrorCode } from '../../../src/lib/error-codes.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { aborted } from '../../../src/lib/async/tasks.ts'
import {
  Announcer,
  type Announcement,
  type AnnouncementEvent,
  type AnnouncerOptions,
} from '../../../src/playback/announcements/announcer.ts'
import { logSink } from '../../support/log-sink.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { scriptedPlayers, type ScriptedPlayer } from './scripted-player.ts'

/** What the sound card still has to play when the player is done. */
const tailMs = 500

class Room {
  readonly clock = new ManualClock()
  /** What the music and the announcements' player were told, in order. */
  readonly told: string[] = []
  readonly events: AnnouncementEvent[] = []
  readonly shown: boolean[] = []
  readonly stage = scriptedPlayers((what) => this.told.push(what))
  readonly loudness = {
    volume: 50,
    limit: 100,
    duck: (db: number) => this.#tell(`duck ${db}`),
    unduck: () => this.#tell('unduck'),
    restate: () => this.#tell('restate'),
  }
  readonly music = {
    state: { muted: false },
    hold: (giveUpDevice: boolean) => this.#tell(giveUpDevice ? 'hold, card too' : 'hold'),
    release: () => this.#tell('release'),
  }
  readonly log = logSink()
  readonly announcer: Announcer

  constructor(options: Partial<AnnouncerOptions> = {}) {
    this.announcer = new Announcer({
      open: this.stage.open,
      music: this.music,
      volumeControl: this.loudness,
      mode: 'duck',
      sharesVolume: false,
      volume: undefined,
      maxSeconds: 60,
      duckDb: 20,
      clock: this.clock,
      log: this.log.log,
      onChange: () => this.shown.push(this.announcer.isAnnouncing),
      onEvent: (event) => this.events.push(event),
      ...options,
    })
  }

  /** The player of the announcements. */
  get player(): ScriptedPlayer {
    const player = this.stage.players.at(-1)
    assert.ok(player !== undefined, 'no player was opened')
    return player
  }

  get ends(): readonly AnnouncementEvent['facts'][] {
    return this.events.filter(({ type }) => type === 'announcement_ended').map(({ facts }) => facts)
  }

  announce(wish: Partial<Announcement> & { readonly path?: string } = {}): number {
    const { path = 'a.mp3', ...rest } = wish
    return this.announcer.announce({
      url: new Secret(`http://door.lan/${path}?token=canary`),
      host: 'door.lan',
      volume: undefined,
      mode: undefined,
      maxSeconds: undefined,
      transaction: undefined,
      ...rest,
    })
  }

  /** Its sound begins, lasts and ends. */
  async hear(ms = 3_000): Promise<void> {
    await settled()
    this.player.say('started')
    await this.clock.advance(ms)
    this.player.say('ended')
    await settled()
    await this.clock.advance(tailMs)
    await settled()
  }

  #tell(what: string): Promise<void> {
    this.told.push(what)
    return Promise.resolve()
  }
}

/** Lets run what is not waiting for time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

function room(t: TestContext, options: Partial<AnnouncerOptions> = {}): Room {
  const made = new Room(options)
  t.after(async () => {
    await made.announcer.close()
    await settled()
    assert.equal(made.clock.sleeping, 0, 'a timer is left')
    assert.equal(made.announcer.isAnnouncing, false)
    assert.ok(
      made.stage.players.every(({ isClosed }) => isClosed),
      'a player is left',
    )
    assert.doesNotMatch(made.log.text() + JSON.stringify(made.events), /canary/)
  })
  return made
}

const load = (path: string): string => `load http://door.lan/${path}?token=canary`

const failure = (code: ErrorCode): AppError => new AppError(code, 'As the test wants it')

test('an announcement is heard over lowered music', async (t) => {
  const made = room(t)
  assert.equal(made.announce({ transaction: 'a1' }), 0)
  await made.hear()
  assert.deepEqual(made.told, ['open', 'volume 50', load('a.mp3'), 'duck 20', 'unduck'])
  assert.deepEqual(made.shown, [true, false])
  assert.deepEqual(made.events, [
    { type: 'announcement_started', facts: { host: 'door.lan', volume: 50, transaction: 'a1' } },
    {
      type: 'announcement_ended',
      facts: {
        host: 'door.lan',
        ok: true,
        outcome: 'heard',
        code: null,
        message: null,
        transaction: 'a1',
      },
    },
  ])
})

test('in mode pause the music is silent before the announcement, and back after it', async (t) => {
  const made = room(t, { mode: 'pause' })
  made.announce()
  await made.hear()
  assert.deepEqual(made.told, ['hold', 'open', 'volume 50', load('a.mp3'), 'release'])
})

test('where both share the volume of a card the music is silent, and its volume is told before it is back', async (t) => {
  const made = room(t, { sharesVolume: true })
  made.announce({ mode: 'duck', volume: 80 })
  await made.hear()
  assert.deepEqual(made.told, ['hold', 'open', 'volume 80', load('a.mp3'), 'restate', 'release'])
})

test('the music comes back when the last of an announcement has left the sound card', async (t) => {
  const made = room(t)
  made.announce()
  await settled()
  made.player.say('started')
  made.player.say('ended')
  await settled()
  await made.clock.advance(tailMs - 1)
  assert.equal(made.told.at(-1), 'duck 20')
  await made.clock.advance(1)
  await settled()
  assert.equal(made.told.at(-1), 'unduck')
})

test('an announcement may choose its mode', async (t) => {
  const made = room(t)
  made.announce({ mode: 'pause' })
  await made.hear()
  assert.deepEqual([made.told[0], made.told.at(-1)], ['hold', 'release'])
})

test('the volume is its own, else that of the setting, else that of the music; the limit holds for all', async (t) => {
  const heardAt = async (made: Room, volume?: number): Promise<string | undefined> => {
    made.told.length = 0
    made.announce({ volume })
    await made.hear()
    return made.told.find((what) => what.startsWith('volume'))
  }
  const plain = room(t)
  assert.equal(await heardAt(plain), 'volume 50')
  assert.equal(await heardAt(plain, 70), 'volume 70')
  const own = room(t, { volume: 60 })
  assert.equal(await heardAt(own), 'volume 60')
  assert.equal(await heardAt(own, 20), 'volume 20')
  own.loudness.limit = 30
  assert.equal(await heardAt(own), 'volume 30')
  assert.equal(await heardAt(own, 90), 'volume 30')
})

test('a muted device stays silent, but for an announcement with a volume of its own', async (t) => {
  const made = room(t, { volume: 60 })
  made.music.state.muted = true
  assert.throws(() => made.announce(), { code: 'playback/muted' })
  assert.deepEqual([made.told, made.events, made.shown], [[], [], []])
  made.announce({ volume: 40 })
  await made.hear()
  assert.ok(made.told.includes('volume 40'), JSON.stringify(made.told))
})

test('music at volume 0 is as good as muted', (t) => {
  const made = room(t)
  made.loudness.volume = 0
  assert.throws(() => made.announce(), { code: 'playback/muted' })
})

test('a device that is muted before its turn comes stays silent', async (t) => {
  const made = room(t)
  made.announce()
  made.announce()
  await settled()
  made.music.state.muted = true
  await made.hear()
  assert.deepEqual(
    made.ends.map(({ code }) => code),
    [null, 'playback/muted'],
  )
})

test('those in a row are heard one after the other, and the music comes back once', async (t) => {
  const made = room(t)
  const places = ['1', '2', '3'].map((path) => made.announce({ path }))
  assert.deepEqual(places, [0, 1, 2])
  for (let n = 0; n < 3; n++) {
    assert.equal(made.told.includes('unduck'), false)
    await made.hear()
  }
  const loads = made.told.filter((what) => what.startsWith('load'))
  assert.deepEqual(loads, ['1', '2', '3'].map(load))
  assert.deepEqual(
    made.told.filter((what) => what === 'unduck' || what === 'open'),
    ['open', 'unduck'],
  )
  assert.deepEqual(made.shown, [true, false])
})

test('a row of both modes brings the music back from both', async (t) => {
  const made = room(t)
  made.announce()
  made.announce({ mode: 'pause' })
  made.announce()
  for (let n = 0; n < 3; n++) await made.hear()
  assert.deepEqual(
    made.told.filter((what) => !/^(open|volume|load)/.test(what)),
    ['duck 20', 'hold', 'unduck', 'release'],
  )
})

test('music that is silent for a row is silenced once, and each row is brought back from its own', async (t) => {
  const made = room(t)
  made.announce()
  await made.hear()
  made.told.length = 0
  made.announce({ mode: 'pause' })
  made.announce({ mode: 'pause' })
  await made.hear()
  await made.hear()
  assert.deepEqual(
    made.told.filter((what) => !/^(volume|load)/.test(what)),
    ['hold', 'release'],
  )
})

test('one that comes while the music comes back is heard, and the music comes back again', async (t) => {
  const made = room(t, { mode: 'pause' })
  const { release } = made.music
  made.music.release = async () => {
    if (made.ends.length === 1) made.announce({ path: 'late' })
    await release()
  }
  made.announce()
  await made.hear()
  await made.hear()
  assert.deepEqual(
    made.told.filter((what) => /^(hold|load|release)/.test(what)),
    ['hold', load('a.mp3'), 'release', 'hold', load('late'), 'release'],
  )
})

test('at most eight wait', async (t) => {
  const made = room(t)
  for (let n = 0; n < 9; n++) assert.equal(made.announce(), n)
  assert.throws(() => made.announce(), { code: 'command/queue-full' })
  await made.hear()
  assert.equal(made.announce(), 8)
})

/** Every way in which an announcement can come to nothing, and its code. */
const failures: readonly {
  readonly name: string
  readonly code: ErrorCode
  readonly before?: (made: Room) => void
  readonly after?: (made: Room) => void | Promise<void>
}[] = [
  {
    name: 'its player cannot be started',
    code: 'player/missing',
    before: ({ stage }) => (stage.next = { fails: failure('player/missing') }),
  },
  {
    name: 'its player never starts',
    code: 'player/network',
    before: ({ stage }) => (stage.next = { until: aborted }),
    after: ({ clock }) => clock.advance(10_000),
  },
  {
    name: 'its player refuses',
    code: 'player/failed',
    before: ({ stage }) => (stage.next = { refusal: failure('player/failed') }),
  },
  {
    name: 'its player does not answer',
    code: 'player/network',
    before: ({ stage }) => (stage.next = { refusal: 'hangs' }),
    after: ({ clock }) => clock.advance(10_000),
  },
  {
    name: 'the address is not found',
    code: 'player/network',
    after: ({ player }) => player.fail(failure('player/network')),
  },
  {
    name: 'it is no sound',
    code: 'player/unplayable',
    after: ({ player }) => player.fail(failure('player/unplayable')),
  },
  { name: 'the address hangs', code: 'player/network', after: ({ clock }) => clock.advance(10_000) },
  {
    name: 'it breaks off',
    code: 'player/network',
    async after({ player, clock }) {
      player.say('started')
      await clock.advance(1_000)
      player.fail(failure('player/network'))
    },
  },
  {
    name: 'it breaks off and its player cannot be ended',
    code: 'player/network',
    async after({ player, clock }) {
      player.close = () => {
        player.isClosed = true
        return new Promise(() => undefined)
      }
      player.fail(failure('player/network'))
      await settled()
      await clock.advance(5_000)
    },
  },
  {
    name: 'its player is killed before it sounds',
    code: 'player/failed',
    after: ({ player }) => player.die(failure('player/failed')),
  },
  {
    name: 'its player is killed in the middle',
    code: 'player/failed',
    async after({ player, clock }) {
      player.say('started')
      await clock.advance(1_000)
      player.die(failure('player/failed'))
    },
  },
]

for (const { name, code, before, after } of failures) {
  for (const mode of ['duck', 'pause'] as const) {
    test(`mode ${mode}: when ${name}, that is said, the music is back, and the next is heard`, async (t) => {
      const made = room(t, { mode })
      before?.(made)
      made.announce()
      await settled()
      await after?.(made)
      await settled()
      assert.deepEqual(
        made.ends.map(({ ok, outcome, code: said }) => [ok, outcome, said]),
        [[false, 'failed', code]],
      )
      assertMusicIsBack(made)
      made.announce()
      await made.hear()
      assert.equal(made.ends.at(-1)?.['ok'], true)
      assertMusicIsBack(made)
    })
  }
}

function assertMusicIsBack({ told, announcer }: Room): void {
  const count = (what: string): number => told.filter((each) => each.startsWith(what)).length
  assert.equal(announcer.isAnnouncing, false)
  assert.ok(told.lastIndexOf('unduck') >= told.lastIndexOf('duck 20'), 'still ducked')
  assert.equal(count('release'), count('hold'), 'still held')
}

test('an address that never sounds leaves lowered music alone', async (t) => {
  const made = room(t)
  made.announce()
  await made.clock.advance(10_000)
  await settled()
  assert.deepEqual(
    made.told.filter((what) => what.includes('duck')),
    [],
  )
})

test('a card that plays one at a time is given up by the music, and free before it is asked for again', async (t) => {
  const made = room(t)
  made.announce()
  await settled()
  made.player.fail(failure('player/device'))
  await made.hear()
  assert.deepEqual(made.told, [
    'open',
    'volume 50',
    load('a.mp3'),
    'close',
    'hold, card too',
    'open',
    'volume 50',
    load('a.mp3'),
    'close',
    'release',
  ])
  assert.equal(made.ends[0]?.['ok'], true)
})

test('music that is silent already gives up the card when it holds it', async (t) => {
  const made = room(t, { mode: 'pause' })
  made.announce()
  await settled()
  made.player.fail(failure('player/device'))
  await made.hear()
  assert.deepEqual(
    made.told.filter((what) => /^(hold|release)/.test(what)),
    ['hold', 'hold, card too', 'release'],
  )
})

test('a card that cannot be had at all is tried twice, no more', async (t) => {
  const made = room(t)
  made.announce()
  await settled()
  made.player.fail(failure('player/device'))
  await settled()
  made.player.fail(failure('player/device'))
  await settled()
  assert.deepEqual(
    made.ends.map(({ code }) => code),
    ['player/device'],
  )
  assert.equal(made.told.at(-1), 'release')
  assert.equal(made.stage.players.length, 2)
})

test('a longer one is cut off', async (t) => {
  const made = room(t)
  made.announce()
  await settled()
  made.player.say('started')
  await settled()
  await made.clock.advance(59_999)
  assert.deepEqual(made.ends, [])
  await made.clock.advance(1)
  await settled()
  assert.deepEqual([made.ends[0]?.['ok'], made.ends[0]?.['outcome']], [true, 'cut'])
  assert.deepEqual(made.told.slice(-2), ['close', 'unduck'])
})

test('it may be shorter than the setting, not longer', async (t) => {
  const made = room(t)
  assert.throws(() => made.announce({ maxSeconds: 61 }), { code: 'command/payload' })
  made.announce({ maxSeconds: 5 })
  await settled()
  made.player.say('started')
  await settled()
  await made.clock.advance(5_000)
  await settled()
  assert.equal(made.ends[0]?.['outcome'], 'cut')
})

test('stop cuts off what sounds, drops what waits, and the music is back', async (t) => {
  const made = room(t)
  made.announce({ transaction: 1 })
  made.announce({ transaction: 2 })
  await settled()
  made.player.say('started')
  await settled()
  await made.announcer.stop()
  assert.deepEqual(
    made.ends.map(({ transaction, ok, outcome }) => [transaction, ok, outcome]),
    [
      [2, false, 'stopped'],
      [1, false, 'stopped'],
    ],
  )
  assert.deepEqual(made.told.slice(-2), ['close', 'unduck'])
  made.announce()
  await made.hear()
  assert.equal(made.ends.at(-1)?.['ok'], true)
})

test('stop before it sounds, and with nothing on', async (t) => {
  const made = room(t, { mode: 'pause' })
  await made.announcer.stop()
  made.stage.next = { until: aborted }
  made.announce()
  await settled()
  await made.announcer.stop()
  assert.equal(made.ends[0]?.['outcome'], 'stopped')
  assertMusicIsBack(made)
})

test('an agent that stops brings the music back and takes no more', async (t) => {
  const made = room(t, { mode: 'pause' })
  made.announce()
  await settled()
  made.player.say('started')
  await settled()
  const life = new AbortController()
  const ended = made.announcer.run(life.signal)
  life.abort()
  await ended
  assertMusicIsBack(made)
  assert.throws(() => made.announce(), { code: 'command/stopping' })
})

test('without a player that sounds it is refused', (t) => {
  const made = room(t, { open: undefined })
  assert.throws(() => made.announce(), { code: 'player/missing' })
})

test('the player is kept for a minute of rest, and closed then', async (t) => {
  const made = room(t)
  made.announce()
  await made.hear()
  await made.clock.advance(59_999)
  made.announce()
  await made.hear()
  assert.equal(made.stage.players.length, 1)
  await made.clock.advance(59_999)
  assert.equal(made.player.isClosed, false)
  await made.clock.advance(1)
  assert.equal(made.player.isClosed, true)
  made.announce()
  await made.hear()
  assert.equal(made.ends.length, 3)
})

test('a player that dies at rest is not used again', async (t) => {
  const made = room(t)
  made.announce()
  await made.hear()
  made.player.die(failure('player/failed'))
  made.announce()
  await made.hear()
  assert.equal(made.stage.players.length, 2)
  assert.equal(made.ends.at(-1)?.['ok'], true)
})

test('a player that starts too late is closed, and one that never does is told to give up', async (t) => {
  const made = room(t)
  const begun = new AbortController()
  const given: AbortSignal[] = []
  const until = (late: Promise<void>) => (signal: AbortSignal) => {
    given.push(signal)
    return late
  }
  made.stage.next = { until: until(aborted(begun.signal)) }
  made.announce()
  await settled()
  await made.clock.advance(10_000)
  await settled()
  assert.equal(given[0]?.aborted, true)
  begun.abort()
  await settled()
  assert.equal(made.player.isClosed, true)
  assert.equal(made.ends.length, 1)
})

test('late news of one that is over do not end the next', async (t) => {
  const made = room(t)
  made.announce({ maxSeconds: 5 })
  made.announce()
  await settled()
  const first = made.player
  first.say('started')
  await settled()
  const id = first.item?.id
  await made.clock.advance(5_000)
  await settled()
  first.say('ended', id)
  first.die(failure('player/failed'))
  made.player.say('ended', id)
  await settled()
  assert.equal(made.ends.length, 1)
  await made.hear()
  assert.deepEqual(
    made.ends.map(({ outcome }) => outcome),
    ['cut', 'heard'],
  )
})

test('music that cannot be silenced or brought back is logged, and the next is heard', async (t) => {
  const made = room(t, { mode: 'pause' })
  const { hold, release } = made.music
  made.music.hold = () => Promise.reject(failure('player/failed'))
  made.music.release = () => Promise.reject(failure('player/failed'))
  made.announce()
  await made.hear()
  assert.equal(made.ends[0]?.['ok'], true)
  assert.equal(made.log.lines().filter(({ level }) => level === 'error' || level === 'warn').length, 2)
  Object.assign(made.music, { hold, release })
  made.announce()
  await made.hear()
  assertMusicIsBack(made)
})
