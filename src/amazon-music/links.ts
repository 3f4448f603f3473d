import { refusal, type Identified } from './identified.ts'
import { isAsin, isStationKey, isUuid } from './mrn.ts'

/** Amazon Music in any country. Links are read by their path; the country does not matter. */
const musicHost = /^music\.amazon\.([a-z]{2,3}|(com|co)\.[a-z]{2})$/
/** Amazon's shop has the player under /music/player. */
const shopHost = /^(www\.)?amazon\.([a-z]{2,3}|(com|co)\.[a-z]{2})$/
const shortHost = /^(amzn\.to|a\.co|amzn\.eu|amzn\.asia)$/
/** A shared playlist: 32 hex digits and a market, such as …sune. */
const sharedPlaylist = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})[a-z]{0,8}$/i

/**
 * What a link of Amazon Music points to. Its other parts (`do`, `ref`, `marketplaceId`, `musicTerritory`, a
 * slug) are ignored.
 *
 * @see docs/sources.md, API overview, links:
 * music.amazon.com/albums/{albumAsin}/?trackAsin={trackAsin}&do=play, …
 * @throws AppError `command/payload`
 */
export function parseLink(text: string): Identified {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(address)) throw refusal(text, 'it is not a link')
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refusal(text, 'only https links are understood')
  }
  if (shortHost.test(url.hostname)) {
    throw refusal(text, 'a short link hides what it is: open it and send the address it leads to')
  }
  return parsePath(text, pathOf(text, url), url.searchParams.get('trackAsin'))
}

function pathOf(text: string, url: URL): readonly string[] {
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  if (musicHost.test(url.hostname)) return segments
  if (shopHost.test(url.hostname) && segments[0] === 'music' && segments[1] === 'player') {
    return segments.slice(2)
  }
  throw refusal(text, 'it is not a link of Amazon Music')
}

function parsePath(text: string, path: readonly string[], trackAsin: string | null): Identified {
  const [what = '', id = '', below, belowId = ''] = path
  const asin = (of: string): string => {
    if (isAsin(of)) return of.toUpperCase()
    throw refusal(text, `"${of}" in it is no ASIN`)
  }
  const uuid = (of: string): string => {
    if (isUuid(of)) return of
    throw refusal(text, `"${of}" in it is no UUID`)
  }
  switch (what) {
    case 'albums':
      return trackAsin === null
        ? { kind: 'album', id: asin(id) }
        : { kind: 'track', id: asin(trackAsin), container: { kind: 'album', id: asin(id) } }
    case 'tracks':
      return { kind: 'track', id: asin(id) }
    case 'artists':
      return { kind: 'artist', id: asin(id) }
    case 'playlists':
      return isUuid(id) ? { kind: 'userPlaylist', id } : { kind: 'playlist', id: asin(id) }
    case 'user-playlists':
      return { kind: 'userPlaylist', id: sharedPlaylistId(text, id) }
    case 'my':
      if (id === 'playlists' && below !== undefined) return { kind: 'userPlaylist', id: uuid(below) }
      break
    case 'stations':
      if (isStationKey(id)) return { kind: 'station', id: id.toUpperCase() }
      return { kind: 'station', id: asin(id) }
    case 'podcasts':
      return below === 'episodes' ? { kind: 'episode', id: uuid(belowId) } : { kind: 'podcast', id: uuid(id) }
  }
  throw refusal(
    text,
    'it points to nothing that can be played: album, track, artist, playlist, station, podcast and episode can',
  )
}

/**
 * The API identifies users' playlists by UUID, probably the link's hex digits without the market (inferred).
 */
function sharedPlaylistId(text: string, id: string): string {
  const parts = sharedPlaylist.exec(id)?.slice(1)
  if (parts !== undefined) return parts.join('-').toLowerCase()
  if (isUuid(id)) return id
  throw refusal(text, `"${id}" in it is no playlist's id`)
}
