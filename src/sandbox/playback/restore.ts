import type { Call } from '../http/call.ts'
import type { Caller } from '../music/caller.ts'
import { readJson } from '../music/json-body.ts'
import type { MusicWorld } from '../music/music-world.ts'
import { readTakeOver, window } from './create.ts'
import { dealIds } from './open-session.ts'
import type { Session } from './sessions.ts'

const WINDOW = 5

/**
 * `POST …/sessions/{sessionId}/restore`, Restore Playback Session: a lapsed session lives again where it stood.
 * Answers as Create does. Entity references and metric ids are dealt anew, as a client may not count on them
 * (API playback, V2, on 206); reports under the old metric ids stay good. The body may be absent.
 */
export function restoreSession(music: MusicWorld, caller: Caller, call: Call): unknown {
  const takeOver = call.body.length > 0 && readTakeOver(readJson(call))
  music.streams.admit(caller.account, caller.deviceId, takeOver)
  return window(music, caller, bringBack(music, caller, call.param('sessionId')), WINDOW)
}

/** The session, live again, its ids dealt anew. */
export function bringBack(music: MusicWorld, { account }: Caller, sessionId: string): Session {
  const newId = music.conditions.restoreId === 'new' ? music.draw.uuid() : null
  const session = music.sessions.restore(sessionId, account, newId)
  for (const entry of session.queue.all()) Object.assign(entry, dealIds(music, session.id, entry.playable))
  return session
}

/** Data returned with status 206: the session was restored before it was read (API playback, V2). */
export class Restored {
  readonly data: object

  constructor(data: object) {
    this.data = data
  }
}
