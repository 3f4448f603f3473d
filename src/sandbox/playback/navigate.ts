import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import { queryInteger } from '../music/json-body.ts'
import { MusicError } from '../music/music-error.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { bringBack, Restored } from './restore.ts'
import { actionsFor, demand } from './actions.ts'
import type { Entry } from './queue.ts'
import { listedEntity, queueEntity } from './queue-entity.ts'
import type { Session } from './sessions.ts'

const MAX_LIMIT = 10
const VIEW_LIMIT = 100

/** `GET …/sessions/{sessionId}/current`, Get Current Track: `data.entities` with one entity. */
export function getCurrent(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = sessionOf(music, caller, call)
  return playables(music, caller, session, [session.queue.current])
}

/**
 * `GET …/sessions/{sessionId}/next?limit=n`, Get Next Tracks: `data.entities` in playing order; `limit` 1-10,
 * default 1.
 */
export function getNext(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = sessionOf(music, caller, call)
  const limit = queryInteger(call, 'limit', 1, MAX_LIMIT, 1)
  if (session.overskipped && music.skips.remaining(session.account) === 0) {
    throw new MusicError('ACCESS_DENIED', 'No more skips', { internalCode: 'NO_MORE_SKIPS' })
  }
  return playables(music, caller, session, moved(music, session, 1, limit))
}

/**
 * `GET …/sessions/{sessionId}/previous?limit=n`, Get Previous Tracks: the most recently played comes first.
 */
export function getPrevious(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = sessionOf(music, caller, call)
  const limit = queryInteger(call, 'limit', 1, MAX_LIMIT, 1)
  const { account, isStation, queue } = session
  const kind = queue.current.playable.kind
  demand(actionsFor(account.tier, kind, isStation, music.skips.remaining(account)).previous, 'Previous')
  return playables(music, caller, session, moved(music, session, -1, limit))
}

/**
 * `GET …/sessions/{sessionId}/view?limit=n`, Get Playback Queue: played, current and upcoming entries, and
 * which one is current. Entries do not contain what is needed to play them.
 */
export function getView(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = sessionOf(music, caller, call)
  const limit = queryInteger(call, 'limit', 1, VIEW_LIMIT, 50)
  const { queue } = session
  const ahead = queue.ahead(limit - 1)
  const behind = [...queue.behind(limit - 1 - ahead.length)].reverse()
  return revived(music, caller, session, () => ({
    sessionId: session.id,
    currentEntityReferenceId: queue.current.referenceId,
    shuffleMode: queue.shuffle ? 'SHUFFLE_ON' : 'SHUFFLE_OFF',
    loopMode: queue.loop ? 'LOOP_ON' : 'LOOP_OFF',
    entities: [...behind, queue.current, ...ahead].map((entry) =>
      listedEntity(music, caller, session, entry),
    ),
  }))
}

/**
 * `peek` returns the neighbours of the position. `advance` moves the position by one and returns the entries
 * from there.
 */
function moved(music: MusicWorld, { queue }: Session, by: 1 | -1, limit: number): readonly Entry[] {
  const beside = (count: number): readonly Entry[] => (by === 1 ? queue.ahead(count) : queue.behind(count))
  let entries: readonly Entry[]
  if (music.conditions.nextPolicy === 'peek') entries = beside(limit)
  else entries = queue.step(by) ? [queue.current, ...beside(limit - 1)] : []
  if (entries.length === 0 && music.conditions.endOfQueue === '404') {
    throw by === 1
      ? new MusicError('NO_MORE_NEXT_ENTITY', 'No more entities in the queue')
      : new MusicError('NO_MORE_PREVIOUS_ENTITY', 'No more previous entities in the queue')
  }
  return entries
}

function playables(music: MusicWorld, caller: Caller, session: Session, entries: readonly Entry[]): object {
  return revived(music, caller, session, () => ({
    entities: entries.map((entry) => queueEntity(music, caller, session, entry)),
  }))
}

/**
 * Returns the result of `show`. Restores a lapsed session first; the result then contains its new id. Refused
 * calls do not get here, so the client sees the new id of every restored session.
 */
function revived(music: MusicWorld, caller: Caller, session: Session, show: () => object): object {
  if (session.state === 'live') return show()
  bringBack(music, caller, session.id)
  return new Restored({ sessionId: session.id, ...show() })
}

function sessionOf(music: MusicWorld, caller: Caller, call: Call): Session {
  const session = music.sessions.findToRead(call.param('sessionId'), caller.account)
  music.streams.checkNotDisplaced(caller.account, caller.deviceId)
  return session
}
