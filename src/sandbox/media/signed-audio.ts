import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The stream format: a plain file, MPEG-DASH, or MPEG-DASH that is encrypted after its clear lead. */
export type StreamKind = 'file' | 'dash' | 'protected'

/** A URL path that is valid until `expiresEpochSeconds`. */
export interface SignedPath {
  readonly kind: StreamKind
  readonly path: string
  readonly signature: string
  readonly expiresEpochSeconds: number
}

/** Signs audio paths, so that audio URLs are secrets, as with the real service. */
export class SignedAudio {
  readonly #key = randomBytes(32)

  sign(kind: StreamKind, playableId: string, expiresEpochSeconds: number): SignedPath {
    const signature = this.#signature(kind, playableId, expiresEpochSeconds)
    const file = kind === 'file' ? `/audio/${playableId}.wav` : `/${kind}/${playableId}/manifest.mpd`
    return {
      kind,
      path: `${file}?expires=${expiresEpochSeconds}&signature=${signature}`,
      signature,
      expiresEpochSeconds,
    }
  }

  /** Whether the signature is valid for this stream and has not expired. */
  isGood(kind: StreamKind, playableId: string, query: URLSearchParams, nowEpochMs: number): boolean {
    const expires = Number(query.get('expires') ?? Number.NaN)
    if (!Number.isInteger(expires) || nowEpochMs >= expires * 1000) return false
    const given = Buffer.from(query.get('signature') ?? '')
    const wanted = Buffer.from(this.#signature(kind, playableId, expires))
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

  #signature(kind: StreamKind, playableId: string, expires: number): string {
    return createHmac('sha256', this.#key).update(`${kind} ${playableId} ${expires}`).digest('hex')
  }
}
