import type { Clock } from '../../../lib/clock.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Http } from '../../../lib/http/http.ts'
import { Secret } from '../../../lib/secret.ts'
import { isSecure } from '../../../lib/http/secure-url.ts'
import type { Stream } from '../../../amazon-music/entity.ts'
import { fetchManifest, type Fetched } from './fetch-manifest.ts'
import { judgeHls, judgeMpd, namesElsewhere, textOf, type ManifestVerdict } from './manifest.ts'

/**
 * Checks whether a player that cannot decrypt may get a stream. A protected stream begins with half a minute
 * in the clear, so the player itself would notice too late, and play noise.
 *
 * Also finds where redirects lead, because players send a stream's headers along. The headers are meant for
 * one server, and may contain a key.
 *
 * Returns undefined if there is nothing to check: the player may have the stream. Otherwise the player may
 * have it if the promise resolves: with another stream to use instead, or undefined for the same one. Rejects
 * with AppError `player/protected`, `player/unplayable` (it cannot be decided), `player/expired`,
 * `player/network`, or signal.reason.
 */
export type ProtectionCheck = (stream: Stream, signal: AbortSignal) => Promise<Stream | undefined> | undefined

/**
 * Limit for the whole check, with redirects. Shorter than the limit of a player's command
 * (player-instance.ts).
 */
const patienceMs = 8_000
/** Enough bytes to tell a manifest from sound. */
const firstBytes = 4_096

export function createProtectionCheck(http: Http, clock: Clock): ProtectionCheck {
  return (stream, signal) => {
    if (isDeclaredProtected(stream)) {
      return Promise.reject(new AppError('player/protected', 'the service says that the stream is protected'))
    }
    const url = URL.canParse(stream.url.reveal()) ? new URL(stream.url.reveal()) : undefined
    const sort = sortOf(stream.protocol, url)
    // The player refuses an invalid URL. A stream that is not declared a manifest may use plain HTTP.
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

/** As the service declares it: `format` ENCRYPTED…, `drmType` other than NONE. */
function isDeclaredProtected({ format, drm }: Stream): boolean {
  return /^\s*encrypted/i.test(format ?? '') || !/^\s*(none)?\s*$/i.test(drm ?? '')
}

/**
 * The kind that the service declares, or else the kind by the URL; a declared file is not fetched to find
 * out.
 */
function sortOf(protocol: string | undefined, url: URL | undefined): 'manifest' | 'file' | 'unknown' {
  const path = url?.pathname ?? ''
  if (/dash|hls/i.test(protocol ?? '') || /\.(mpd|m3u8?)$/i.test(path)) return 'manifest'
  if (/^(https?|progressive|file|none)$/i.test(protocol ?? '')) return 'file'
  return /\.(wav|flac|mp3|m4a|mp4|aac|ogg|oga|opus)$/i.test(path) ? 'file' : 'unknown'
}

/** The kind is not declared: its first bytes show it. */
async function passUnlessManifest(
  fetched: (first?: number) => Promise<Fetched>,
  hasHeaders: boolean,
): Promise<Fetched> {
  const found = await fetched(firstBytes)
  const { response: beginning } = found
  if (beginning === undefined) return found
  const type = beginning.header('content-type') ?? ''
  // In UTF-16 every Latin letter has a zero byte.
  const text = beginning.body.toString('latin1').replaceAll('\0', '')
  const isManifest =
    /dash\+xml|mpegurl/i.test(type) || /<MPD|^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(<|#EXTM3U)/i.test(text)
  return isManifest ? pass(await fetched(), hasHeaders) : found
}

/** The stream after all redirects, with headers only for the server that they are meant for. */
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
