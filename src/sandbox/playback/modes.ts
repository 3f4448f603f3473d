import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import { oneOf, readJson } from '../music/json-body.ts'
import { badRequest } from '../music/music-error.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { actionsFor, demand, type ActionName } from './actions.ts'
import type { Session } from './sessions.ts'

/**
 * `PUT …/sessions/{sessionId}/loop`: `{loopMode: LOOP_ON | LOOP_OFF}`. LOOP_ON repeats the whole context
 * (inferred).
 */
export function setLoop(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = music.sessions.find(call.param('sessionId'), caller.account)
  const loopMode = oneOf(readJson(call), 'loopMode', ['LOOP_ON', 'LOOP_OFF'])
  if (loopMode === null) throw badRequest('loopMode is missing')
  demandMode(music, session, 'loopAll', 'Loop')
  session.queue.setLoop(loopMode === 'LOOP_ON')
  return modes(session)
}

/** `PUT …/sessions/{sessionId}/shuffle`: `{shuffleMode: SHUFFLE_ON | SHUFFLE_OFF}`. */
export function setShuffle(music: MusicWorld, caller: Caller, call: Call): unknown {
  const session = music.sessions.find(call.param('sessionId'), caller.account)
  const shuffleMode = oneOf(readJson(call), 'shuffleMode', ['SHUFFLE_ON', 'SHUFFLE_OFF'])
  if (shuffleMode === null) throw badRequest('shuffleMode is missing')
  demandMode(music, session, 'shuffle', 'Shuffle')
  session.queue.setShuffle(shuffleMode === 'SHUFFLE_ON')
  return modes(session)
}

function demandMode(music: MusicWorld, session: Session, name: ActionName, what: string): void {
  const { account, isStation, queue } = session
  const skips = music.skips.remaining(account)
  demand(actionsFor(account.tier, queue.current.playable.kind, isStation, skips)[name], what)
}

/** The present modes. The response of the real service is unknown. */
function modes({ id, queue }: Session): unknown {
  return {
    sessionId: id,
    shuffleMode: queue.shuffle ? 'SHUFFLE_ON' : 'SHUFFLE_OFF',
    loopMode: queue.loop ? 'LOOP_ON' : 'LOOP_OFF',
  }
}
