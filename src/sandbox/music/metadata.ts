import type { Entity } from '../catalog/entities.ts'
import type { Call } from '../http/call.ts'
import type { Caller } from './caller.ts'
import { entityJson, episodeJson, type Looks } from './entity-json.ts'
import { queryInteger } from './json-body.ts'
import { badRequest, notFound } from './music-error.ts'
import type { MusicWorld } from './music-world.ts'
import { connection } from './paging.ts'

export const looks = (music: MusicWorld, { imageSize }: Caller): Looks => ({
  baseUrl: music.publicUrl(),
  imageSize,
})

/** `GET /v1/tracks/{id}` and the like: `data.<kind>` (API tracks and the like). */
export function byId(kind: Entity['kind']) {
  return (music: MusicWorld, caller: Caller, call: Call): unknown => {
    const mediaType = call.query.get('mediaType')
    if (kind === 'track' && mediaType !== null && mediaType !== 'AUDIO' && mediaType !== 'VIDEO') {
      throw badRequest('The query parameter mediaType must be AUDIO or VIDEO')
    }
    const entity = music.catalog.find(kind, call.param('id'))
    if (entity === null || !isVisible(entity, caller)) throw notFound(`The ${kind} ${call.param('id')}`)
    return { [kind]: entityJson(entity, looks(music, caller)) }
  }
}

/**
 * `GET /v1/playlists/{id}/tracks`: `data.playlist.tracks`, paged by `limit` and `cursor` (API tracks and the
 * like).
 */
export function playlistTracks(music: MusicWorld, caller: Caller, call: Call): unknown {
  const playlist = music.catalog.find('playlist', call.param('id'))
  if (playlist === null || !isVisible(playlist, caller)) throw notFound(`The playlist ${call.param('id')}`)
  const limit = queryInteger(call, 'limit', 1, 100, 100)
  const node = (entity: Entity): unknown => entityJson(entity, looks(music, caller))
  const tracks = connection(playlist.tracks, limit, call.query.get('cursor'), node)
  return { playlist: { id: playlist.id, title: playlist.title, tracks } }
}

/** `GET /v1/podcasts/shows/{id}`: `data.podcastShow` with its episodes, paged (API tracks and the like). */
export function podcastShow(music: MusicWorld, caller: Caller, call: Call): unknown {
  const show = music.catalog.find('podcastShow', call.param('id'))
  if (show === null) throw notFound(`The podcast show ${call.param('id')}`)
  const limit = queryInteger(call, 'limit', 1, 100, 100)
  const looking = looks(music, caller)
  const episodes = connection(show.episodes, limit, call.query.get('cursor'), (one) =>
    episodeJson(one, looking),
  )
  return { podcastShow: { ...entityJson(show, looking), episodes } }
}

/** `GET /v1/me`: `data.user` (API overview). */
export function me(music: MusicWorld, caller: Caller): unknown {
  const { musicUserId: id, name, tier, countryCode } = caller.account
  const url = `https://music.amazon.com/profiles/${id}`
  const more = music.conditions.meTellsTier ? { tier, countryCode } : {}
  return { user: { id, name, images: [], url, ...more } }
}

/**
 * `GET /v1/me/playlists`: the caller's own playlists, `data.user.playlists`, paged (API tracks and the like).
 */
export function myPlaylists(music: MusicWorld, caller: Caller, call: Call): unknown {
  const { key, musicUserId: id } = caller.account
  const own = music.catalog.playlists.filter(({ ownedBy }) => ownedBy === key)
  const limit = queryInteger(call, 'limit', 1, 100, 100)
  const node = (entity: Entity): unknown => entityJson(entity, looks(music, caller))
  return { user: { id, playlists: connection(own, limit, call.query.get('cursor'), node) } }
}

function isVisible(entity: Entity, { account }: Caller): boolean {
  return entity.kind !== 'playlist' || entity.ownedBy === null || entity.ownedBy === account.key
}
