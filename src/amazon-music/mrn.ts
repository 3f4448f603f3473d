import type { MrnKind, Routes } from './routes/routes.ts'

/** Ten characters, such as B0064UPU4G: tracks, albums, artists and playlists of the catalog. */
export function isAsin(text: string): boolean {
  return /^B[A-Z0-9]{9}$/i.test(text)
}

/** Users' playlists, podcast shows and episodes. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

/** The key of a station, such as A3QXXOBP9MU5LY; not an ASIN. */
export function isStationKey(text: string): boolean {
  return /^A[A-Z0-9]{11,15}$/i.test(text)
}

export function isMrn(text: string): boolean {
  return /^mrn:\d[\d.]*(:[^:\s]+){2,}$/.test(text)
}

/** The MRN for an id, in the form that the routes table gives for its kind. An MRN is returned as it is. */
export function mrnOf(kind: MrnKind, id: string, forms: Routes['mrn']): string {
  if (isMrn(id)) return id
  const form = forms[kind === 'playlist' && isUuid(id) ? 'userPlaylist' : kind]
  const idType = isUuid(id) ? 'uuid' : isAsin(id) ? 'asin' : 'key'
  return form.replaceAll('{idType}', idType).replaceAll('{id}', () => id)
}
