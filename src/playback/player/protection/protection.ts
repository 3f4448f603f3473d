import type { Clock } from '../../../lib/clock.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Http } from '../../../lib/http/http.ts'
import { Secret } from '../../../lib/secret.ts'
import { isSecure } from '../../../lib/http/secure-url.ts'
import type { Stream } from '../../../amazon-music/entity.ts'
import { fetchManifest, type Fetched } from './fetch-manifest.ts'
import { judgeHls, judgeMpd, namesElsewhere, textOf, type ManifestVerdict } from './manifest.ts'

/**
 * Looks whether a stream may be given to a player that cannot decrypt. What is protected begins with half a minute in
 * the clear, so the player itself would find out too late, and play noise.
 *
 * And where it is: players carry a stream's headers to wherever a redirect leads. Headers are for the server they were
 * given for, and may be a key.
 *
 * Undefined: it may, there is nothing to look at. Else it may if the promise resolves, with the stream to give it in place
 * of this one, or undefined for this one; it rejects with AppError
 * `player/protected`, `player/unplayable` (it cannot be told), `player/expired`, `player/network`, or signal.reason.
 */
export type ProtectionCheck = (stream: Stream, signal: AbortSignal) => Promise<Stream | undefined> | undefined

/** All redirects and all. A player that is not answered gives up later than that. */
const patienceMs = 8_000
/** Enough to tell a manifest from sound. */
const firstBytes = 4_096

export function createProtectionCheck(http: Http, clock: Clock): ProtectionCheck {
  return (stream, signal) => {
    if (isDeclaredProtected(stream)) {
      return Promise.reject(new AppError('player/protected', 'the service says that the stream is protected'))
    }
    const url = URL.canParse(stream.url.reveal()) ? new URL(stream.url.reveal()) : undefined
    const sort = sortOf(stream.protocol, url)
    // An address that is none is the player's to refuse. What nobody calls a manifest may come over plain HTTP.
    if (url === undefined) return undefined
    const hasHeaders = Object.keys(stream.headers).length > 0
    if (!hasHeaders && (sort === 'file' || (sort === 'unknown' && !isSecure(url)))) return undefined
    const untilMs = clock.monotonicMs() + patienceMs
    const fetched = (first?: number): Promise<Fetched> =>
      fetchManifest(
        http,
        clock,
        { url, headers: stream.headers, untilMs, ...(first !== undefined && { first }) },
        signal,
      )
    const looked =
      sort === 'manifest'
        ? fetched().then((found) => pass(found, hasHeaders))
        : sort === 'file'
          ? fetched(1)
          : passUnlessManifest(fetched, hasHeaders)
    return looked.then((found) => (hasHeaders ? atItsEnd(stream, url, found.url) : undefined))
  }
}

/** By the service's own words: `format` ENCRYPTED…, `drmType` other than NONE. */
function isDeclaredProtected({ format, drm }: Stream): boolean {
  return /^\s*encrypted/i.test(format ?? '') || !/^\s*(none)?\s*$/i.test(drm ?? '')
}

/** What the service says it is, or else its address; nothing is asked for what is said to be a file. */
function sortOf(protocol: string | undefined, url: URL | undefined): 'manifest' | 'file' | 'unknown' {
  const path = url?.pathname ?? ''
  if (/dash|hls/i.test(protocol ?? '') || /\.(mpd|m3u8?)$/i.test(path)) return 'manifest'
  if (/^(https?|progressive|file|none)$/i.test(protocol ?? '')) return 'file'
  return /\.(wav|flac|mp3|m4a|mp4|aac|ogg|oga|opus)$/i.test(path) ? 'file' : 'unknown'
}

/** Nobody says what it is: its beginning does. */
async function passUnlessManifest(
  fetched: (first?: number) => Promise<Fetched>,
  hasHeaders: boolean,
): Promise<Fetched> {
  const found = await fetched(firstBytes)
  const { response: beginning } = found
  if (beginning === undefined) return found
  const type = beginning.header('content-type') ?? ''
  // UTF-16 has a zero between any two letters.
  const text = beginning.body.toString('latin1').replaceAll('\0', '')
  const isManifest =
    /dash\+xml|mpegurl/i.test(type) || /<MPD|^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(<|#EXTM3U)/i.test(text)
  return isManifest ? pass(await fetched(), hasHeaders) : found
}

/** The stream at the end of its redirects, and its headers only where they were meant to go. */
function atItsEnd(stream: Stream, from: URL, to: URL): Stream | undefined {
  if (to.href === from.href) return undefined
  const headers = to.origin === from.origin ? stream.headers : {}
  return { ...stream, url: new Secret(to.href), headers }
}

function pass(found: Fetched, hasHeaders: boolean): Fetched {
  const { response, url } = found
  if (response === undefined) {
    throw new AppError('player/unplayable', 'the manifest is larger than any that is known')
  }
  const text = textOf(response.body)
  const verdict = judge(text)
  if (verdict.kind === 'protected') {
    throw new AppError('player/protected', 'the manifest says that the stream is protected')
  }
  if (verdict.kind === 'unclear') throw new AppError('player/unplayable', `the manifest ${verdict.why}`)
  if (hasHeaders && namesElsewhere(text ?? '', url)) {
    throw new AppError(
      'player/unplayable',
      'the manifest leads to another server, and headers must not go there',
    )
  }
  return found
}

function judge(text: string | undefined): ManifestVerdict {
  if (text === undefined) return { kind: 'unclear', why: 'is in an encoding that is not looked into' }
  return text.startsWith('#EXTM3U') ? judgeHls(text) : judgeMpd(text)
}
