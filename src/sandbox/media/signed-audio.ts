import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a sound is handed out as: a plain file, MPEG-DASH, or MPEG-DASH that is encrypted after its clear lead. */
export type StreamKind = 'file' | 'dash' | 'protected'

/** A URL path that plays until `expiresEpochSeconds`. */
export interface SignedPath {
  readonly kind: StreamKind
  readonly path: string
  readonly signature: string
  readonly expiresEpochSeconds: number
}

/** Signs audio paths, so that a leaked URL is a leaked secret, as it is with the real service. */
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

  /** Whether this signature was made here for this sound and has not run out. */
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
