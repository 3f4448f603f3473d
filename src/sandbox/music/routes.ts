import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/routes.ts'
import { cover } from '../media/cover.ts'
import { audio } from '../media/audio-route.ts'
import { dash } from '../media/dash-route.ts'
import { caller, type Caller } from './caller.ts'
import { endpoints, type Endpoint } from './endpoints.ts'
import { MusicError } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'
import { Restored } from '../playback/restore.ts'

/**
 * The Amazon Music Web API V1, as on `https://api.music.amazon.dev`, and the audio and images that it links
 * to.
 */
export function musicRoutes(music: MusicWorld): readonly Route[] {
  return [
    ...endpoints.map((row): Route => ({ method: row.method, path: row.path, handle: serving(music, row) })),
    { method: 'GET', path: '/audio/{file}', handle: (call) => audio(music, call) },
    { method: 'GET', path: '/dash/{id}/{file}', handle: (call) => dash(music, 'dash', call) },
    { method: 'GET', path: '/protected/{id}/{file}', handle: (call) => dash(music, 'protected', call) },
    { method: 'GET', path: '/covers/{file}', handle: cover },
  ]
}

function serving(music: MusicWorld, { scopes, playback, run }: Endpoint): (call: Call) => Answer {
  return (call) => {
    try {
      const who: Caller = caller(music, call, { scopes, playback })
      const data = run(music, who, call)
      return data instanceof Restored ? jsonAnswer(206, { data: data.data }) : jsonAnswer(200, { data })
    } catch (error) {
      const failure = error instanceof MusicError ? error : new MusicError('INTERNAL', String(error))
      return failure.answer(music.draw.uuid())
    }
  }
}
