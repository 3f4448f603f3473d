import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import { object, readJson } from '../music/json-body.ts'
import { MusicError } from '../music/music-error.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { queueEntity } from './queue-entity.ts'
import { playablesOf, playEntities } from './seed.ts'

/** The most entities returned: for a whole album only the first ones. */
const ANSWERED = 10

/**
 * `POST …/sessions/{sessionId}/next` and `…/last`, Queue Next and Queue Last Track: `playParams.id`, a track
 * or anything that contains tracks. Returns the added entries as `data.entities`. 403 below Unlimited, which
 * is inferred.
 */
export function enqueue(place: 'next' | 'last') {
  return (music: MusicWorld, caller: Caller, call: Call): unknown => {
    const session = music.sessions.find(call.param('sessionId'), caller.account)
    const { item, containers } = playEntities(
      object(readJson(call)['playParams'], 'playParams'),
      music.catalog,
      caller,
    )
    if (caller.account.tier !== 'UNLIMITED') {
      throw new MusicError(
        'DENIED_SUBSCRIPTION_TIER',
        'Choosing what plays next needs Amazon Music Unlimited',
        {
          internalCode: 'NEED_AMAZON_MUSIC_UNLIMITED_CATALOG_ACCESS',
        },
      )
    }
    const entities = item === null ? containers : [item]
    const playables = entities.flatMap((entity) => playablesOf(entity, music.catalog))
    const { queue } = session
    const entries = place === 'next' ? queue.insertNext(playables) : queue.insertLast(playables)
    return { entities: entries.slice(0, ANSWERED).map((entry) => queueEntity(music, caller, session, entry)) }
  }
}
