import type { Playable, Track } from '../catalog/entities.ts'
import type { Caller } from '../music/caller.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { type Dealer, type Entry, type Provenance, Queue } from './queue.ts'
import type { Seed } from './seed.ts'
import type { Session } from './sessions.ts'

export interface Modes {
  readonly shuffle: boolean
  readonly loop: boolean
  /** Continue with recommendations after the end of the context. */
  readonly autoplay: boolean
}

/** On the tiers below Unlimited: one recommendation per this many requested tracks. */
const AUGMENT_EVERY = 3

/** Creates and registers a session whose queue is at its first entry. */
export function openSession(music: MusicWorld, caller: Caller, seed: Seed, modes: Modes): Session {
  const { account, clientId, deviceId } = caller
  const id = music.draw.uuid()
  const isBelowUnlimited = account.tier !== 'UNLIMITED'
  const genre = genreOf(seed)
  const dealer: Dealer = {
    draw: music.draw,
    deal: (playable, provenance) => dealEntry(music, id, playable, provenance),
    recommend: (recent) => {
      if (seed.station !== null) return fromStation(music, seed.station, recent)
      return modes.autoplay ? music.catalog.recommend(music.draw, genre, recent) : null
    },
    breakAfter: (tracksInARow) => {
      const { adEvery, interludeEvery } = music.conditions
      if (account.tier === 'FREE' && tracksInARow >= adEvery) return music.draw.one(music.catalog.ads)
      return seed.isDj && tracksInARow >= interludeEvery ? music.draw.one(music.catalog.interludes) : null
    },
  }
  // Prime and Free are shuffle only: the service shuffles, adds recommendations and starts at any track.
  const queue = isBelowUnlimited
    ? new Queue(dealer, {
        context: augmented(music, seed, genre),
        startIndex: null,
        shuffle: true,
        loop: modes.loop,
      })
    : new Queue(dealer, { ...seed, shuffle: modes.shuffle && seed.station === null, loop: modes.loop })
  const nowMs = music.clock.monotonicMs()
  const session: Session = {
    id,
    account,
    clientId,
    deviceId,
    createdAtMs: nowMs,
    touchedAtMs: nowMs,
    state: 'live',
    isStation: seed.station !== null,
    queue,
    handedOut: new Map(),
    playing: null,
    reported: new Set(),
    lastReportEpochMs: 0,
    overskipped: false,
  }
  music.sessions.add(session)
  return session
}

/** New ids for an entry. `requestId` distinguishes two entries of the same track. */
export function dealIds(
  music: MusicWorld,
  sessionId: string,
  playable: Playable,
): Pick<Entry, 'referenceId' | 'metricId'> {
  const referenceId = music.draw.uuid()
  const metricId = JSON.stringify({ entityId: playable.id, playQueueId: sessionId, requestId: referenceId })
  return { referenceId, metricId }
}

function dealEntry(music: MusicWorld, sessionId: string, playable: Playable, provenance: Provenance): Entry {
  const licenceToken = music.draw.hex(40)
  return { playable, ...provenance, ...dealIds(music, sessionId, playable), licenceToken, signed: null }
}

function fromStation(music: MusicWorld, tracks: readonly Track[], recent: ReadonlySet<string>): Playable {
  const fresh = tracks.filter(({ id }) => !recent.has(id))
  return music.draw.one(fresh.length > 0 ? fresh : tracks)
}

function augmented(music: MusicWorld, { context }: Seed, genre: string | null): readonly Playable[] {
  if (!context.some(({ kind }) => kind === 'track')) return context
  const known = new Set(context.map(({ id }) => id))
  const added: Playable[] = []
  for (let i = 0; i < context.length; i += AUGMENT_EVERY) {
    const track = music.catalog.recommend(music.draw, genre, known)
    known.add(track.id)
    added.push(track)
  }
  return [...context, ...added]
}

function genreOf({ context }: Seed): string | null {
  const track = context.find((playable) => playable.kind === 'track')
  return track?.artist.genre ?? null
}
