import type { Caller } from '../music/caller.ts'
import type { MusicWorld } from '../music/music-world.ts'

/**
 * `GET /v1/playback/sessions/active`, Get Active Sessions: the sessions of all devices of the account, newest
 * first. The format is that of V2's active queues (API playback) under the name `sessions`; `PAUSED` is a
 * guess.
 */
export function getActive(music: MusicWorld, { account }: Caller): unknown {
  const sessions = music.sessions.liveOf(account).map(({ id, queue, playing }) => {
    const { playable } = queue.current
    return {
      sessionId: id,
      currentEntity: {
        _type: playable.kind === 'track' ? 'Track' : playable.kind,
        id: playable.id,
        title: playable.title,
      },
      sessionState: {
        shuffleMode: queue.shuffle ? 'SHUFFLE_ON' : 'SHUFFLE_OFF',
        loopMode: queue.loop ? 'LOOP_ON' : 'LOOP_OFF',
        playbackState: playing === null ? 'PAUSED' : 'PLAYING',
      },
    }
  })
  return { sessions }
}
